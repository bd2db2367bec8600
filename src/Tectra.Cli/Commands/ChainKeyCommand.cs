using System.CommandLine;
using System.Text;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra chain key</c>.</summary>
internal static class ChainKeyCommand
{
    public static Command Create()
    {
        var target = new Option<string?>("--output", "-o") { Description = "The file to write. It is never one that is there already." };
        var source = new Option<string?>("--show") { Description = "Make no key, but show the address of this file's." };
        var command = new Command(
            "key",
            "Make the key of an account on a chain, encrypted with the Fernet key, and show the account's address.\n" +
            "Whoever has the file and the Fernet key can spend the account's coins and register batches: keep only a little on it.") { target, source };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            switch (parsed.GetValue(target), parsed.GetValue(source))
            {
                case (string path, null):
                    Show(output, path, await MakeAsync(path, cancellationToken).ConfigureAwait(false), isNew: true);
                    break;
                case (null, string path):
                    using (var fernet = TectraHome.Find().FindFernetKey())
                    using (var key = EvmPrivateKey.Load(path, fernet))
                        Show(output, path, key.Address, isNew: false);
                    break;
                default:
                    throw new ArgumentException("Name either the file to write (-o), or the one to look at (--show).");
            }
            return ExitCode.Success;
        });
    }

    private static async ValueTask<EvmAddress> MakeAsync(string path, CancellationToken cancellationToken)
    {
        ThrowIfThere(path);
        var home = TectraHome.Open();
        using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
        using (var fernet = home.OpenFernetKeyForNewKey())
        using (var key = EvmPrivateKey.Create())
        {
            using var file = AtomicFile.Stage(path, Encoding.ASCII.GetBytes(key.Protect(fernet, TimeProvider.System) + "\n"), ownerOnly: true);
            try
            {
                file.CommitNew();
            }
            catch (IOException)
            {
                ThrowIfThere(path);
                throw;
            }
            return key.Address;
        }
    }

    private static void ThrowIfThere(string path)
    {
        if (Path.Exists(path)) throw new ArgumentException($"There is a file '{path}' already, and it may be a key that holds coins. Choose another name.");
    }

    private static void Show(CommandOutput output, string path, EvmAddress address, bool isNew)
    {
        if (output.IsJson)
        {
            output.Line(new ChainKeyLine(path, address.ToString(), isNew), CliJson.Line.ChainKeyLine);
            return;
        }
        output.Console.MarkupLine($"[green]✓[/] {(isNew ? "made " : "")}account [bold]{address}[/]  [dim]{CommandOutput.Escape(path)}[/]");
        if (!isNew) return;
        output.Console.MarkupLine("  It needs coins of its chain to pay for gas: POL on Polygon. 'tectra chain status' says how far they reach.");
        output.Console.MarkupLine("  The file opens with the Fernet key only. Back up both: without them, what the account has is lost.");
    }
}
