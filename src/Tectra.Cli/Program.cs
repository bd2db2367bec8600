using System.CommandLine;
using System.Text;
using Tectra.Cli.Commands;

namespace Tectra.Cli;

/// <summary>The <c>tectra</c> command.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var root = new RootCommand(
            "Makes images provably authentic: signs them with an Ed25519 key and an invisible watermark, registers hashes and " +
            "signatures (never pixels) in a registry on this machine, and verifies any copy.\n\n" +
            "Try it:  tectra demo\n" +
            "State lives in $TECTRA_HOME (default ~/.tectra). Keys are encrypted with the Fernet key from TECTRA_FERNET_KEY, or from a " +
            "private file that is made on first use.")
        {
            DemoCommand.Create(),
            SignCommand.Create(),
            VerifyCommand.Create(),
            HashCommand.Create(),
            WatermarkCommand.Create(),
            KeysCommand.Create(),
            EvidenceCommand.Create(),
            RevokeCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message).ConfigureAwait(false);
            var path = parsed.CommandResult.Command.Parents.OfType<Command>().Prepend(parsed.CommandResult.Command).Where(command => command is not RootCommand).Reverse();
            await Console.Error.WriteLineAsync($"'{string.Join(' ', path.Select(command => command.Name).Prepend("tectra"))} --help' shows how it is used.").ConfigureAwait(false);
            return ExitCode.Failure;
        }
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
    }
}
