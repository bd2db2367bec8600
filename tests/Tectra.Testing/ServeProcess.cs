using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Tectra.Testing;

/// <summary>A real <c>tectra serve</c> in a process of its own, without rate limits, on a loopback port.</summary>
public sealed partial class ServeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ServeProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>What it wrote, to both outputs.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>How long it has kept processors busy.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Whether it still runs.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="database">A folder, or PostgreSQL's connection string; null for the home's own folder.</param>
    /// <param name="home">Its <c>TECTRA_HOME</c>.</param>
    /// <param name="fernetKey">Its <c>TECTRA_FERNET_KEY</c>.</param>
    /// <param name="port">A port, or 0 for a free one.</param>
    /// <param name="environment">Further variables.</param>
    public static async Task<ServeProcess> StartAsync(
        string? database, string home, string fernetKey, int port = 0, IReadOnlyDictionary<string, string>? environment = null)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{(port == 0 ? FreePort() : port)}"));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        string[] arguments = [ChildProcess.Tectra, "serve", "--urls", url.ToString().TrimEnd('/'), .. database is null ? Array.Empty<string>() : ["--database", database]];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var variables = new Dictionary<string, string>
        {
            ["TECTRA_HOME"] = home,
            ["TECTRA_FERNET_KEY"] = fernetKey,
            ["TECTRA_PUBLIC_REQUESTS_PER_MINUTE"] = "0",
            ["TECTRA_VERIFICATIONS_PER_MINUTE"] = "0",
            ["TECTRA_AUTH_ATTEMPTS_PER_MINUTE"] = "0",
            ["TECTRA_ACCOUNT_ATTEMPTS_PER_MINUTE"] = "0",
            ["TECTRA_KEY_REQUESTS_PER_MINUTE"] = "0",
        };
        foreach (var (name, value) in variables.Concat(environment ?? new Dictionary<string, string>())) start.Environment[name] = value;
        var server = new ServeProcess(Process.Start(start)!, url);
        server.Follow();
        try
        {
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A port that nobody listens on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>SIGKILL: it gets no chance to finish anything.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>SIGTERM, as an operator stops it.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited && SendSignal(_process.Id, 15) != 0) throw new InvalidOperationException("The server can't be told to stop.");
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Ends it, if it still runs.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    private void Follow()
    {
        void Add(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null) return;
            lock (_output) _output.AppendLine(line.Data);
        }

        _process.OutputDataReceived += Add;
        _process.ErrorDataReceived += Add;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < StartLimit)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended with {_process.ExitCode}: {Output}");
            try
            {
                using var answer = await http.GetAsync(new Uri(Url, "/health/ready"));
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(50);
        }
        throw new InvalidOperationException($"The server isn't ready after {StartLimit}: {Output}");
    }
}
