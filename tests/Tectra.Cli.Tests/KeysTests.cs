using System.Text;
using System.Text.Json;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests;

public sealed class KeysTests
{
    private static readonly string Photo = TestData.PathOf("images/odd/jpeg-420.jpg");

    [Test]
    public async Task State_is_private_and_no_secret_lies_in_the_clear()
    {
        using var cli = new CliRunner();
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("s.jpg"))).ExitCode, Is.Zero);
        if (OperatingSystem.IsWindows()) return;
        Assert.That(File.GetUnixFileMode(cli.Home), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        foreach (var file in new[] { "fernet.key", "keys/default.json", "ledger-key/ledger.json" })
            Assert.That(File.GetUnixFileMode(Path.Combine(cli.Home, file)), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite), file);
        using var fernet = FernetKey.Parse(File.ReadAllText(Path.Combine(cli.Home, "fernet.key")));
        var key = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cli.Home, "keys/default.json"))).RootElement;
        Assert.That(fernet.TryDecrypt(key.GetProperty("encrypted_private_key").GetString()!, out var seed), Is.True);
        foreach (var file in Directory.EnumerateFiles(cli.Home, "*", SearchOption.AllDirectories))
        {
            var content = File.ReadAllBytes(file);
            Assert.That(content.AsSpan().IndexOf(seed), Is.Negative, file);
            Assert.That(Encoding.Latin1.GetString(content), Does.Not.Contain(Convert.ToHexStringLower(seed!)), file);
        }
    }

    [Test]
    public async Task Keys_are_made_listed_exported_and_imported_under_the_same_Fernet_key()
    {
        using var fernet = FernetKey.Create();
        var text = Encoding.ASCII.GetString(fernet.Export());
        using var first = new CliRunner(text);
        using var second = new CliRunner(text);
        var (exit, lines, _) = await first.JsonAsync("keys", "create", "production", "--org-name", "Acme AI Inc.", "--org-type", "ai_provider");
        Assert.That(exit, Is.Zero);
        var publicKey = lines.Single().GetProperty("public_key").GetString();
        Assert.That(File.Exists(Path.Combine(first.Home, "fernet.key")), Is.False, "the variable is the key");
        (_, lines, _) = await first.JsonAsync("keys", "list");
        Assert.That(lines.Single().GetProperty("org_name").GetString(), Is.EqualTo("Acme AI Inc."));
        Assert.That((await first.RunAsync("keys", "create", "production")).ExitCode, Is.EqualTo(2), "the name is taken");
        Assert.That((await first.RunAsync("keys", "create", "../evil")).ExitCode, Is.EqualTo(2), "no paths in names");

        Assert.That((await first.RunAsync("keys", "export", "production", "-o", first.PathOf("k.json"))).ExitCode, Is.Zero);
        Assert.That((await first.RunAsync("keys", "export", "production", "-o", first.PathOf("k.pub"), "--public")).ExitCode, Is.Zero);
        Assert.That(File.ReadAllText(first.PathOf("k.pub")).Trim(), Is.EqualTo(publicKey));
        Assert.That((await second.RunAsync("keys", "import", first.PathOf("k.json"))).ExitCode, Is.Zero);

        (exit, lines, _) = await second.JsonAsync("sign", Photo, "--key", "production", "-o", second.PathOf("s.jpg"));
        Assert.That(exit, Is.Zero);
        Assert.That(lines.Single().GetProperty("certificate").GetProperty("public_key").GetString(), Is.EqualTo(publicKey));
        (_, lines, _) = await second.JsonAsync("verify", second.PathOf("s.jpg"), "--trust-key", publicKey!);
        Assert.That(lines.Single().GetProperty("signer").GetProperty("org_name").GetString(), Is.EqualTo("Acme AI Inc."));
        Assert.That(lines.Single().GetProperty("confidence").GetDouble(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_wrong_malformed_or_lost_Fernet_key_is_an_error_with_its_own_code()
    {
        using var cli = new CliRunner();
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("s.jpg"))).ExitCode, Is.Zero);
        using var other = FernetKey.Create();
        cli.SetVariable("TECTRA_FERNET_KEY", Encoding.ASCII.GetString(other.Export()));
        await AssertCode(cli, "fernet_key_wrong", "sign", Photo, "-o", cli.PathOf("t.jpg"));
        cli.SetVariable("TECTRA_FERNET_KEY", "not a key");
        await AssertCode(cli, "fernet_key_malformed", "sign", Photo, "-o", cli.PathOf("t.jpg"));
        cli.SetVariable("TECTRA_FERNET_KEY", "");
        File.Move(Path.Combine(cli.Home, "fernet.key"), cli.PathOf("backup"));
        await AssertCode(cli, "fernet_key_wrong", "sign", Photo, "-o", cli.PathOf("t.jpg"));
        Assert.That(File.Exists(Path.Combine(cli.Home, "fernet.key")), Is.False, "a lost key is never replaced by a new one that opens nothing");
        File.Move(cli.PathOf("backup"), Path.Combine(cli.Home, "fernet.key"));
        await File.WriteAllTextAsync(Path.Combine(cli.Home, "keys/default.json"), "{}");
        await AssertCode(cli, "signing_key_damaged", "sign", Photo, "-o", cli.PathOf("t.jpg"));
        Assert.That(File.Exists(cli.PathOf("t.jpg")), Is.False);
    }

    [Test]
    public async Task Many_first_runs_at_once_make_one_key_and_anchor_every_record_once()
    {
        using var cli = new CliRunner();
        const int Runs = 6;
        var runs = await Task.WhenAll(Enumerable.Range(0, Runs).Select(i => cli.RunAsync("sign", Photo, "-o", cli.PathOf($"s{i}.jpg"), "--json")));
        Assert.That(runs.Select(run => run.ExitCode), Is.All.Zero, string.Join('\n', runs.Select(run => run.Error)));
        Assert.That(Directory.GetFiles(Path.Combine(cli.Home, "keys")), Has.Length.EqualTo(1));
        var (exit, reports, _) = await cli.JsonAsync(["verify", .. Enumerable.Range(0, Runs).Select(i => cli.PathOf($"s{i}.jpg"))]);
        Assert.That(exit, Is.Zero);
        Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.All.EqualTo(1));
    }

    private static async Task AssertCode(CliRunner cli, string code, params string[] arguments)
    {
        var (exit, lines, _) = await cli.JsonAsync(arguments);
        Assert.That(exit, Is.EqualTo(2));
        Assert.That(lines.Single().GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(code));
    }
}
