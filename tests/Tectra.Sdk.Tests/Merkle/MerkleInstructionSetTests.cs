using System.Text.Json;

namespace Tectra.Sdk.Tests.Merkle;

/// <summary>Digests, trees and proofs with instruction sets turned off, in child processes that say which they have.</summary>
public sealed class MerkleInstructionSetTests
{
    private static readonly JsonElement[] Vectors = [.. TestData.Json("vectors/merkle-openzeppelin.json").GetProperty("cases").EnumerateArray()];

    private static readonly int[] Sizes = [.. Enumerable.Range(1, 64).Union(Vectors.Select(vector => vector.GetProperty("n").GetInt32()))];

    private static readonly Lazy<Task<string[]>> Baseline = new(() => RunAsync(null));

    [TestCase("DOTNET_EnableAVX512", "vector512=False", "avx512bw=False")]
    [TestCase("DOTNET_EnableAVX2", "vector256=False", "avx2=False")]
    [TestCase("DOTNET_EnableHWIntrinsic", "vector128=False", "avx2=False")]
    public async Task Digests_roots_and_proofs_are_the_same_without(string switchName, params string[] off)
    {
        var baseline = await Baseline.Value;
        var lines = await RunAsync(switchName);
        Report.Line($"merkle, {switchName}=0: {lines[0]}");
        foreach (var flag in off) Assert.That(lines[0], Does.Contain(flag), "the instruction set must really be off");
        Assert.That(lines, Has.Length.EqualTo(2 + (2 * Sizes.Length)));
        Assert.That(lines[1..], Is.EqualTo(baseline[1..]));
        foreach (var vector in Vectors)
            Assert.That(lines, Has.One.StartsWith($"tree {vector.GetProperty("n")} True {vector.GetProperty("root").GetString()} "), "OpenZeppelin's root");
    }

    private static async Task<string[]> RunAsync(string? switchName)
    {
        var environment = switchName is null ? null : new Dictionary<string, string> { [switchName] = "0" };
        var run = await ChildProcess.RunAsync([ChildProcess.TestChild, "merkle", .. Sizes.Select(size => $"{size}")], environment);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
