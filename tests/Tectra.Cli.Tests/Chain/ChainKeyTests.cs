using System.Text;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests.Chain;

public sealed class ChainKeyTests
{
    [Test]
    public async Task A_key_is_made_closed_encrypted_and_shown_by_its_address()
    {
        using var cli = new CliRunner();
        var path = cli.PathOf("anchor.key");
        var made = await cli.OneAsync("chain", "key", "-o", path);
        var address = made.GetProperty("address").GetString()!;
        Assert.That(EvmAddress.TryParse(address, out _), Is.True);
        Assert.That(made.GetProperty("created").GetBoolean(), Is.True);
        if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        using (var fernet = FernetKey.Parse(await File.ReadAllTextAsync(Path.Combine(cli.Home, "fernet.key"))))
            Assert.That(fernet.TryDecrypt((await File.ReadAllTextAsync(path)).Trim(), out var secret) && secret.Length == 32, Is.True, "a Fernet token around 32 bytes");
        Assert.That((await cli.OneAsync("chain", "key", "--show", path)).GetProperty("address").GetString(), Is.EqualTo(address));
        var shown = await cli.RunAsync("chain", "key", "-o", cli.PathOf("second.key"));
        Assert.That(shown.Output, Does.Contain("0x").And.Contain("needs coins").And.Contain("Back up both"));
        Assert.That(Directory.GetFiles(cli.Folder, ".*"), Is.Empty, "no temporary file stays");
    }

    [Test]
    public async Task A_file_that_is_there_is_never_overwritten()
    {
        using var cli = new CliRunner();
        var path = ChainHome.WriteKey(cli, "anchor.key", AnvilNode.Keys[0]);
        Assert.That(await cli.FailAsync("invalid_argument", "chain", "key", "-o", path), Does.Contain("already"));
        Assert.That(await File.ReadAllTextAsync(path), Is.EqualTo(AnvilNode.Keys[0]));
        await cli.FailAsync("invalid_argument", "chain", "key");
        await cli.FailAsync("invalid_argument", "chain", "key", "-o", cli.PathOf("b.key"), "--show", path);
        await cli.FailAsync("file_not_found", "chain", "key", "-o", cli.PathOf("missing/b.key"));
    }

    [Test]
    public async Task The_address_of_a_key_in_hexadecimal_is_shown_and_what_is_wrong_with_a_file_has_its_code()
    {
        using var cli = new CliRunner();
        var path = ChainHome.WriteKey(cli, "plain.key", AnvilNode.Keys[1]);
        Assert.That((await cli.OneAsync("chain", "key", "--show", path)).GetProperty("address").GetString(), Is.EqualTo(AnvilNode.Accounts[1]));
        Assert.That(Directory.Exists(cli.Home), Is.False, "looking makes no home");

        await cli.OneAsync("chain", "key", "-o", cli.PathOf("token.key"));
        using var other = FernetKey.Create();
        cli.SetVariable("TECTRA_FERNET_KEY", Encoding.ASCII.GetString(other.Export()));
        await cli.FailAsync("fernet_key_wrong", "chain", "key", "--show", cli.PathOf("token.key"));
        await cli.FailAsync("evm_key_unreadable", "chain", "key", "--show", cli.PathOf("missing.key"));
        var malformed = await cli.FailAsync("evm_key_malformed", "chain", "key", "--show", ChainHome.WriteKey(cli, "half.key", AnvilNode.Keys[1][..40]));
        Assert.That(malformed, Does.Not.Contain(AnvilNode.Keys[1][2..20]));
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await cli.FailAsync("evm_key_exposed", "chain", "key", "--show", path);
    }
}
