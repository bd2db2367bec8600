using System.CommandLine;
using System.Text;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra keys</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Make, show and move signing keys. Private halves are Fernet-encrypted wherever they lie.")
    {
        CreateCreate(), CreateList(), CreateExport(), CreateImport(),
    };

    private static Command CreateCreate()
    {
        var name = new Argument<string>("NAME") { Description = "The new key's name.", DefaultValueFactory = _ => KeyStore.DefaultName };
        var organisation = new Option<string?>("--org-name") { Description = "The organisation's name, as certificates will show it." };
        var type = new Option<string?>("--org-type") { Description = "The organisation's kind, such as ai_provider or newsroom." };
        var user = new Option<string?>("--user") { Description = "The user id. Default: the one of the other keys here." };
        var command = new Command("create", "Make a new Ed25519 signing key.") { name, organisation, type, user };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var home = TectraHome.Open();
            using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
            using (var fernet = home.OpenFernetKey())
            {
                var userId = parsed.GetValue(user) ?? home.Keys.NewUserId();
                Show(output, [home.Keys.Create(parsed.GetRequiredValue(name), userId, parsed.GetValue(organisation), parsed.GetValue(type), fernet)]);
            }
            return ExitCode.Success;
        });
    }

    private static Command CreateList() => new Command("list", "List the signing keys.").WithAction(CommandParts.JsonOption(), (_, output, _) =>
    {
        Show(output, TectraHome.Open().Keys.List());
        return Task.FromResult(ExitCode.Success);
    });

    private static Command CreateExport()
    {
        var name = new Argument<string>("NAME") { Description = "The key's name." };
        var target = new Option<string>("--output", "-o") { Description = "The file to write.", Required = true };
        var onlyPublic = new Option<bool>("--public") { Description = "Only the public key, as hexadecimal text, for others to trust." };
        var command = new Command("export", "Write a key to a file: encrypted, to be opened with the same Fernet key elsewhere; or its public half.") { name, target, onlyPublic };
        return command.WithAction(CommandParts.JsonOption(), (parsed, output, _) =>
        {
            var key = TectraHome.Open().Keys.Find(parsed.GetRequiredValue(name))
                ?? throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"There is no signing key '{parsed.GetValue(name)}'.");
            var path = parsed.GetRequiredValue(target);
            if (parsed.GetValue(onlyPublic)) AtomicFile.Write(path, Encoding.ASCII.GetBytes(key.PublicKey + "\n"));
            else AtomicFile.Write(path, key.ToJson(), ownerOnly: true);
            Show(output, [key]);
            return Task.FromResult(ExitCode.Success);
        });
    }

    private static Command CreateImport()
    {
        var source = new Argument<string>("FILE") { Description = "A key file that 'tectra keys export' wrote." };
        var command = new Command("import", "Take in a key file. It is tried with the Fernet key before it is stored.") { source };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(source);
            var key = StoredKey.FromJson(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path);
            var home = TectraHome.Open();
            using (await home.LockAsync(cancellationToken).ConfigureAwait(false))
            using (var fernet = home.OpenFernetKey())
            {
                key.Unprotect(fernet).Dispose();
                home.Keys.Add(key);
            }
            Show(output, [key]);
            return ExitCode.Success;
        });
    }

    private static void Show(CommandOutput output, IReadOnlyList<StoredKey> keys)
    {
        if (output.IsJson)
        {
            foreach (var key in keys)
                output.Line(new KeyDocument(key.Name, key.KeyId, key.PublicKey, key.UserId, key.OrgName, key.OrgType, key.CreatedAt), CliJson.Line.KeyDocument);
            return;
        }
        var table = new Table().Border(TableBorder.Rounded).AddColumns("name", "key id", "public key", "organisation", "made");
        foreach (var key in keys)
            table.AddRow(Markup.Escape(key.Name), key.KeyId, key.PublicKey, Markup.Escape(key.OrgName ?? key.UserId), key.CreatedAt);
        output.Console.Write(table);
    }
}
