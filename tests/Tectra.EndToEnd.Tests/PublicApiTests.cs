using System.Reflection;
using System.Text;

namespace Tectra.EndToEnd.Tests;

/// <summary>The public surface of each library as a text file, so that a change of it is seen in review.</summary>
public sealed class PublicApiTests
{
    private static IEnumerable<Assembly> Libraries =>
        [typeof(Sdk.Content.Sha256Digest).Assembly, typeof(Sdk.Imaging.ImageSigner).Assembly, typeof(Sdk.Video.VideoSigner).Assembly, typeof(Tectra.Registry.EmbeddedRegistry).Assembly, typeof(Server.TectraServer).Assembly];

    [TestCaseSource(nameof(Libraries))]
    public void The_public_API_is_the_recorded_one(Assembly assembly)
    {
        var path = Path.Combine(TestData.Repository, "tests", "Tectra.EndToEnd.Tests", "PublicApi", $"{assembly.GetName().Name}.txt");
        var actual = Describe(assembly);
        if (Environment.GetEnvironmentVariable("TECTRA_RECORD_API") == "1") Sdk.AtomicFile.Write(path, Encoding.UTF8.GetBytes(actual));
        Assert.That(actual, Is.EqualTo(File.ReadAllText(path)), "If the change is meant, run the test with TECTRA_RECORD_API=1 and commit the new text.");
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type));
            var bases = type.GetInterfaces().Where(i => i.Namespace is not null && i.Namespace.StartsWith("Tectra", StringComparison.Ordinal)).Prepend(type.BaseType!)
                .Where(b => b is not null && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum));
            var baseText = string.Join(", ", bases.Select(Name));
            text.AppendLine(baseText.Length > 0 ? $" : {baseText}" : "");
            foreach (var member in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").AppendLine(member);
        }
        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(Declared))
        {
            if (member.Name.Contains('<') || member is Type) continue;
            switch (member)
            {
                case FieldInfo { IsPublic: true, IsSpecialName: false } field:
                    yield return $"{(field.IsLiteral ? "const" : field.IsStatic ? "static readonly" : "readonly")} {Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}";
                    break;
                case PropertyInfo property when property.GetAccessors().Length > 0:
                    var init = property.SetMethod is { IsPublic: true } ? " init;" : "";
                    yield return $"{(property.GetAccessors()[0].IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ get;{init} }}";
                    break;
                case ConstructorInfo { IsPublic: true } constructor:
                    yield return $"new({Parameters(constructor)})";
                    break;
                case MethodInfo { IsPublic: true } method when !method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal):
                    yield return $"{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}({Parameters(method)})";
                    break;
                default:
                    break;
            }
        }
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        _ => "class",
    };

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return $"{Name(underlying)}?";
        var name = type.Namespace is { } space && space.StartsWith("Tectra", StringComparison.Ordinal) ? type.FullName ?? type.Name : type.Name;
        return type.IsGenericType ? $"{name[..name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
