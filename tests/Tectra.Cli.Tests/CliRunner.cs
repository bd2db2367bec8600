using System.Diagnostics;
using System.Text.Json;

namespace Tectra.Cli.Tests;

/// <summary>Runs the real command in a process of its own, with a home of its own.</summary>
internal sealed class CliRunner : IDisposable
{
    private readonly Dictionary<string, string> _environment;

    public CliRunner(string? fernetKey = null)
    {
        Folder = Directory.CreateTempSubdirectory("tectra-cli-").FullName;
        Home = Path.Combine(Folder, "home");
        _environment = new Dictionary<string, string> { ["TECTRA_HOME"] = Home, ["TECTRA_FERNET_KEY"] = fernetKey ?? "" };
    }

    public string Folder { get; }

    public string Home { get; }

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void SetVariable(string name, string value) => _environment[name] = value;

    /// <summary>Runs <c>tectra</c>.</summary>
    public Task<ChildRun> RunAsync(params string[] arguments) => ChildProcess.RunAsync([ChildProcess.Tectra, .. arguments], _environment);

    /// <summary>Runs <c>tectra</c> with something on standard input.</summary>
    public async Task<ChildRun> RunWithInputAsync(string input, params string[] arguments)
    {
        using var process = Start(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ChildRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts <c>tectra</c>; the caller reads its outputs and disposes of it.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (string[])[ChildProcess.Tectra, .. arguments]) start.ArgumentList.Add(argument);
        foreach (var (name, value) in _environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs <c>tectra … --json</c> and parses its lines.</summary>
    public async Task<(int ExitCode, List<JsonElement> Lines, string Error)> JsonAsync(params string[] arguments)
    {
        var run = await RunAsync([.. arguments, "--json"]);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        }).ToList();
        return (run.ExitCode, lines, run.Error);
    }

    /// <summary>Runs a command that must fail with exit code 2, one line and this code.</summary>
    public async Task<string> FailAsync(string code, params string[] arguments)
    {
        var (exit, lines, _) = await JsonAsync(arguments);
        var error = lines.Single().GetProperty("error");
        Assert.That((exit, error.GetProperty("code").GetString()), Is.EqualTo((2, code)), $"{string.Join(' ', arguments)}: {error}");
        return error.GetProperty("message").GetString()!;
    }

    /// <summary>Runs a command that must succeed with one line.</summary>
    public async Task<JsonElement> OneAsync(params string[] arguments)
    {
        var (exit, lines, error) = await JsonAsync(arguments);
        Assert.That(exit, Is.Zero, $"{string.Join(' ', arguments)}: {string.Join('\n', lines)}{error}");
        return lines.Single();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
