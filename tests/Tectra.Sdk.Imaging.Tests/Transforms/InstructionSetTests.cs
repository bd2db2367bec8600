namespace Tectra.Sdk.Imaging.Tests.Transforms;

/// <summary>The whole pipeline with instruction sets turned off, in child processes that say which they have.</summary>
public sealed class InstructionSetTests
{
    private static readonly string[] Files =
        [TestData.PathOf("images/kodak/kodim01.png"), TestData.PathOf("images/large/mountains-8mp.jpg"), TestData.PathOf("images/odd/png-16bit-rgba.png"), TestData.PathOf("images/odd/png-rgba.png")];

    private static readonly Lazy<Task<string[]>> Baseline = new(() => RunAsync(null));

    [TestCase("DOTNET_EnableAVX512", "vector512=False", "avx512bw=False")]
    [TestCase("DOTNET_EnableAVX2", "vector256=False", "avx2=False")]
    [TestCase("DOTNET_EnableHWIntrinsic", "vector128=False", "avx2=False")]
    public async Task Hashes_pixels_and_readings_are_the_same_without(string switchName, params string[] off)
    {
        var baseline = await Baseline.Value;
        var lines = await RunAsync(switchName);
        Report.Line($"{switchName}=0: {lines[0]}");
        foreach (var flag in off) Assert.That(lines[0], Does.Contain(flag), "the instruction set must really be off");
        Assert.That(lines[1..], Is.EqualTo(baseline[1..]));
        Assert.That(lines, Has.Length.EqualTo(1 + 9 + (8 * Files.Length)));
    }

    private static async Task<string[]> RunAsync(string? switchName)
    {
        var environment = switchName is null ? null : new Dictionary<string, string> { [switchName] = "0" };
        var run = await ChildProcess.RunAsync([ChildProcess.TestChild, "kernels", .. Files], environment);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
