using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using Tectra.Cli.Commands;
using Tectra.Cli.Output;

namespace Tectra.Cli;

/// <summary>The <c>tectra</c> command.</summary>
internal static class Program
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly CancellationTokenSource Interrupted = new(); // never disposed of: a signal may come at the very end

    private static async Task<int> Main(string[] args)
    {
        try
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
            return await RunAsync(args).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever nobody foresaw, a closed standard output among it: one line, never a stack trace.
            await Console.Error.WriteLineAsync($"tectra failed: {CommandOutput.Plain(e.Message)} ({(e is IOException ? "io_error" : "internal_error")})").ConfigureAwait(false);
            return ExitCode.Failure;
        }
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "Makes images and videos provably authentic: signs them with an Ed25519 key (images also with an invisible watermark), registers hashes and " +
            "signatures (never pixels) in a registry on this machine or at a server, and verifies any copy.\n\n" +
            "Try it:  tectra demo\n" +
            "State lives in $TECTRA_HOME (default ~/.tectra). Keys are encrypted with the Fernet key from TECTRA_FERNET_KEY, or from a " +
            "private file that is made on first use. A server is used after 'tectra login', or with TECTRA_API_URL and TECTRA_API_KEY.")
        {
            DemoCommand.Create(),
            SignCommand.Create(),
            VerifyCommand.Create(),
            HashCommand.Create(),
            VideoCommand.Create(),
            WatermarkCommand.Create(),
            KeysCommand.Create(),
            EvidenceCommand.Create(),
            RevokeCommand.Create(),
            LoginCommand.Create(),
            LogoutCommand.Create(),
            OutboxCommand.Create(),
            ServeCommand.Create(),
            ChainCommand.Create(),
        };
        // '@name' is a file's name like any other here, not a list of arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0)
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
            configuration.ProcessTerminationTimeout = null; // signals are this class's own affair, or the server's
            return parsed.CommandResult.Command.Name == ServeCommand.Name
                ? await parsed.InvokeAsync(configuration).ConfigureAwait(false)
                : await RunInterruptiblyAsync(parsed, configuration).ConfigureAwait(false);
        }
        var path = parsed.CommandResult.Command.Parents.OfType<Command>().Prepend(parsed.CommandResult.Command).Where(command => command is not RootCommand).Reverse();
        var name = string.Join(' ', path.Select(command => command.Name).Prepend("tectra"));
        var message = string.Join(' ', parsed.Errors.Select(error => error.Message));
        var output = new CommandOutput(args.Contains("--json"), Console.Out, Console.Error);
        output.Failure(name, new ErrorDocument(CommandOutput.InvalidArgument, $"{message} '{name} --help' shows how it is used."));
        return ExitCode.Failure;
    }

    /// <summary>
    /// Runs a command that SIGINT and SIGTERM cancel, and that then has a while to say what it did. The parser's own handlers come only
    /// after the command has begun: a signal before them would end the process without a word.
    /// </summary>
    private static async Task<int> RunInterruptiblyAsync(ParseResult parsed, InvocationConfiguration configuration)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        var running = parsed.InvokeAsync(configuration, Interrupted.Token);
        return await Task.WhenAny(running, GraceAsync()).ConfigureAwait(false) == running ? await running.ConfigureAwait(false) : ExitCode.Cancelled;

        static void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            Interrupted.Cancel();
        }

        static async Task GraceAsync()
        {
            await Task.Delay(Timeout.Infinite, Interrupted.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.Delay(Grace, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
