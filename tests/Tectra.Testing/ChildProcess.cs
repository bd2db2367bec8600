using System.Diagnostics;

namespace Tectra.Testing;

/// <summary>A finished child process.</summary>
/// <param name="ExitCode">Its exit code; 128 and more after a signal.</param>
/// <param name="Output">What it wrote to standard output.</param>
/// <param name="Error">What it wrote to standard error.</param>
public sealed record ChildRun(int ExitCode, string Output, string Error);

/// <summary>Runs this repository's programs in processes of their own.</summary>
public static class ChildProcess
{
    /// <summary>The test child's assembly, built in the same configuration as the tests.</summary>
    public static string TestChild { get; } = Assembly("tests/Tectra.TestChild", "Tectra.TestChild.dll");

    /// <summary>The command's assembly, built in the same configuration as the tests.</summary>
    public static string Tectra { get; } = Assembly("src/Tectra.Cli", "tectra.dll");

    /// <summary>Runs <c>dotnet</c> with these arguments and this environment beside the own, and waits.</summary>
    public static async Task<ChildRun> RunAsync(
        IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellationToken = default)
    {
        using var process = Start(arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new ChildRun(process.ExitCode, await output, await error);
    }

    /// <summary>Starts <c>dotnet</c> with these arguments and this environment beside the own. The caller reads both outputs, and disposes of it.</summary>
    public static Process Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private static string Assembly(string project, string name)
    {
        var configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!);
        return Path.Combine(TestData.Repository, project, "bin", configuration, "net10.0", name);
    }
}
