using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests;

/// <summary>Offline verification, and every way to bend what it relies on, through the command.</summary>
public sealed class EvidenceTests
{
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim07.png");

    private CliRunner _cli = null!;
    private string _signed = "", _bundle = "", _recordId = "", _publicKey = "";

    [OneTimeSetUp]
    public async Task Sign()
    {
        _cli = new CliRunner();
        (_signed, _bundle) = (_cli.PathOf("signed.png"), _cli.PathOf("evidence.json"));
        var (_, lines, _) = await _cli.JsonAsync("sign", Photo, TestData.PathOf("images/odd/jpeg-420.jpg"), TestData.PathOf("images/odd/png-rgba.png"), "-o", _cli.PathOf("out"), "--meta", "model=v3");
        File.Copy(_cli.PathOf("out/kodim07.png"), _signed);
        _recordId = lines[0].GetProperty("record_id").GetString()!;
        _publicKey = lines[0].GetProperty("certificate").GetProperty("public_key").GetString()!;
        Assert.That((await _cli.RunAsync("evidence", _signed, "-o", _bundle)).ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void Remove() => _cli.Dispose();

    [Test]
    public async Task A_bundle_verifies_on_a_machine_without_registry_and_leaves_no_state()
    {
        using var stranger = new CliRunner();
        var (exit, lines, _) = await stranger.JsonAsync("verify", _signed, "--evidence", _bundle);
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.Zero);
            Assert.That(lines.Single().GetProperty("confidence").GetDouble(), Is.EqualTo(1));
            Assert.That(Codes(lines.Single(), "findings"), Does.Contain("revocation_not_known").And.Contain("identity_not_checked"));
            Assert.That(Directory.Exists(stranger.Home), Is.False);
        });
        Assert.That((await stranger.RunAsync("verify", Photo, "--evidence", _bundle)).ExitCode, Is.Zero, "the original: 3 of 4");
        Assert.That((await stranger.RunAsync("verify", TestData.PathOf("images/kodak/kodim05.png"), "--evidence", _bundle)).ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_bundle_is_exported_by_file_and_by_record_with_the_same_bytes()
    {
        var other = _cli.PathOf("by-id.json");
        Assert.That((await _cli.RunAsync("evidence", _recordId, "-o", other)).ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes(other), Is.EqualTo(File.ReadAllBytes(_bundle)));
        foreach (var subject in new[] { "01936b2c-0000-7000-8000-000000000001", TestData.PathOf("images/kodak/kodim05.png") })
        {
            var (exit, lines, _) = await _cli.JsonAsync("evidence", subject, "-o", other);
            Assert.That(exit, Is.EqualTo(2));
            Assert.That(lines.Single().GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("record_unknown"));
        }
    }

    [Test]
    public async Task Trusted_keys_can_be_named()
    {
        using var other = SigningKey.Create();
        await AssertChecks("4 of 4", null, "verify", _signed, "--evidence", _bundle, "--trust-key", _publicKey);
        await AssertChecks("0 of 4", "signer_untrusted", "verify", _signed, "--evidence", _bundle, "--trust-key", other.PublicKey.ToString());
        await AssertChecks("3 of 4", "anchor_untrusted", "verify", _signed, "--evidence", _bundle, "--trust-ledger", other.PublicKey.ToString());
        Assert.That((await _cli.RunAsync("verify", _signed, "--trust-key", "xyz")).ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task Each_bent_bundle_fails_with_its_own_code()
    {
        await AssertBent("certificate_signature_invalid", "0 of 4", bundle => ChangePayload(bundle, payload => payload.Replace("digital_artwork", "camera_photo")));
        await AssertBent("certificate_malformed", "0 of 4", bundle => ChangePayload(bundle, payload => payload.Replace("\"width\"", "\"breadth\"")));
        await AssertBent("metadata_digest_mismatch", "0 of 4", bundle => bundle["metadata"] = "{\"model\":\"v4\"}");
        await AssertBent("merkle_proof_invalid", "3 of 4", bundle => bundle["proof"]!.AsArray()[0] = "0x" + new string('0', 64));
        await AssertBent("merkle_proof_invalid", "3 of 4", bundle => bundle["proof"]!.AsArray().Add(bundle["proof"]![0]!.DeepClone()));
        await AssertBent("anchor_signature_invalid", "3 of 4", bundle => bundle["anchor"]!["ledger"]!["leaf_count"] = 4);
        await AssertBent("anchor_missing", "3 of 4", bundle => bundle["anchor"] = null);
        await AssertBent("evidence_malformed", "0 of 4", bundle => bundle["extra"] = 1);
        await AssertBent("evidence_malformed", "0 of 4", bundle => bundle["type"] = "something else");
        await AssertBent("record_revoked", "0 of 4", bundle => bundle["revocation"] = new JsonObject { ["timestamp"] = "2026-11-21T00:00:00Z", ["reason"] = "stolen" });
        // Another record's proof and anchor around this certificate, and another user's signature inside it.
        using var thief = new CliRunner();
        await thief.RunAsync("sign", Photo, "-o", thief.PathOf("t.png"));
        await thief.RunAsync("evidence", thief.PathOf("t.png"), "-o", thief.PathOf("t.json"));
        var stolen = JsonNode.Parse(File.ReadAllBytes(thief.PathOf("t.json")))!;
        await AssertBent("merkle_proof_invalid", "3 of 4", bundle => (bundle["proof"], bundle["anchor"]) = (stolen["proof"]!.DeepClone(), stolen["anchor"]!.DeepClone()));
        await AssertBent("certificate_signature_invalid", "0 of 4", bundle => bundle["certificate"]!["signatures"] = stolen["certificate"]!["signatures"]!.DeepClone());
        File.WriteAllText(_cli.PathOf("garbage.json"), "{");
        await AssertChecks("0 of 4", "evidence_malformed", "verify", _signed, "--evidence", _cli.PathOf("garbage.json"));
    }

    [Test]
    public async Task A_revoked_record_fails_in_the_registry_and_in_later_bundles()
    {
        using var cli = new CliRunner();
        var (_, lines, _) = await cli.JsonAsync("sign", Photo, "-o", cli.PathOf("s.png"));
        var id = lines.Single().GetProperty("record_id").GetString()!;
        await cli.RunAsync("evidence", id, "-o", cli.PathOf("before.json"));
        Assert.That((await cli.RunAsync("revoke", id, "--reason", "key stolen")).ExitCode, Is.Zero);
        await cli.RunAsync("evidence", id, "-o", cli.PathOf("after.json"));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("s.png"))).ExitCode, Is.EqualTo(1));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("s.png"), "--evidence", cli.PathOf("after.json"))).ExitCode, Is.EqualTo(1));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("s.png"), "--evidence", cli.PathOf("before.json"))).ExitCode, Is.Zero, "an old bundle can't know; its report says so");
        Assert.That((await cli.RunAsync("revoke", "01936b2c-0000-7000-8000-000000000001")).ExitCode, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Killed_at_any_moment_signing_leaves_no_delivered_file_unregistered()
    {
        using var cli = new CliRunner();
        var files = TestData.Images("images/odd").Where(path => path.Contains("/jpeg-4") || path.Contains("/orientation")).Select(TestData.PathOf).ToArray();
        var began = Stopwatch.GetTimestamp();
        Assert.That((await cli.RunAsync(["sign", .. files, "-o", cli.PathOf("whole")])).ExitCode, Is.Zero);
        var whole = Stopwatch.GetElapsedTime(began);
        var random = new Random(4);
        var kills = 0;
        for (var round = 0; round < (TestData.IsFull ? 40 : 10); round++)
        {
            var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in (string[])[ChildProcess.Tectra, "sign", .. files, "-o", cli.PathOf("out")]) start.ArgumentList.Add(argument);
            start.Environment["TECTRA_HOME"] = cli.Home;
            using var process = Process.Start(start)!;
            await Task.Delay(random.NextDouble() * whole);
            if (!process.HasExited) kills++;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        Directory.CreateDirectory(cli.PathOf("out"));
        var delivered = Directory.GetFiles(cli.PathOf("out")).Where(path => !Path.GetFileName(path).StartsWith('.')).ToArray();
        Assert.That(delivered, Is.Not.Empty);
        // The next run finishes what the killed ones left: their records are anchored with it.
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("last.png"))).ExitCode, Is.Zero);
        var (exit, reports, _) = await cli.JsonAsync(["verify", .. delivered]);
        Assert.That(exit, Is.Zero);
        Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.All.EqualTo(1));
        Report.Line($"kill -9: {kills} runs killed, {delivered.Length} delivered files, every one whole, registered and anchored");
        Assert.That(kills, Is.GreaterThan(3));
    }

    private static void ChangePayload(JsonNode bundle, Func<string, string> change)
    {
        var payload = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(bundle["certificate"]!["payload"]!.GetValue<string>()));
        var changed = change(payload);
        Assert.That(changed, Is.Not.EqualTo(payload));
        bundle["certificate"]!["payload"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(changed));
    }

    private static List<string> Codes(JsonElement report, string list) => [.. report.GetProperty(list).EnumerateArray().Select(finding => finding.GetProperty("code").GetString()!)];

    private async Task AssertBent(string code, string passed, Action<JsonNode> bend)
    {
        var bundle = JsonNode.Parse(File.ReadAllBytes(_bundle))!;
        bend(bundle);
        var path = _cli.PathOf("bent.json");
        File.WriteAllText(path, bundle.ToJsonString());
        await AssertChecks(passed, code, "verify", _signed, "--evidence", path);
    }

    private async Task AssertChecks(string passed, string? code, params string[] arguments)
    {
        var (exit, lines, error) = await _cli.JsonAsync(arguments);
        var checks = lines.Single().GetProperty("checks").EnumerateObject().Select(check => check.Value).ToList();
        Assert.Multiple(() =>
        {
            Assert.That($"{checks.Count(check => check.GetProperty("passed").GetBoolean())} of 4", Is.EqualTo(passed), code);
            if (code is not null) Assert.That(checks.Where(check => !check.GetProperty("passed").GetBoolean()).Select(check => check.GetProperty("code").GetString()), Is.All.EqualTo(code));
            Assert.That(exit, Is.EqualTo(passed == "0 of 4" ? 1 : 0), code);
            Assert.That(error, Does.Not.Contain("Exception"), code);
        });
    }
}
