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

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
