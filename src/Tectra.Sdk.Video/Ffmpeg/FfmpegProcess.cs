using System.ComponentModel;
using System.Diagnostics;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>
/// A child process whose output is read as a stream. Nothing of it survives <see cref="DisposeAsync"/>, which also ends what it started.
/// One reader at a time.
/// </summary>
internal sealed class FfmpegProcess : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    // All that a program needs to find its libraries. FFREPORT, which makes ffmpeg write log files, isn't among them.
    private static readonly string[] KeptVariables = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMPDIR"];

    private readonly Process _process;
    private readonly Task _draining;
    private readonly MessageTail _messages;
    private CancellationTokenRegistration _ending;

    private FfmpegProcess(Process process, Action<long>? decoded, CancellationToken cancellationToken)
    {
        _process = process;
        // A read of a pipe can't be cancelled; but when its writer is dead, it returns.
        _ending = cancellationToken.UnsafeRegister(state => ((FfmpegProcess)state!).Kill(), this);
        _messages = new MessageTail(decoded);
        _draining = DrainAsync(process.StandardError.BaseStream);
        Output = process.StandardOutput.BaseStream;
    }

    /// <summary>What it writes to standard output.</summary>
    public Stream Output { get; }

    /// <summary>Starts a program. It gets no input unless that is asked for, and of the environment what it needs.</summary>
    /// <param name="path">Where the program is.</param>
    /// <param name="arguments">Its arguments, each as it is.</param>
    /// <param name="cancellationToken">Ends the process at once, so that its output ends too.</param>
    /// <param name="decoded">Is told the time of every frame that <see cref="LumaFilter.Told"/> reports.</param>
    /// <param name="waits">Whether it waits for what <see cref="SendAsync"/> will send.</param>
    /// <exception cref="MissingToolException">The program can't be started (<c>ffmpeg_missing</c>).</exception>
    public static FfmpegProcess Start(string path, IEnumerable<string> arguments, CancellationToken cancellationToken, Action<long>? decoded = null, bool waits = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(path)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var kept = KeptVariables.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(variable => variable.Value is not null).ToArray();
        start.Environment.Clear();
        foreach (var (name, value) in kept) start.Environment[name] = value;
        start.Environment["AV_LOG_FORCE_NOCOLOR"] = "1";
        try
        {
            var process = Process.Start(start)!;
            if (!waits) process.StandardInput.Close();
            return new FfmpegProcess(process, decoded, cancellationToken);
        }
        catch (Win32Exception e)
        {
            throw FfmpegTools.Missing($"{path} can't be run (error {e.NativeErrorCode} of the system).", e);
        }
    }

    /// <summary>Gives a process that waits all of its input. One that has ended already shows that by its output.</summary>
    /// <param name="input">The input.</param>
    /// <param name="cancellationToken">Ends the process from now on, instead of the token that it was started with.</param>
    public async Task SendAsync(string input, CancellationToken cancellationToken)
    {
        await _ending.DisposeAsync().ConfigureAwait(false);
        _ending = cancellationToken.UnsafeRegister(state => ((FfmpegProcess)state!).Kill(), this);
        try
        {
            await _process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Nobody reads it any more.
        }
    }

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code, and the end of what it wrote to standard error.</returns>
    public async Task<(int ExitCode, string Messages)> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        await _draining.WaitAsync(cancellationToken).ConfigureAwait(false);
        return (_process.ExitCode, _messages.Text);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.DisposeAsync().ConfigureAwait(false);
        Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await Output.DisposeAsync().ConfigureAwait(false);
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has just ended, or what it started has.
        }
    }

    /// <summary>Reads to the end, so that the process never waits for its reader.</summary>
    private async Task DrainAsync(Stream error)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            int read;
            while ((read = await error.ReadAsync(buffer).ConfigureAwait(false)) > 0) _messages.Add(buffer.AsSpan(0, read));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was ended; what it said until then counts.
        }
    }
}
