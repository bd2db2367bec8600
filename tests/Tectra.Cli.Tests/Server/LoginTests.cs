using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk;

namespace Tectra.Cli.Tests.Server;

/// <summary>Logging in and out, and what that leaves on the disk.</summary>
public sealed class LoginTests
{
    private static readonly string Jpeg = TestData.PathOf("images/odd/jpeg-420.jpg");

    private TestRegistry _registry = null!;

    [OneTimeSetUp]
    public async Task Start() => _registry = await TestRegistry.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _registry.DisposeAsync();

    [Test]
    public async Task Logging_in_makes_what_signing_needs_and_leaves_no_secret_in_the_clear()
    {
        using var cli = new CliRunner();
        cli.SetVariable("TECTRA_PASSWORD", TestRegistry.Password);
        var login = await cli.RunAsync("login", "--url", _registry.Url.ToString(), "--register", "--email", _registry.NewEmail(), "--org-name", "Acme AI Inc.", "--json");
        Assert.That(login.ExitCode, Is.Zero, login.Output);
        var line = JsonNode.Parse(login.Output)!;
        var signed = await cli.RunAsync("sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        var apiKey = TestRegistry.ApiKeyOf(cli);
        using var key = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(cli.Home, "keys/default.json")));
        using var client = _registry.CreateClient(apiKey);
        var account = await client.GetAccountAsync();
        var keptThere = await client.GetSigningKeyAsync((string)line["registry_id"]!);
        Assert.Multiple(() =>
        {
            Assert.That((string)line["user_id"]!, Is.EqualTo(account.UserId));
            Assert.That((string)line["key_name"]!, Is.EqualTo("default"));
            Assert.That(key.RootElement.GetProperty("user_id").GetString(), Is.EqualTo(account.UserId));
            Assert.That(keptThere.Token, Is.EqualTo(key.RootElement.GetProperty("encrypted_private_key").GetString()), "the private half, as it lies here: encrypted");
            Assert.That(apiKey, Does.StartWith("iai_"));
            if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(Path.Combine(cli.Home, "server.json")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            foreach (var text in Directory.GetFiles(cli.Home, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).Select(Encoding.Latin1.GetString).Concat([login.Output, login.Error, signed.Output, signed.Error]))
            {
                Assert.That(text, Does.Not.Contain(apiKey));
                Assert.That(text, Does.Not.Contain(TestRegistry.Password));
            }
        });
    }

    [Test]
    public async Task Passwords_come_from_standard_input_too_and_wrong_ones_change_nothing()
    {
        using var cli = new CliRunner();
        var email = _registry.NewEmail();
        string[] login = ["login", "--url", _registry.Url.ToString(), "--email", email];
        Assert.That((await cli.RunWithInputAsync($"{TestRegistry.Password}\n", [.. login, "--register"])).ExitCode, Is.Zero);
        using var other = new CliRunner();
        var wrong = await other.RunWithInputAsync("something else entirely\r\n", login);
        Assert.Multiple(() =>
        {
            Assert.That(wrong.ExitCode, Is.EqualTo(2));
            Assert.That(wrong.Error, Does.Contain("credentials_invalid").And.Not.Contain("something else"));
            Assert.That(Directory.Exists(other.Home), Is.False);
        });
        Assert.That((await other.RunWithInputAsync($"{TestRegistry.Password}\r\n", login)).ExitCode, Is.Zero, "the end of a line is no part of it");
        Assert.That((await other.RunWithInputAsync(new string('x', 5000), login)).Error, Does.Contain("too long"));
        Assert.That(await other.FailAsync("invalid_argument", login), Does.Contain("TECTRA_PASSWORD"));
        other.SetVariable("TECTRA_PASSWORD", TestRegistry.Password);
        await other.FailAsync("email_taken", [.. login, "--register"]);
        await other.FailAsync("invalid_argument", "login", "--url", "ftp://example.org/", "--email", email);
        await other.FailAsync("invalid_argument", "login", "--url", "http://192.0.2.1/", "--email", email);
        await other.FailAsync("invalid_argument", "login", "--url", "nonsense", "--email", email);
        await other.FailAsync("invalid_argument", "login", "--url", _registry.Url.ToString());
        await other.FailAsync("invalid_argument", [.. login, "--org-name", "Acme"]);
    }

    [Test]
    [Platform("Linux")]
    public async Task On_a_terminal_the_password_is_asked_for_and_not_shown()
    {
        using var cli = new CliRunner();
        // 'script' gives the command a terminal; what that shows is its output.
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet '{ChildProcess.Tectra}' login --url {_registry.Url} --register --email {_registry.NewEmail()}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["TECTRA_HOME"] = cli.Home },
        };
        using var process = Process.Start(start)!;
        var shown = new StringBuilder();
        for (int next; !shown.ToString().Contains("Password of", StringComparison.Ordinal) && (next = process.StandardOutput.Read()) >= 0;) shown.Append((char)next);
        await process.StandardInput.WriteAsync("correct horsesX\u007f\u007f battery staple\r");
        await process.StandardInput.FlushAsync();
        shown.Append(await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, shown.ToString());
        Assert.That(shown.ToString(), Does.Contain("logged in").And.Not.Contain("correct").And.Not.Contain("battery"));
        using var client = _registry.CreateClient();
        var email = JsonNode.Parse(File.ReadAllBytes(Path.Combine(cli.Home, "server.json")))!["email"]!.GetValue<string>();
        Assert.That(async () => await client.LoginAsync(email, "correct horse battery staple"), Throws.Nothing, "the rubbed-out letters are no part of it");
    }

    [Test]
    public async Task A_home_with_a_key_of_its_own_gets_another_one_for_the_account()
    {
        using var cli = new CliRunner();
        Assert.That((await cli.RunAsync("sign", Jpeg, "-o", cli.PathOf("local.jpg"))).ExitCode, Is.Zero);
        var email = _registry.NewEmail();
        var first = await _registry.LogInAsync(cli, "--register", "--email", email);
        Assert.That(first.GetProperty("key_name").GetString(), Is.EqualTo($"127.0.0.1-{_registry.Url.Port}"));
        var oldKey = TestRegistry.ApiKeyOf(cli);
        var second = await _registry.LogInAsync(cli, "--email", email);
        Assert.That(second.GetProperty("public_key").GetString(), Is.EqualTo(first.GetProperty("public_key").GetString()), "logging in again makes no second key");
        using var client = _registry.CreateClient(oldKey);
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("credentials_invalid"), "the API key that it replaced is revoked");
        cli.SetVariable("TECTRA_PASSWORD", TestRegistry.Password);
        await cli.FailAsync("signing_key_exists", "login", "--url", _registry.Url.ToString(), "--email", email, "--name", "default");
        var named = await cli.OneAsync("login", "--url", _registry.Url.ToString(), "--email", email, "--name", "press");
        Assert.That(named.GetProperty("key_name").GetString(), Is.EqualTo("press"));
        var made = await cli.OneAsync("keys", "create", "another");
        Assert.That(made.GetProperty("user_id").GetString(), Is.EqualTo(first.GetProperty("user_id").GetString()), "new keys belong to who is logged in");
    }

    [Test]
    public async Task Without_a_backup_the_server_gets_the_public_key_only()
    {
        using var cli = await _registry.LogInAsync("--no-key-backup");
        using var client = _registry.CreateClient(TestRegistry.ApiKeyOf(cli));
        var key = (await client.ListSigningKeysAsync()).Single();
        Assert.That(async () => await client.GetSigningKeyAsync(key.Id), Throws.InstanceOf<KeyAccessException>().With.Property("Code").EqualTo("signing_key_unknown"));
    }

    [Test]
    public async Task Logging_out_forgets_the_login_and_revokes_the_key_if_asked()
    {
        using var cli = await _registry.LogInAsync();
        var apiKey = TestRegistry.ApiKeyOf(cli);
        using var client = _registry.CreateClient(apiKey);
        var kept = File.ReadAllBytes(Path.Combine(cli.Home, "server.json"));
        var plain = await cli.RunAsync("logout");
        Assert.That((plain.ExitCode, File.Exists(Path.Combine(cli.Home, "server.json"))), Is.EqualTo((0, false)));
        Assert.That(plain.Error, Does.Contain("stays valid"));
        Assert.That(async () => await client.GetAccountAsync(), Throws.Nothing);
        await cli.FailAsync("invalid_argument", "logout");
        var signed = await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("local.jpg"));
        Assert.That(signed.GetProperty("blockchain_status").GetString(), Is.EqualTo("anchored"), "on this machine again");
        await File.WriteAllBytesAsync(Path.Combine(cli.Home, "server.json"), kept);
        var run = await cli.RunWithInputAsync($"{TestRegistry.Password}\n", "logout", "--revoke", "--json");
        Assert.That(JsonNode.Parse(run.Output)!["api_key_revoked"]!.GetValue<bool>(), Is.True);
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("credentials_invalid"));
    }

    [Test]
    public async Task Damaged_logins_and_lost_Fernet_keys_are_said()
    {
        using var cli = await _registry.LogInAsync();
        var signed = await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        File.Move(Path.Combine(cli.Home, "fernet.key"), cli.PathOf("backup"));
        await cli.FailAsync("fernet_key_wrong", "sign", Jpeg, "-o", cli.PathOf("t.jpg"));
        await cli.FailAsync("fernet_key_wrong", "revoke", signed.GetProperty("record_id").GetString()!);
        Assert.That((await cli.RunAsync("verify", cli.PathOf("s.jpg"))).ExitCode, Is.Zero, "looking things up needs no secret");
        File.Move(cli.PathOf("backup"), Path.Combine(cli.Home, "fernet.key"));
        var path = Path.Combine(cli.Home, "server.json");
        foreach (var text in new[] { "", "{}", "null", new string(' ', 70_000), File.ReadAllText(path).Replace("server-login/v1", "server-login/v9"), File.ReadAllText(path).Replace("http:", "gopher:") })
        {
            await File.WriteAllTextAsync(path, text);
            Assert.That(await cli.FailAsync("invalid_argument", "sign", Jpeg, "-o", cli.PathOf("t.jpg")), Does.Contain("server.json").And.Contain("Log in again"));
        }
        Assert.That((await cli.RunAsync("sign", Jpeg, "--local", "-o", cli.PathOf("t.jpg"))).ExitCode, Is.Zero);
        await _registry.LogInAsync(cli, "--register", "--email", _registry.NewEmail());
        Assert.That((await cli.RunAsync("sign", Jpeg, "-o", cli.PathOf("t.jpg"))).ExitCode, Is.Zero, "logging in again mends it");
    }
}
