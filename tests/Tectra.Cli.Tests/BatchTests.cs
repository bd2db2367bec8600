using System.Text.Json;
using System.Text.RegularExpressions;
using Tectra.Cli.Batch;
using Tectra.Cli.Tests.Server;
using Tectra.Registry;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Certificates;

namespace Tectra.Cli.Tests;

/// <summary>Folders that are signed into others.</summary>
public sealed partial class BatchTests
{
    private static readonly string[] Pictures = ["images/odd/jpeg-420.jpg", "images/odd/png-rgba.png", "images/odd/webp-lossy.webp", "images/odd/orientation-6.jpg"];

    [Test]
    public async Task A_folder_is_signed_once_and_each_file_says_what_became_of_it()
    {
        using var cli = new CliRunner();
        var (source, output) = (Fill(cli, Pictures), cli.PathOf("out"));
        Directory.CreateDirectory(Path.Combine(source, "deep/er"));
        File.Copy(TestData.PathOf(Pictures[0]), Path.Combine(source, "deep/er/ünïcode & <b>.jpg"));
        File.Copy(TestData.PathOf("images/odd/bad-truncated-60.jpg"), Path.Combine(source, "deep/bad.jpg"));
        File.Copy(TestData.PathOf("video/flower-vp8-5s.webm"), Path.Combine(source, "deep/clip.webm"));
        File.WriteAllText(Path.Combine(source, "notes.txt"), "not a picture");
        File.WriteAllText(Path.Combine(source, ".hidden.jpg"), "not looked at");

        var (exit, lines, _) = await cli.JsonAsync("sign", source, "-o", output, "--recursive");
        var files = lines[..^1].ToDictionary(line => line.GetProperty("file").GetString()!);
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(2), "one file failed");
            Assert.That(files.Keys, Is.EquivalentTo(new[] { "deep/bad.jpg", "deep/clip.webm", "deep/er/ünïcode & <b>.jpg" }.Concat(Pictures.Select(Path.GetFileName))));
            Assert.That(files["deep/bad.jpg"].GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("image_truncated"));
            Assert.That(files.Values.Where(line => line.GetProperty("status").GetString() == "signed").Select(line => line.GetProperty("blockchain_status").GetString()), Has.Exactly(6).EqualTo("anchored"));
            Assert.That(Summary(lines), Is.EqualTo((6, 0, 1, 1)));
        });
        await AssertAuthenticAsync(cli, output, 6);
        Assert.That(Directory.GetFileSystemEntries(output).Select(Path.GetFileName), Does.Not.Contain(".tectra-signing"), "nothing temporary is left");

        var page = await File.ReadAllTextAsync(Path.Combine(output, BatchReport.FileName));
        Assert.Multiple(() =>
        {
            Assert.That(page, Does.Contain("ünïcode &amp; &lt;b&gt;.jpg").Or.Contain("&#252;n&#239;code &amp; &lt;b&gt;.jpg").And.Not.Contain("<b>"));
            Assert.That(Elsewhere().Matches(DataAddress().Replace(page, "data:")), Is.Empty, "the page asks for nothing from anywhere");
            Assert.That(Regex.Count(page, "<img alt=\"\" src=\"data:image/jpeg;base64,"), Is.EqualTo(5));
            Assert.That(page, Does.Contain("image_truncated"));
        });

        // Again: only what changed since is signed.
        File.Copy(TestData.PathOf(Pictures[1]), Path.Combine(source, "jpeg-420.jpg"), overwrite: true);
        File.SetLastWriteTimeUtc(Path.Combine(source, "png-rgba.png"), DateTime.UnixEpoch);
        File.Delete(Path.Combine(source, "deep/bad.jpg"));
        (exit, lines, _) = await cli.JsonAsync("sign", source, "-o", output, "--recursive", "--resume");
        Assert.That((exit, Summary(lines)), Is.EqualTo((0, (1, 5, 0, 1))));
        Assert.That(await RecordsAsync(cli), Has.Count.EqualTo(7));
        (exit, lines, _) = await cli.JsonAsync("sign", source, "-o", output, "--recursive", "--origin", "photojournalism");
        Assert.That((exit, Summary(lines)), Is.EqualTo((0, (6, 0, 0, 1))), "other claims are another signature");
    }

    [Test]
    public async Task Killed_at_any_moment_and_resumed_each_file_is_signed_exactly_once()
    {
        using var cli = new CliRunner();
        var names = TestData.Images("images/odd").Where(path => path.Contains("/jpeg-4") || path.Contains("/orientation") || path.Contains("/png-r")).ToArray();
        var (source, output) = (Fill(cli, names), cli.PathOf("out"));
        var random = new Random(5);
        var (kills, rounds) = (0, 0);
        for (var most = 1.5; ; rounds++)
        {
            using var process = cli.Start("sign", source, "-o", output);
            if (rounds < (TestData.IsFull ? 40 : 10))
            {
                var wait = Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * most));
                await Task.WhenAny(process.WaitForExitAsync(), wait);
                // Runs that are killed before they have done anything prove nothing: slower machines get more time.
                if (!Directory.Exists(output)) most *= 1.5;
            }
            else
            {
                await process.WaitForExitAsync();
            }
            if (process.HasExited && process.ExitCode == 0) break;
            kills++;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        var records = await RecordsAsync(cli);
        Assert.Multiple(() =>
        {
            Assert.That(records.Select(record => Certificate.FromPayload(record.Envelope.Payload).Fingerprint.Sha256).Distinct().Count(), Is.EqualTo(names.Length), "every file has a record");
            Assert.That(records, Has.Count.EqualTo(names.Length), "and one only");
            Assert.That(Directory.EnumerateFileSystemEntries(output).Select(Path.GetFileName).Where(name => name![0] == '.'), Is.Empty, "nothing temporary is left");
            Assert.That(File.ReadLines(Path.Combine(output, BatchManifest.FileName)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("record_id").GetString()).Distinct().Count(), Is.EqualTo(names.Length));
        });
        await AssertAuthenticAsync(cli, output, names.Length);
        Report.Line($"kill -9 of batches: {kills} runs killed, {names.Length} files, each signed exactly once");
        Assert.That(kills, Is.GreaterThan(2));
    }

    [Test]
    public async Task Without_its_server_a_batch_is_signed_and_every_registration_arrives_later_once()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var cli = await registry.LogInAsync();
        using var client = registry.CreateClient(TestRegistry.ApiKeyOf(cli));
        var (source, output) = (Fill(cli, Pictures), cli.PathOf("out"));
        await registry.Process.StopAsync();
        using (var process = cli.Start("sign", source, "-o", output, "--jobs", "1", "--wait", "0"))
        {
            // Killed after the first file has its name.
            while (!Pictures.Any(name => File.Exists(Path.Combine(output, Path.GetFileName(name)))) && !process.HasExited) await Task.Delay(10);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        var (exit, lines, error) = await cli.JsonAsync("sign", source, "-o", output, "--resume", "--wait", "0");
        Assert.That(exit, Is.Zero, error);
        Assert.That(lines[..^1].Where(line => line.GetProperty("status").GetString() == "signed").Select(line => line.GetProperty("blockchain_status").GetString()), Is.All.EqualTo("queued"));
        await registry.RestartAsync();
        await cli.OneAsync("outbox", "flush");
        var records = await Records.ListAsync(client);
        var delivered = File.ReadLines(Path.Combine(output, BatchManifest.FileName)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("record_id").GetString());
        Assert.That(records.Select(record => record.RecordId), Is.EquivalentTo(delivered.Distinct()));
        Assert.That(records, Has.Count.EqualTo(Pictures.Length));
    }

    [Test]
    public async Task What_a_batch_cannot_do_is_said_before_anything_is_signed()
    {
        using var cli = new CliRunner();
        var source = Fill(cli, Pictures);
        Assert.That(await cli.FailAsync("invalid_argument", "sign", source), Does.Contain("--output"));
        Assert.That(await cli.FailAsync("invalid_argument", "sign", source, "-o", source), Does.Contain("output folder"));
        Assert.That(await cli.FailAsync("invalid_argument", "sign", source, "-o", cli.PathOf("new"), "--resume"), Does.Contain("no batch to resume"));
        Assert.That(await cli.FailAsync("invalid_argument", "sign", source, "-o", cli.PathOf("new"), "--jobs", "0"), Does.Contain("--jobs"));
        Assert.That(await cli.FailAsync("invalid_argument", "sign", source, "-o", Path.Combine(source, "jpeg-420.jpg")), Does.Contain("is a file"));
        Directory.CreateDirectory(cli.PathOf("broken"));
        await File.WriteAllTextAsync(cli.PathOf("broken/" + BatchManifest.FileName), "{\"file\":\"a\",\"status\":\"signed\"}\nsomething else\n");
        Assert.That(await cli.FailAsync("invalid_argument", "sign", source, "-o", cli.PathOf("broken")), Does.Contain("Line 2"));
        Assert.That(Directory.Exists(cli.PathOf("new")), Is.False);
    }

    [Test]
    public async Task A_line_that_a_crash_cut_off_is_dropped_and_an_output_folder_may_lie_in_the_source()
    {
        using var cli = new CliRunner();
        var source = Fill(cli, Pictures);
        var output = Path.Combine(source, "signed");
        Assert.That((await cli.RunAsync("sign", source, "-o", output, "-r")).ExitCode, Is.Zero);
        await File.AppendAllTextAsync(Path.Combine(output, BatchManifest.FileName), "{\"file\":\"half of a li");
        var (exit, lines, _) = await cli.JsonAsync("sign", source, "-o", output, "-r");
        Assert.That((exit, Summary(lines)), Is.EqualTo((0, (0, 4, 0, 0))), "its own output is never signed");
        Assert.That(await RecordsAsync(cli), Has.Count.EqualTo(4));
    }

    private static string Fill(CliRunner cli, IEnumerable<string> names)
    {
        var folder = cli.PathOf("portfolio");
        Directory.CreateDirectory(folder);
        foreach (var name in names) File.Copy(TestData.PathOf(name), Path.Combine(folder, Path.GetFileName(name)));
        return folder;
    }

    private static (int Signed, int Unchanged, int Failed, int Ignored) Summary(List<JsonElement> lines)
    {
        var summary = lines[^1].GetProperty("summary");
        return (Number("signed"), Number("unchanged"), Number("failed"), Number("ignored"));

        int Number(string name) => summary.GetProperty(name).GetInt32();
    }

    private static async Task AssertAuthenticAsync(CliRunner cli, string output, int count)
    {
        var files = Directory.GetFiles(output, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) is not (".jsonl" or ".html")).ToArray();
        Assert.That(files, Has.Length.EqualTo(count));
        var (exit, reports, _) = await cli.JsonAsync(["verify", .. files]);
        Assert.That(exit, Is.Zero);
        Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.All.EqualTo(1));
    }

    private static async Task<IReadOnlyList<StoredRecord>> RecordsAsync(CliRunner cli)
    {
        await using var store = new SqlRegistryStore(SqliteEngine.Open(Path.Combine(cli.Home, "registry", EmbeddedRegistry.DatabaseName)));
        return await store.ListAsync(new RecordQuery { Limit = 1000 }, default);
    }

    [GeneratedRegex("data:[^\"']*")]
    private static partial Regex DataAddress();

    [GeneratedRegex("""(src|href)\s*=\s*(?!["']data:)|url\(|//|@import|<script""", RegexOptions.IgnoreCase)]
    private static partial Regex Elsewhere();
}
