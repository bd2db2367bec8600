using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk.Api;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests.Server;

/// <summary>Signing, verifying, evidence and revoking with a server, logged in or by the environment's variables.</summary>
public sealed class ServerWorkTests
{
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim07.png");
    private static readonly string Jpeg = TestData.PathOf("images/odd/jpeg-420.jpg");

    private TestRegistry _registry = null!;

    [OneTimeSetUp]
    public async Task Start() => _registry = await TestRegistry.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _registry.DisposeAsync();

    [Test]
    public async Task What_is_signed_here_verifies_anywhere()
    {
        using var cli = await _registry.LogInAsync("--org-name", "Acme AI Inc.", "--org-type", "ai_provider");
        var (exit, lines, _) = await cli.JsonAsync("sign", Photo, "missing.png", Jpeg, "-o", cli.PathOf("out"));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(2));
            Assert.That(lines.Select(line => Text(line, "file")), Is.EqualTo(new[] { Photo, "missing.png", Jpeg }));
            Assert.That(Text(lines[0], "blockchain_status"), Is.EqualTo("pending"));
            Assert.That(lines[0].GetProperty("registration_problem").ValueKind, Is.EqualTo(JsonValueKind.Null));
            Assert.That(Text(lines[0].GetProperty("certificate"), "org_name"), Is.EqualTo("Acme AI Inc."), "the account's");
            Assert.That(Directory.GetFiles(cli.PathOf("out")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "kodim07.png", "jpeg-420.jpg" }));
            Assert.That(Directory.Exists(Path.Combine(cli.Home, "registry")), Is.False, "nothing is registered on this machine");
        });
        var report = await TestRegistry.VerifyAnchoredAsync(cli, cli.PathOf("out/kodim07.png"));
        Assert.That(report.GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        Assert.That(Codes(report), Does.Not.Contain("ledger_key_not_pinned"), "it was noted at login");
        var everything = await cli.OneAsync("verify", cli.PathOf("out/kodim07.png"), "--all-records");
        Assert.That(everything.GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("out/kodim07.png"), "--local")).ExitCode, Is.EqualTo(1));

        using var stranger = new CliRunner();
        stranger.SetVariable("TECTRA_API_URL", _registry.Url.ToString());
        var theirs = await stranger.OneAsync("verify", cli.PathOf("out/kodim07.png"));
        Assert.That(theirs.GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        Assert.That(Codes(theirs), Does.Contain("ledger_key_not_pinned"));
        Assert.That(Codes(await stranger.OneAsync("verify", cli.PathOf("out/kodim07.png"), "--trust-ledger", LedgerKeyOf(cli))), Does.Not.Contain("ledger_key_not_pinned"));
        using var nobody = SigningKey.Create();
        var untrusted = await stranger.OneAsync("verify", cli.PathOf("out/kodim07.png"), "--trust-ledger", nobody.PublicKey.ToString());
        Assert.That(Text(untrusted.GetProperty("checks").GetProperty("blockchain"), "code"), Is.EqualTo("anchor_untrusted"));
        Assert.That((await stranger.RunAsync("verify", TestData.PathOf("images/kodak/kodim05.png"))).ExitCode, Is.EqualTo(1));
        Assert.That(Directory.Exists(stranger.Home), Is.False);

        var evidence = await stranger.OneAsync("evidence", cli.PathOf("out/kodim07.png"), "-o", stranger.PathOf("e.json"));
        Assert.That(Text(evidence, "blockchain_status"), Is.EqualTo("anchored"));
        Assert.That((await stranger.RunAsync("verify", cli.PathOf("out/kodim07.png"), "--evidence", stranger.PathOf("e.json"))).ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_clip_of_a_signed_video_is_found_by_anybody()
    {
        var film = TestData.PathOf("video/bbb-480p-h264-30s.mp4");
        using var cli = await _registry.LogInAsync();
        var signed = await cli.OneAsync("sign", film, "--origin", "camera_video");
        Assert.That(Text(signed, "blockchain_status"), Is.EqualTo("pending"));
        var clip = cli.PathOf("clip.mp4");
        Ffmpeg.Run("-ss", "6.3", "-i", film, "-t", "14", "-vf", "scale=480:-2", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-an", clip);
        using var stranger = new CliRunner();
        stranger.SetVariable("TECTRA_API_URL", _registry.Url.ToString());
        var report = await stranger.OneAsync("verify", clip);
        Assert.That((Text(report, "content"), Text(report, "record_id")), Is.EqualTo(("excerpt", Text(signed, "record_id"))));
        Assert.That(report.GetProperty("video").GetProperty("excerpt").GetProperty("record_start_ms").GetInt64(), Is.EqualTo(6300).Within(300));
        Assert.That((await stranger.OneAsync("verify", film)).GetProperty("chain_intact").GetBoolean());
    }

    [Test]
    public async Task Only_who_registered_a_record_revokes_it()
    {
        using var cli = await _registry.LogInAsync();
        using var other = await _registry.LogInAsync();
        var id = Text(await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("s.jpg")), "record_id");
        await other.FailAsync("record_unknown", "revoke", id);
        Assert.That((await other.RunAsync("verify", cli.PathOf("s.jpg"))).ExitCode, Is.Zero);
        var first = await cli.OneAsync("revoke", id, "--reason", "key stolen");
        Assert.That(await cli.OneAsync("revoke", id, "--reason", "something else"), Is.EqualTo(first).Using<JsonElement>(JsonElement.DeepEquals), "the first one stands");
        var (exit, lines, _) = await other.JsonAsync("verify", cli.PathOf("s.jpg"));
        Assert.That((exit, Text(lines.Single().GetProperty("checks").GetProperty("sha256"), "code")), Is.EqualTo((1, "record_revoked")));
        await cli.FailAsync("record_unknown", "revoke", "01936b2c-0000-7000-8000-000000000001");
        await cli.FailAsync("record_unknown", "evidence", "01936b2c-0000-7000-8000-000000000001", "-o", cli.PathOf("e.json"));
        other.SetVariable("TECTRA_API_URL", _registry.Url.ToString());
        await other.FailAsync("authentication_required", "revoke", id);
    }

    [Test]
    public async Task The_environment_alone_is_enough_on_a_new_machine()
    {
        using var first = await _registry.LogInAsync("--org-name", "Acme AI Inc.");
        var login = JsonNode.Parse(File.ReadAllBytes(Path.Combine(first.Home, "server.json")))!;
        var registryId = JsonNode.Parse(File.ReadAllBytes(Path.Combine(first.Home, "keys/default.json")))!["registry_id"]!.GetValue<string>();
        using var cli = new CliRunner(await File.ReadAllTextAsync(Path.Combine(first.Home, "fernet.key")));
        cli.SetVariable("TECTRA_API_URL", _registry.Url.ToString());
        Assert.That(await cli.FailAsync("invalid_argument", "sign", Jpeg, "-o", cli.PathOf("s.jpg")), Does.Contain("TECTRA_API_KEY"));
        cli.SetVariable("TECTRA_API_KEY", TestRegistry.ApiKeyOf(first));
        Assert.That(await cli.FailAsync("signing_key_unknown", "sign", Jpeg, "-o", cli.PathOf("s.jpg")), Does.Contain("TECTRA_SIGNING_KEY_ID"));
        cli.SetVariable("TECTRA_SIGNING_KEY_ID", "01936b2c-0000-7000-8000-000000000001");
        await cli.FailAsync("signing_key_unknown", "sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        cli.SetVariable("TECTRA_SIGNING_KEY_ID", registryId);
        using var wrong = FernetKey.Create();
        cli.SetVariable("TECTRA_FERNET_KEY", System.Text.Encoding.ASCII.GetString(wrong.Export()));
        await cli.FailAsync("fernet_key_wrong", "sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        Assert.That(Directory.Exists(Path.Combine(cli.Home, "keys")), Is.False);
        cli.SetVariable("TECTRA_FERNET_KEY", await File.ReadAllTextAsync(Path.Combine(first.Home, "fernet.key")));
        var signed = await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        Assert.Multiple(() =>
        {
            Assert.That(Text(signed.GetProperty("certificate"), "user_id"), Is.EqualTo(login["user_id"]!.GetValue<string>()));
            Assert.That(Text(signed.GetProperty("certificate"), "org_name"), Is.EqualTo("Acme AI Inc."));
            Assert.That(Text(signed, "blockchain_status"), Is.EqualTo("pending"));
            Assert.That(File.ReadAllText(Path.Combine(cli.Home, "keys/default.json")), Does.Contain(registryId));
            Assert.That(Directory.GetFiles(cli.Home, "*", SearchOption.AllDirectories).Select(File.ReadAllText), Is.All.Not.Contain(TestRegistry.ApiKeyOf(first)));
        });
        // Fetched once: from now on signing needs no answer from the server.
        cli.SetVariable("TECTRA_API_URL", $"http://127.0.0.1:{ServeProcess.FreePort()}");
        Assert.That(Text(await cli.OneAsync("sign", Photo, "-o", cli.PathOf("p.png"), "--wait", "0"), "blockchain_status"), Is.EqualTo("queued"));
        cli.SetVariable("TECTRA_API_URL", "");
        Assert.That(await cli.FailAsync("invalid_argument", "verify", cli.PathOf("s.jpg")), Does.Contain("TECTRA_API_URL"));
        cli.SetVariable("TECTRA_API_KEY", "");
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("p.png"))).ExitCode, Is.Zero, "without the variables on this machine again");
    }

    [Test]
    public async Task A_chain_of_custody_is_shown()
    {
        using var cli = await _registry.LogInAsync("--org-name", "Daily News");
        var parent = Text(await cli.OneAsync("sign", Photo, "-o", cli.PathOf("a.png"), "--origin", "photojournalism"), "record_id");
        await cli.OneAsync("sign", cli.PathOf("a.png"), "-o", cli.PathOf("b.png"), "--parent", parent);
        var report = await cli.OneAsync("verify", cli.PathOf("b.png"));
        var chain = report.GetProperty("chain").EnumerateArray().ToList();
        Assert.That(chain.Select(link => Text(link, "outcome")), Is.EqualTo(new[] { "passed", "passed" }));
        Assert.That(Text(chain[1], "record_id"), Is.EqualTo(parent));
        Assert.That(chain[0].GetProperty("source_is_parent_file").GetBoolean(), Is.True);
        var shown = await cli.RunAsync("verify", cli.PathOf("b.png"));
        Assert.That(shown.Output, Does.Contain("chain of custody").And.Contain("Daily News").And.Contain("of the very file that its parent delivered"));
    }

    [Test]
    public async Task What_the_server_refuses_is_an_error_of_that_file()
    {
        using var cli = await _registry.LogInAsync();
        var message = await cli.FailAsync("parent_unknown", "sign", Jpeg, "-o", cli.PathOf("s.jpg"), "--parent", "01936b2c-0000-7000-8000-000000000001");
        Assert.That(message, Does.Contain(cli.PathOf("s.jpg")).And.Contain("refused"));
        await cli.OneAsync("keys", "create", "second");
        await cli.FailAsync("key_not_registered", "sign", Jpeg, "-o", cli.PathOf("t.jpg"), "--key", "second");
        var status = await cli.OneAsync("outbox", "status");
        Assert.That(status.GetProperty("waiting").GetInt32(), Is.Zero);
        Assert.That(status.GetProperty("refused").EnumerateArray().Select(entry => Text(entry, "code")), Is.EquivalentTo(new[] { "parent_unknown", "key_not_registered" }));
        Assert.That((await cli.RunAsync("outbox", "status")).Output, Does.Contain("0 waiting; 2 refused").And.Contain("parent_unknown"));

        var pushed = await cli.OneAsync("keys", "push", "second");
        Assert.That(pushed.GetProperty("registry_id").GetString(), Is.Not.Empty);
        Assert.That(await cli.OneAsync("keys", "push", "second"), Is.EqualTo(pushed).Using<JsonElement>(JsonElement.DeepEquals), "repeating it changes nothing");
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("t.jpg"), "--key", "second");
        await cli.OneAsync("keys", "create", "foreign", "--user", "somebody");
        await cli.FailAsync("key_owner_mismatch", "sign", Jpeg, "-o", cli.PathOf("u.jpg"), "--key", "foreign");
        await cli.FailAsync("key_owner_mismatch", "keys", "push", "foreign");
        await cli.FailAsync("signing_key_unknown", "keys", "push", "nobody");
        await cli.FailAsync("invalid_argument", "sign", Jpeg, "-o", cli.PathOf("u.jpg"), "--wait", "-1");
        using var alone = new CliRunner();
        await alone.OneAsync("keys", "create");
        await alone.FailAsync("invalid_argument", "keys", "push", "default");
    }

    [Test]
    public async Task File_names_are_sent_only_if_asked()
    {
        using var cli = await _registry.LogInAsync();
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        await cli.OneAsync("sign", Photo, "-o", cli.PathOf("p.png"), "--send-filename");
        using var client = _registry.CreateClient(TestRegistry.ApiKeyOf(cli));
        var records = await client.ListRecordsAsync(new RecordFilter());
        Assert.That(records.Items.Select(record => record.OriginalFilename), Is.EqualTo(new[] { "kodim07.png", null }), "newest first");
    }

    [Test]
    public async Task Another_ledger_key_than_at_login_is_said_and_not_believed()
    {
        using var cli = await _registry.LogInAsync();
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("s.jpg"));
        Assert.That((await TestRegistry.VerifyAnchoredAsync(cli, cli.PathOf("s.jpg"))).GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        var path = Path.Combine(cli.Home, "server.json");
        using var other = SigningKey.Create();
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace(LedgerKeyOf(cli), other.PublicKey.ToString(), StringComparison.Ordinal));
        var report = await cli.OneAsync("verify", cli.PathOf("s.jpg"));
        Assert.That(Codes(report), Does.Contain("ledger_key_changed"));
        Assert.That(Text(report.GetProperty("checks").GetProperty("blockchain"), "code"), Is.EqualTo("anchor_untrusted"));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("s.jpg"))).Output, Does.Contain("another ledger key"));
    }

    [Test]
    public async Task A_server_that_is_not_there_is_no_verdict()
    {
        using var cli = new CliRunner();
        cli.SetVariable("TECTRA_API_URL", $"http://127.0.0.1:{ServeProcess.FreePort()}");
        var (exit, lines, _) = await cli.JsonAsync("verify", Jpeg, Photo);
        Assert.That(exit, Is.EqualTo(2));
        Assert.That(lines.Select(line => (Text(line, "file"), Text(line.GetProperty("error"), "code"))), Is.EqualTo(new[] { (Jpeg, "registry_unreachable"), (Photo, "registry_unreachable") }));
        Assert.That(lines.Any(line => line.TryGetProperty("authentic", out _)), Is.False);
        await cli.FailAsync("registry_unreachable", "evidence", Jpeg, "-o", cli.PathOf("e.json"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static List<string> Codes(JsonElement report) => [.. report.GetProperty("findings").EnumerateArray().Select(finding => Text(finding, "code"))];

    private static string LedgerKeyOf(CliRunner cli) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(cli.Home, "server.json")))!["ledger_public_key"]!.GetValue<string>();
}
