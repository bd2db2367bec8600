using System.Reflection;
using Mono.Cecil;

namespace Tectra.EndToEnd.Tests;

/// <summary>The house's rules, checked on what was built.</summary>
public sealed class ArchitectureTests
{
    /// <summary>Who may reference whom. Nothing points back, so there can be no cycle.</summary>
    private static readonly Dictionary<string, string[]> Layers = new()
    {
        ["Tectra.Sdk"] = [],
        ["Tectra.Sdk.Imaging"] = ["Tectra.Sdk"],
        ["Tectra.Sdk.Video"] = ["Tectra.Sdk.Imaging", "Tectra.Sdk"],
        ["Tectra.Registry"] = ["Tectra.Sdk"],
        ["Tectra.Server"] = ["Tectra.Registry", "Tectra.Sdk"],
        ["tectra"] = ["Tectra.Server", "Tectra.Registry", "Tectra.Sdk.Video", "Tectra.Sdk.Imaging", "Tectra.Sdk"],
    };

    /// <summary>Public types that own something and therefore change, with what they own.</summary>
    private static readonly Dictionary<string, string> Mutable = new()
    {
        ["Tectra.Sdk.AtomicFile"] = "a temporary file, until it is committed or removed",
        ["Tectra.Sdk.Api.Outbox.RegistrationOutbox"] = "the number of the last registration it took in",
        ["Tectra.Server.TectraServer"] = "a running server, until it is disposed of",
        ["Tectra.Registry.EmbeddedRegistry"] = "an open database, until it is disposed of",
    };

    private static readonly Assembly[] Libraries =
        [typeof(Sdk.Content.Sha256Digest).Assembly, typeof(Sdk.Imaging.ImageSigner).Assembly, typeof(Sdk.Video.VideoSigner).Assembly, typeof(Tectra.Registry.EmbeddedRegistry).Assembly, typeof(Server.TectraServer).Assembly];

    private static IEnumerable<Assembly> All => Libraries.Append(Assembly.Load("tectra"));

    [Test]
    public void Each_layer_references_only_what_lies_below_it()
    {
        foreach (var assembly in All)
        {
            var name = assembly.GetName().Name!;
            var own = assembly.GetReferencedAssemblies().Select(reference => reference.Name!).Where(reference => reference.StartsWith("Tectra", StringComparison.OrdinalIgnoreCase));
            Assert.That(own, Is.SubsetOf(Layers[name]), name);
        }
    }

    [Test]
    public void The_Sdk_depends_on_nothing_but_the_framework_its_extensions_and_Polly()
    {
        var references = Libraries[..3].SelectMany(library => library.GetReferencedAssemblies()).Select(reference => reference.Name!);
        string[] allowed = ["System.", "Microsoft.Extensions."];
        Assert.That(references, Is.All.Matches<string>(name => allowed.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) || name is "Tectra.Sdk" or "Tectra.Sdk.Imaging" or "Polly.Core" or "Microsoft.Win32.Primitives"));
    }

    [Test]
    public void Verification_touches_no_file_no_network_and_no_clock()
    {
        string[] forbidden = ["System.IO.", "System.Net.", "System.Diagnostics.Process", "System.TimeProvider", "System.Environment", "Tectra.Sdk.AtomicFile", "Tectra.Sdk.FileLock"];
        using var module = ModuleDefinition.ReadModule(Libraries[0].Location);
        var used = module.GetTypes().Where(type => type.FullName.StartsWith("Tectra.Sdk.Verification.", StringComparison.Ordinal))
            .SelectMany(type => type.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions.Select(instruction => instruction.Operand).OfType<MemberReference>().Select(member => (method, member)))
            .Where(use => forbidden.Any(prefix => (use.member.DeclaringType?.FullName ?? use.member.FullName).StartsWith(prefix, StringComparison.Ordinal)))
            .Select(use => $"{use.method.FullName} uses {use.member.FullName}").ToList();
        Assert.That(used, Is.Empty);
    }

    [Test]
    public void Every_public_type_is_immutable_or_declared_mutable()
    {
        var mutable = new List<string>();
        foreach (var type in Libraries.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => !type.IsEnum && !type.IsInterface))
        {
            var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(field => !field.IsInitOnly);
            // The backing field of an init-only property isn't marked read-only, but nothing can set it later.
            var initOnly = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Where(property => property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit)) == true)
                .Select(property => $"<{property.Name}>k__BackingField").ToHashSet();
            var open = fields.Where(field => !initOnly.Contains(field.Name)).ToList();
            if (open.Count > 0 && !Mutable.ContainsKey(type.FullName!) && !typeof(Exception).IsAssignableFrom(type))
                mutable.Add($"{type.FullName}: {string.Join(", ", open.Select(field => field.Name))}");
        }
        Assert.That(mutable, Is.Empty);
    }

    [Test]
    public void Interop_types_are_internal() =>
        Assert.That(Libraries.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.Namespace!.EndsWith(".Interop", StringComparison.Ordinal)), Is.Empty);

    [Test]
    public void No_source_file_is_longer_than_420_lines()
    {
        var folders = new[] { "src", "tests", "benchmarks" }.Select(folder => Path.Combine(TestData.Repository, folder));
        var sources = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}")).ToList();
        Assert.That(sources, Has.Count.GreaterThan(80));
        Assert.That(sources.Where(path => File.ReadLines(path).Count() > 420), Is.Empty);
    }
}
