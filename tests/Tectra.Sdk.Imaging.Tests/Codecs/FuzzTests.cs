namespace Tectra.Sdk.Imaging.Tests.Codecs;

/// <summary>Random damage through decode and extract, in processes of their own: a crash of a native codec is a failed test, not a lost run.</summary>
public sealed class FuzzTests
{
    private const int Processes = 2;

    [Test]
    [CancelAfter(600_000)]
    public async Task No_mutant_of_the_odd_files_crashes_hangs_or_throws()
    {
        var (count, seconds) = TestData.IsFull ? (300_000, 420) : (15_000, 120);
        var runs = Enumerable.Range(0, Processes).Select(start => RunAsync(start, count / Processes, seconds)).ToArray();
        var lines = await Task.WhenAll(runs);
        var mutants = lines.Sum(line => long.Parse(line.Split(' ')[0].Split('=')[1]));
        foreach (var line in lines) Report.Line($"fuzz: {line}");
        Report.Line($"fuzz: {mutants} mutants without a crash, a hang or an untyped error");
        Assert.That(mutants, Is.GreaterThanOrEqualTo(TestData.IsFull ? 100_000 : 10_000));
    }

    [Test]
    public async Task Every_pixel_of_a_damaged_file_was_written_by_its_decoder()
    {
        // The C library fills fresh memory with a value of our choice: what shows through differs between the two runs.
        var runs = await Task.WhenAll(new[] { "85", "170" }.Select(fill => ChildProcess.RunAsync(
            [ChildProcess.TestChild, "pixels", TestData.PathOf("images/odd"), "0", TestData.IsFull ? "100000" : "10000"],
            new Dictionary<string, string> { ["MALLOC_PERTURB_"] = fill })));
        Assert.Multiple(() =>
        {
            Assert.That(runs.Select(run => run.ExitCode), Has.All.Zero, runs[0].Error);
            Assert.That(runs[0].Output, Does.StartWith("pixels "));
            Assert.That(runs[1].Output, Is.EqualTo(runs[0].Output));
        });
    }

    private static async Task<string> RunAsync(int start, int count, int seconds)
    {
        var progress = Path.GetTempFileName();
        try
        {
            var run = await ChildProcess.RunAsync(
                [ChildProcess.TestChild, "fuzz", TestData.PathOf("images/odd"), $"{start}", $"{count}", $"{Processes}", $"{seconds}", progress]);
            var last = BitConverter.ToInt64(await File.ReadAllBytesAsync(progress));
            Assert.That(run.ExitCode, Is.Zero, $"Mutant {last} ended the process; to see it: Tectra.TestChild mutant FOLDER {last} OUTPUT\n{run.Output}\n{run.Error}");
            return run.Output.Trim();
        }
        finally
        {
            File.Delete(progress);
        }
    }
}
