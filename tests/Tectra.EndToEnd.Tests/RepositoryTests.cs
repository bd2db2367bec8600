using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Tectra.Sdk;
using Tectra.Sdk.Verification;

namespace Tectra.EndToEnd.Tests;

/// <summary>What a stranger reads and runs: README, documents, scripts.</summary>
public sealed partial class RepositoryTests
{
    [Test]
    public void Every_CSharp_snippet_of_the_README_is_compiled_and_run_by_a_test()
    {
        var compiled = Normalise(File.ReadAllText(Path.Combine(TestData.Repository, "tests", "Tectra.EndToEnd.Tests", "ReadmeSnippets.cs")));
        var snippets = CSharpFence().Matches(File.ReadAllText(Path.Combine(TestData.Repository, "README.md"))).Select(match => match.Groups[1].Value).ToList();
        Assert.That(snippets, Is.Not.Empty);
        foreach (var snippet in snippets) Assert.That(compiled, Does.Contain(Normalise(snippet)), "ReadmeSnippets.cs holds the same lines");
        Report.Line($"README: {snippets.Count} C# snippets compiled");
    }

    [Test]
    public void Every_code_is_documented()
    {
        var document = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "codes.md"));
        var codes = new[] { typeof(ErrorCodes), typeof(CheckCodes) }.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.That(codes, Is.Unique);
        Assert.That(codes.Where(code => !document.Contains($"`{code}`")), Is.Empty);
        Assert.That(BacktickedCode().Matches(document).Select(match => match.Groups[1].Value).Where(code => code.Contains('_') && !codes.Contains(code)), Is.Empty, "documented but unknown");
    }

    [Test]
    public async Task The_wrapper_runs_from_anywhere_and_keeps_standard_output_clean()
    {
        var start = new ProcessStartInfo(Path.Combine(TestData.Repository, "tectra")) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in new[] { "hash", TestData.PathOf("images/kodak/kodim01.png"), "--json" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(output.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(output, Does.Contain("c4c62e705bb94b17"));
    }

    [Test]
    public void The_test_data_stays_within_its_bounds()
    {
        var bytes = Directory.EnumerateFiles(TestData.Root, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        Assert.That(bytes, Is.LessThan(40_000_000));
    }

    private static string Normalise(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpFence();

    [GeneratedRegex("`([a-z0-9_]+)`")]
    private static partial Regex BacktickedCode();
}
