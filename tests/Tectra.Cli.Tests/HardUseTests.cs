using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests;

/// <summary>What people do to commands: pipes, folders, interruptions, damaged state, hostile names.</summary>
public sealed class HardUseTests
{
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim07.png");
    private static readonly string Jpeg = TestData.PathOf("images/odd/jpeg-420.jpg");

    [Test]
    [Platform("Linux")]
    public async Task Pipes_are_read_like_files()
    {
        using var cli = new CliRunner();
        var pipe = cli.PathOf("pipe");
        (await Start("mkfifo", pipe)).Dispose();
        var writing = Task.Run(() => File.WriteAllBytes(pipe, File.ReadAllBytes(Photo)));
        var (exit, lines, _) = await cli.JsonAsync("hash", pipe);
        await writing;
        var (_, direct, _) = await cli.JsonAsync("hash", Photo);
        Assert.That(exit, Is.Zero);
        Assert.That(lines.Single().GetProperty("sha256").GetString(), Is.EqualTo(direct.Single().GetProperty("sha256").GetString()));
        Assert.That(lines.Single().GetProperty("phash").GetString(), Is.EqualTo(direct.Single().GetProperty("phash").GetString()));
    }

    [Test]
    [Platform("Linux")]
    public async Task Folders_devices_sources_and_odd_names_are_told_from_files()
    {
        using var cli = new CliRunner();
        File.Copy(Jpeg, cli.PathOf("a.jpg"));
        File.Copy(Jpeg, cli.PathOf("@list.jpg"));
        File.CreateSymbolicLink(cli.PathOf("link.jpg"), cli.PathOf("a.jpg"));
        Directory.CreateSymbolicLink(cli.PathOf("folder"), cli.Folder);
        (await Start("mkfifo", cli.PathOf("pipe"))).Dispose();
        foreach (var (arguments, code) in new[]
        {
            (new[] { "hash", cli.Folder }, "invalid_argument"),
            (["sign", cli.Folder], "invalid_argument"),
            (["verify", cli.Folder], "invalid_argument"),
            (["sign", cli.PathOf("a.jpg"), "-o", cli.PathOf("link.jpg")], "invalid_argument"),
            (["watermark", "embed", cli.PathOf("a.jpg"), "-o", cli.PathOf("link.jpg"), "--payload", new string('0', 32)], "invalid_argument"),
            (["sign", cli.PathOf("a.jpg"), "-o", cli.PathOf("folder")], "invalid_argument"),
            (["sign", cli.PathOf("a.jpg"), "-o", cli.PathOf("pipe")], "io_error"),
            (["verify", "/dev/zero"], "file_too_large"),
            (["evidence", cli.PathOf("a.jpg"), "-o", cli.PathOf("e.json")], "record_unknown"),
            (["revoke", "01936b2c-0000-7000-8000-000000000001"], "record_unknown"),
            (["evidence", cli.PathOf("a.jpg"), "-o", cli.PathOf("a.jpg")], "invalid_argument"),
            (["sign", cli.PathOf("a.jpg"), "--device", "cam\u001b[2J"], "invalid_argument"),
            (["revoke", "01936b2c-0000-7000-8000-000000000001", "--reason", "a\nb"], "invalid_argument"),
            (["keys", "create", "x", "--user", "a|b"], "invalid_argument"),
            (["keys", "create", "x", "--org-name", new string('x', 257)], "invalid_argument"),
            (["frobnicate"], "invalid_argument"),
            (["verify"], "invalid_argument"),
        })
        {
            var (exit, lines, error) = await cli.JsonAsync(arguments);
            Assert.That(exit, Is.EqualTo(2), string.Join(' ', arguments));
            Assert.That(lines.Single().GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(code), string.Join(' ', arguments));
            Assert.That(error, Is.Empty);
        }
        var several = await cli.JsonAsync("sign", cli.PathOf("a.jpg"), Photo, "-o", cli.PathOf("out.png"));
        Assert.That(several.Lines.Select(line => line.GetProperty("file").GetString()), Is.EqualTo(new[] { cli.PathOf("a.jpg"), Photo }), "a line a file, also when nothing could begin");
        Assert.That(Directory.Exists(cli.PathOf("out.png")), Is.False);
        Assert.That((await cli.RunAsync("hash", cli.PathOf("@list.jpg"))).ExitCode, Is.Zero, "no list of arguments, a file");
        Assert.That(File.ReadAllBytes(cli.PathOf("a.jpg")), Is.EqualTo(File.ReadAllBytes(Jpeg)));
    }

    [Test]
    public async Task Where_nothing_was_signed_verifying_says_so_and_leaves_nothing()
    {
        using var cli = new CliRunner();
        var run = await cli.RunAsync("verify", Photo);
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("no records").And.Contain("TECTRA_HOME"));
        Assert.That((await cli.RunAsync("keys", "list")).ExitCode, Is.Zero);
        Assert.That((await cli.RunAsync("evidence", Photo, "-o", cli.PathOf("e.json"))).ExitCode, Is.EqualTo(2));
        Assert.That((await cli.RunAsync("revoke", "01936b2c-0000-7000-8000-000000000001")).ExitCode, Is.EqualTo(2));
        Assert.That(Directory.Exists(cli.Home), Is.False);
    }

    [Test]
    public async Task Looking_up_needs_no_secret()
    {
        using var cli = new CliRunner();
        var (_, lines, _) = await cli.JsonAsync("sign", Photo, "-o", cli.PathOf("s.png"));
        var id = lines.Single().GetProperty("record_id").GetString()!;
        File.Delete(Path.Combine(cli.Home, "fernet.key"));
        Assert.That((await cli.JsonAsync("verify", cli.PathOf("s.png"))).Lines.Single().GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        Assert.That((await cli.RunAsync("evidence", id, "-o", cli.PathOf("e.json"))).ExitCode, Is.Zero);
        Assert.That((await cli.RunAsync("keys", "export", "default", "-o", cli.PathOf("k.json"))).ExitCode, Is.Zero);
        Assert.That((await cli.RunAsync("revoke", id)).ExitCode, Is.Zero);
        Assert.That((await cli.RunAsync("sign", Jpeg, "-o", cli.PathOf("t.jpg"))).ExitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task A_ledger_that_lost_its_end_never_stops_signing_and_is_never_written_over()
    {
        using var cli = new CliRunner();
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("a.png"))).ExitCode, Is.Zero);
        var ledger = Path.Combine(cli.Home, "registry/ledger.jsonl");
        var whole = File.ReadAllBytes(ledger);
        File.WriteAllBytes(ledger, []);
        var (exit, lines, _) = await cli.JsonAsync("sign", Jpeg, TestData.PathOf("images/odd/png-rgba.png"), "-o", cli.PathOf("out"));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(2));
            Assert.That(lines, Has.Count.EqualTo(2), "what was signed is reported");
            Assert.That(lines.Select(line => line.GetProperty("blockchain_status").GetString()), Is.All.EqualTo("pending"));
            Assert.That(lines.Select(line => line.GetProperty("anchoring_problem").GetProperty("code").GetString()), Is.All.EqualTo("ledger_damaged"));
            Assert.That(new FileInfo(ledger).Length, Is.Zero);
        });
        var (_, evidence, _) = await cli.JsonAsync("evidence", cli.PathOf("a.png"), "-o", cli.PathOf("e.json"));
        Assert.That(evidence.Single().GetProperty("blockchain_status").GetString(), Is.EqualTo("anchor_missing"));
        File.WriteAllBytes(ledger, whole);
        Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("b.png"))).ExitCode, Is.Zero, "put back, the next run anchors all");
        var (_, reports, _) = await cli.JsonAsync("verify", cli.PathOf("a.png"), cli.PathOf("b.png"), cli.PathOf("out/jpeg-420.jpg"));
        Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.All.EqualTo(1));
    }

    [Test]
    [Platform("Linux")]
    [CancelAfter(120_000)]
    public async Task An_interrupted_run_reports_what_it_did(CancellationToken cancellationToken)
    {
        using var cli = new CliRunner();
        var files = Enumerable.Range(0, 200).Select(i => cli.PathOf(string.Create(CultureInfo.InvariantCulture, $"{i:000}.png"))).ToArray();
        foreach (var file in files) File.Copy(Photo, file);
        using var process = Start("dotnet", [ChildProcess.Tectra, "sign", .. files, "-o", cli.PathOf("out"), "--json"], cli);
        var first = await process.StandardOutput.ReadLineAsync(cancellationToken);
        // As Ctrl-C, which a test run in the background would have ignored.
        (await Start("kill", "-TERM", $"{process.Id}")).Dispose();
        var rest = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.That(process.ExitCode, Is.EqualTo(130));
        string[] lines = [first!, .. rest.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        var reported = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("output_path").GetString()!).ToArray();
        Assert.That(reported, Has.Length.LessThan(files.Length));
        Assert.That(Directory.GetFiles(cli.PathOf("out")), Is.EquivalentTo(reported), "what is delivered is reported, and nothing else lies about");
        var (exit, reports, _) = await cli.JsonAsync(["verify", .. reported]);
        Assert.That(exit, Is.Zero);
        Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.All.EqualTo(1));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Killed_while_it_registers_it_has_not_delivered(CancellationToken cancellationToken)
    {
        using var cli = new CliRunner();
        string[] files = [.. Enumerable.Range(0, 60).Select(i => cli.PathOf(string.Create(CultureInfo.InvariantCulture, $"{i:00}.jpg")))];
        foreach (var file in files) File.Copy(Jpeg, file);
        for (var round = 0; round < 3; round++)
        {
            var output = cli.PathOf($"out{round}");
            using (var process = Start("dotnet", [ChildProcess.Tectra, "sign", .. files, "-o", output, "--json"], cli))
            {
                while (!Directory.Exists(output) || Directory.GetFiles(output, "*.jpg").Length < 3) await Task.Delay(5, cancellationToken);
                using (LockDatabase(Path.Combine(cli.Home, "registry/registry.db")))
                {
                    await Task.Delay(700, cancellationToken); // it stands before the locked database now
                    process.Kill();
                    await process.WaitForExitAsync(cancellationToken);
                }
            }
            var delivered = Directory.GetFiles(output, "*.jpg").Where(path => !Path.GetFileName(path).StartsWith('.')).ToArray();
            Assert.That(delivered, Has.Length.InRange(3, files.Length - 1));
            Assert.That((await cli.RunAsync("sign", Photo, "-o", cli.PathOf("last.png"))).ExitCode, Is.Zero);
            var (exit, reports, _) = await cli.JsonAsync(["verify", .. delivered]);
            Assert.That(exit, Is.Zero);
            Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.All.EqualTo(1));
        }
    }

    [Test]
    public async Task A_certificate_cannot_steer_the_terminal()
    {
        using var cli = new CliRunner();
        using var key = SigningKey.Create();
        var builder = new CertificateBuilder(key, new SignerIdentity("user", "\u001b[31mAcme\u202egnp\u0007", null, "k"), TimeProvider.System);
        var fingerprint = await builder.SignFingerprintAsync(new ContentFingerprint(Sha256Digest.Compute(File.ReadAllBytes(Photo)), default, 768, 512));
        var signed = await builder.SignCertificateAsync(fingerprint, new ContentClaims { Origin = OriginType.DigitalArtwork, MediaType = "image/png", DeviceId = "a\u001b]0;b\u0007" });
        File.WriteAllBytes(cli.PathOf("e.json"), new EvidenceBundle { Envelope = signed.Envelope }.ToJson());
        var run = await cli.RunAsync("verify", Photo, "--evidence", cli.PathOf("e.json"));
        Assert.That(run.Output, Does.Contain("Acme"));
        Assert.That(run.Output.Where(c => char.IsControl(c) && c is not '\n' and not '\r'), Is.Empty);
        Assert.That(run.Output, Does.Not.Contain('\u202e'));
    }

    [Test]
    public async Task Keys_of_one_home_have_one_Fernet_key()
    {
        using FernetKey fernet = FernetKey.Create(), other = FernetKey.Create();
        using var cli = new CliRunner(Text(fernet));
        Assert.That((await cli.RunAsync("keys", "create", "first")).ExitCode, Is.Zero);
        cli.SetVariable("TECTRA_FERNET_KEY", Text(other));
        await AssertCode(cli, "fernet_key_wrong", "keys", "create", "second");
        Assert.That(Directory.GetFiles(Path.Combine(cli.Home, "keys")), Has.Length.EqualTo(1));
        cli.SetVariable("TECTRA_FERNET_KEY", Text(fernet));
        Assert.That((await cli.RunAsync("keys", "export", "first", "-o", cli.PathOf("k.json"))).ExitCode, Is.Zero);
        Assert.That((await cli.RunAsync("keys", "import", cli.PathOf("k.json"))).ExitCode, Is.Zero, "importing again changes nothing");
        Assert.That((await cli.RunAsync("keys", "import", cli.PathOf("k.json"), "--name", "copy")).ExitCode, Is.Zero);
        Assert.That(
            JsonDocument.Parse(File.ReadAllBytes(cli.PathOf("k.json"))).RootElement.EnumerateObject().Select(field => field.Name),
            Is.EqualTo(new[] { "type", "name", "user_id", "org_name", "org_type", "public_key", "encrypted_private_key", "created_at" }), "as documented");

        using var fresh = new CliRunner();
        File.Copy(cli.PathOf("k.json"), fresh.PathOf("k.json"));
        await AssertCode(fresh, "fernet_key_wrong", "keys", "import", fresh.PathOf("k.json"));
        Assert.That(File.Exists(Path.Combine(fresh.Home, "fernet.key")), Is.False, "no key is made that opens nothing");

        File.WriteAllText(Path.Combine(cli.Home, "keys/broken.json"), "{}");
        var (exit, lines, _) = await cli.JsonAsync("keys", "list");
        Assert.That(exit, Is.EqualTo(2));
        Assert.That(lines.Where(line => line.TryGetProperty("name", out _)).Select(line => line.GetProperty("name").GetString()), Is.EquivalentTo(new[] { "first", "copy" }));
        Assert.That(lines[^1].GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("signing_key_damaged"));
    }

    [TestCase("images/odd/png-rgba.png")]
    [TestCase("images/odd/png-16bit-rgb.png")]
    [TestCase("images/odd/webp-lossy.webp")]
    public async Task The_demo_takes_any_picture_that_can_carry_a_watermark(string path)
    {
        using var cli = new CliRunner();
        var (exit, lines, error) = await cli.JsonAsync("demo", TestData.PathOf(path), "--out", cli.PathOf("demo"));
        Assert.That(exit, Is.Zero, error);
        Assert.That(lines[0].GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        Assert.That(lines, Has.Count.EqualTo(6));
    }

    [Test]
    public async Task A_chain_of_custody_shows_its_parent_and_device()
    {
        using var cli = new CliRunner();
        var (_, first, _) = await cli.JsonAsync("sign", Photo, "-o", cli.PathOf("a.png"));
        var parent = first.Single().GetProperty("record_id").GetString()!;
        Assert.That((await cli.RunAsync("sign", cli.PathOf("a.png"), "-o", cli.PathOf("b.png"), "--parent", parent, "--device", "desk-7")).ExitCode, Is.Zero);
        var run = await cli.RunAsync("verify", cli.PathOf("b.png"));
        Assert.That(run.Output, Does.Contain($"follows record {parent}").And.Contain("desk-7"));
        Assert.That((await cli.JsonAsync("verify", cli.PathOf("b.png"))).Lines.Single().GetProperty("parent_record_id").GetString(), Is.EqualTo(parent));
    }

    /// <summary>Takes the database's write lock, as another process would, until it is disposed of.</summary>
    private static SqliteConnection LockDatabase(string path)
    {
        Registry.Storage.SqliteLibrary.EnsureRegistered();
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        return connection;
    }

    private static string Text(FernetKey key) => System.Text.Encoding.ASCII.GetString(key.Export());

    private static async Task AssertCode(CliRunner cli, string code, params string[] arguments)
    {
        var (exit, lines, _) = await cli.JsonAsync(arguments);
        Assert.That(exit, Is.EqualTo(2));
        Assert.That(lines.Single().GetProperty("error").GetProperty("code").GetString(), Is.EqualTo(code));
    }

    private static async Task<Process> Start(string program, params string[] arguments)
    {
        var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, program);
        return process;
    }

    private static Process Start(string program, string[] arguments, CliRunner cli)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        start.Environment["TECTRA_HOME"] = cli.Home;
        start.Environment["TECTRA_FERNET_KEY"] = "";
        return Process.Start(start)!;
    }
}
