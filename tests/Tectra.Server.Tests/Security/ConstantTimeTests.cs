using System.Security.Cryptography;
using Mono.Cecil;
using Mono.Cecil.Cil;
using Tectra.Registry.Accounts;
using Tectra.Sdk.Content;
using Tectra.Server.Security;

namespace Tectra.Server.Tests.Security;

/// <summary>That a comparison takes the same time can't be measured reliably; that nothing else is called can be read.</summary>
internal sealed class ConstantTimeTests
{
    [TestCase(typeof(ApiKeyService))]
    [TestCase(typeof(TokenService))]
    public void Secrets_are_compared_in_constant_time_only(Type type)
    {
        using var module = ModuleDefinition.ReadModule(type.Assembly.Location);
        var definition = module.GetType(type.FullName);
        var called = definition.NestedTypes.Append(definition).SelectMany(part => part.Methods).Where(method => method.HasBody)
            .SelectMany(method => method.Body.Instructions).Where(instruction => instruction.OpCode.Code is Code.Call or Code.Callvirt)
            .Select(instruction => (MethodReference)instruction.Operand).Select(method => $"{method.DeclaringType.FullName}::{method.Name}").ToHashSet();
        Assert.That(called, Does.Contain($"{typeof(CryptographicOperations).FullName}::{nameof(CryptographicOperations.FixedTimeEquals)}"));
        string[] early = [$"{typeof(Sha256Digest).FullName}::op_Equality", $"{typeof(Sha256Digest).FullName}::Equals", "System.String::op_Equality", "System.String::Equals", "System.MemoryExtensions::SequenceEqual"];
        Assert.That(called.Intersect(early), Is.Empty);
    }
}
