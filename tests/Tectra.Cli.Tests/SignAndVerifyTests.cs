using System.Text.Json;

namespace Tectra.Cli.Tests;

public sealed class SignAndVerifyTests
{
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim03.png");
    private static readonly string Small = TestData.PathOf("images/odd/exact-32x32.png");
    private static readonly string Empty = TestData.PathOf("images/odd/bad-empty.jpg");
    private static readonly string Jpeg = TestData.PathOf("images/odd/jpeg-420.jpg");

    [Test]
    public async Task Signing_writes_a_copy_registers_it_and_verifying_it_exits_with_0()
    {
        using var cli = new CliRunner();
        var output = cli.PathOf("signed.png");
        var (exit, lines, _) = await cli.JsonAsync("sign", Photo, "-o", output, "--origin", "photojournalism", "--device", "Jane-Canon-R5", "--meta", "desk=foreign", "--meta", "a=b=c");
        Assert.That(exit, Is.Zero);
        var signed = lines.Single();
        Assert.Multiple(() =>
        {
            Assert.That(Text(signed, "file"), Is.EqualTo(Photo));
            Assert.That(Text(signed, "output_path"), Is.EqualTo(output));
            Assert.That(Text(signed, "sha256"), Is.EqualTo(HexOf(Photo)));
            Assert.That(Text(signed, "watermarked_sha256"), Is.EqualTo(HexOf(output)));
            Assert.That(Text(signed, "blockchain_status"), Is.EqualTo("anchored"));
            Assert.That(signed.GetProperty("psnr_db").GetDouble(), Is.GreaterThan(42));
            Assert.That(Text(signed.GetProperty("certificate"), "device_id"), Is.EqualTo("Jane-Canon-R5"));
            Assert.That(Text(signed.GetProperty("certificate"), "record_id"), Is.EqualTo(Text(signed, "record_id")));
        });
        var (code, reports, _) = await cli.JsonAsync("verify", output, Photo, TestData.PathOf("images/kodak/kodim05.png"));
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(1), "one of the three isn't authentic");
            Assert.That(reports.Select(report => report.GetProperty("confidence").GetDouble()), Is.EqualTo(new[] { 1, 0.75, 0 }));
            Assert.That(reports.Select(report => Text(report, "content")), Is.EqualTo(new[] { "identical_to_signed", "identical_to_original", "unknown" }));
            Assert.That(Text(reports[0], "record_id"), Is.EqualTo(Text(signed, "record_id")));
            Assert.That(Text(reports[0].GetProperty("origin"), "category"), Is.EqualTo("camera"));
            Assert.That(reports[2].GetProperty("signer").ValueKind, Is.EqualTo(JsonValueKind.Null));
        });
        Assert.That((await cli.RunAsync("verify", output)).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Json_lines_come_in_the_order_of_the_arguments_failures_in_their_place()
    {
        using var cli = new CliRunner();
        var (exit, lines, _) = await cli.JsonAsync("sign", Jpeg, Empty, Small, "missing.png", "-o", cli.PathOf("out"));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(2));
            Assert.That(lines.Select(line => Text(line, "file")), Is.EqualTo(new[] { Jpeg, Empty, Small, "missing.png" }));
            Assert.That(Text(lines[1].GetProperty("error"), "code"), Is.EqualTo("file_empty"));
            Assert.That(Text(lines[3].GetProperty("error"), "code"), Is.EqualTo("file_not_found"));
            Assert.That(Text(lines[2].GetProperty("watermark_problem"), "code"), Is.EqualTo("image_too_small"));
            Assert.That(File.ReadAllBytes(cli.PathOf("out/exact-32x32.png")), Is.EqualTo(File.ReadAllBytes(Small)));
            Assert.That(Directory.GetFiles(cli.PathOf("out")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "jpeg-420.jpg", "exact-32x32.png" }), "nothing half-written");
        });
        var (code, reports, _) = await cli.JsonAsync("verify", cli.PathOf("out/exact-32x32.png"), Empty);
        Assert.Multiple(() =>
        {
            Assert.That(code, Is.EqualTo(2));
            Assert.That(Text(reports[0].GetProperty("checks").GetProperty("watermark"), "outcome"), Is.EqualTo("not_run"));
            Assert.That(reports[0].GetProperty("confidence").GetDouble(), Is.EqualTo(0.75));
            Assert.That(Text(reports[1].GetProperty("checks").GetProperty("perceptual_hash"), "code"), Is.EqualTo("file_empty"));
        });
    }

    [Test]
    public async Task The_output_path_decides_name_and_format()
    {
        using var cli = new CliRunner();
        var copy = cli.PathOf("photo.jpg");
        File.Copy(Jpeg, copy);
        Assert.That((await cli.RunAsync("sign", copy)).ExitCode, Is.Zero);
        Assert.That(File.Exists(cli.PathOf("photo.signed.jpg")), Is.True, "beside the input by default");
        foreach (var (name, start) in new[] { ("a.png", "89504E47"), ("a.webp", "52494646"), ("a.jpeg", "FFD8FF") })
        {
            Assert.That((await cli.RunAsync("sign", copy, "-o", cli.PathOf(name))).ExitCode, Is.Zero, name);
            Assert.That(Convert.ToHexString(File.ReadAllBytes(cli.PathOf(name))), Does.StartWith(start), name);
        }
        foreach (var (arguments, code) in new[]
        {
            (new[] { "sign", copy, "-o", copy }, "invalid_argument"),
            (["sign", copy, "-o", cli.PathOf("a.bmp")], "invalid_argument"),
            (["sign", copy, "-o", cli.PathOf("missing/folder/a.jpg")], "file_not_found"),
            (["sign", copy, "--origin", "nonsense"], "invalid_argument"),
            (["sign", copy, "--meta", "no-equals-sign"], "invalid_argument"),
            (["sign", copy, "--parent", "not-an-id"], "invalid_argument"),
            (["sign", copy, "--parent", "01936b2c-0000-7000-8000-000000000001", "-o", cli.PathOf("b.jpg")], "parent_unknown"),
            (["sign", copy, "--key", "nobody"], "signing_key_unknown"),
            (["sign", Small, "--watermark", "Required", "-o", cli.PathOf("c.png")], "image_too_small"),
        })
        {
            var (exit, lines, _) = await cli.JsonAsync(arguments);
            Assert.That(exit, Is.EqualTo(2), string.Join(' ', arguments));
            Assert.That(Text(lines.Single().GetProperty("error"), "code"), Is.EqualTo(code), string.Join(' ', arguments));
        }
    }

    [Test]
    public async Task Misuse_exits_with_2_and_points_at_the_help()
    {
        using var cli = new CliRunner();
        foreach (var arguments in new[] { Array.Empty<string>(), ["frobnicate"], ["sign"], ["verify"], ["watermark", "embed"], ["hash", "--nonsense", "x"] })
        {
            var run = await cli.RunAsync(arguments);
            Assert.That(run.ExitCode, Is.EqualTo(2), string.Join(' ', arguments));
            Assert.That(run.Error, Does.Contain("--help"), string.Join(' ', arguments));
        }
        var help = await cli.RunAsync("--help");
        Assert.That(help.ExitCode, Is.Zero);
        foreach (var command in new[] { "demo", "sign", "verify", "hash", "watermark", "keys", "evidence", "revoke", "login", "logout", "outbox", "serve" }) Assert.That(help.Output, Does.Contain(command));
        Assert.That(Directory.Exists(cli.Home), Is.False, "help and misuse leave no state behind");
    }

    [Test]
    public async Task Hash_prints_what_the_vectors_say()
    {
        using var cli = new CliRunner();
        var files = new[] { "images/odd/jpeg-cmyk-pil.jpg", "images/odd/webp-animated-5frames.webp", "images/odd/wrongext-png-inside.jpg" };
        var (exit, lines, _) = await cli.JsonAsync(["hash", .. files.Select(TestData.PathOf)]);
        var vectors = TestData.Json("vectors/imagehash-phash.json").GetProperty("images").EnumerateArray().ToDictionary(vector => Text(vector, "file"));
        Assert.That(exit, Is.Zero);
        foreach (var (file, line) in files.Zip(lines))
        {
            Assert.Multiple(() =>
            {
                Assert.That(line.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "file", "format", "width", "height", "sha256", "phash" }));
                Assert.That(Text(line, "phash"), Is.EqualTo(Text(vectors[file], "phash_hex")));
                Assert.That(Text(line, "sha256"), Is.EqualTo(Text(vectors[file], "sha256")));
                Assert.That(Text(line, "format"), Is.EqualTo(Text(vectors[file], "format").ToLowerInvariant()));
                Assert.That(line.GetProperty("width").GetInt32(), Is.EqualTo(vectors[file].GetProperty("width").GetInt32()));
            });
        }
    }

    [Test]
    public async Task Watermarks_are_embedded_and_extracted()
    {
        using var cli = new CliRunner();
        const string Payload = "00112233445566778899aabbccddeeff";
        var (exit, lines, _) = await cli.JsonAsync("watermark", "embed", Photo, "-o", cli.PathOf("marked.png"), "--payload", Payload);
        Assert.That(exit, Is.Zero);
        Assert.That(lines.Single().GetProperty("psnr_db").GetDouble(), Is.GreaterThan(42));
        (exit, lines, _) = await cli.JsonAsync("watermark", "extract", cli.PathOf("marked.png"), Photo, Small);
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.EqualTo(2));
            Assert.That(lines[0].EnumerateObject().Select(field => field.Name).Take(4), Is.EqualTo(new[] { "file", "found", "payload", "score" }));
            Assert.That((lines[0].GetProperty("found").GetBoolean(), Text(lines[0], "payload")), Is.EqualTo((true, Payload)));
            Assert.That(lines[1].GetProperty("found").GetBoolean(), Is.False);
            Assert.That(Text(lines[2].GetProperty("error"), "code"), Is.EqualTo("image_too_small"));
            Assert.That(lines[0].GetProperty("elapsed_ms").GetDouble(), Is.GreaterThan(0));
        });
        Assert.That((await cli.RunAsync("watermark", "extract", Photo)).ExitCode, Is.EqualTo(1));
        foreach (var bad in new[] { "00", Payload.ToUpperInvariant(), Payload + "00" })
            Assert.That((await cli.RunAsync("watermark", "embed", Photo, "-o", cli.PathOf("x.png"), "--payload", bad)).ExitCode, Is.EqualTo(2), bad);
        Assert.That((await cli.RunAsync("watermark", "embed", Photo, "-o", cli.PathOf("x.png"), "--payload", Payload, "--strength", "20")).ExitCode, Is.EqualTo(2));
        Assert.That(Directory.Exists(cli.Home), Is.False, "watermarking alone needs no state");
    }

    [Test]
    public async Task The_demo_shows_six_results_and_passes_its_own_test()
    {
        using var cli = new CliRunner();
        var folder = cli.PathOf("demo");
        var (exit, lines, error) = await cli.JsonAsync("demo", "--out", folder);
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.Zero, error);
            Assert.That(lines[0].GetProperty("confidence").GetDouble(), Is.EqualTo(1));
            Assert.That(lines[1].GetProperty("confidence").GetDouble(), Is.GreaterThanOrEqualTo(0.5));
            Assert.That(lines[1].GetProperty("authentic").GetBoolean(), Is.True);
            foreach (var copy in new[] { lines[2], lines[3] })
            {
                Assert.That(copy.GetProperty("checks").GetProperty("watermark").GetProperty("passed").GetBoolean(), Is.True, "a screenshot and a crop still name their record");
                Assert.That(copy.GetProperty("authentic").GetBoolean(), Is.False, "but that alone isn't enough");
            }
            Assert.That(Text(lines[4], "content"), Is.EqualTo("edited"));
            Assert.That(lines[4].GetProperty("authentic").GetBoolean(), Is.False);
            Assert.That(lines[4].GetProperty("altered_regions").GetArrayLength(), Is.Positive);
            Assert.That(lines[5].GetProperty("confidence").GetDouble(), Is.Zero);
            Assert.That(Directory.Exists(cli.Home), Is.False, "the demo doesn't touch the user's own state");
        });
        Assert.That((await cli.RunAsync("verify", Path.Combine(folder, "1-signed.jpg"), "--evidence", Path.Combine(folder, "evidence.json"))).ExitCode, Is.Zero);
        var table = await cli.RunAsync("demo", Photo);
        Assert.That(table.ExitCode, Is.Zero, table.Error);
        Assert.That(table.Output, Does.Contain("4 of 4").And.Contain("1.00").And.Contain("0 of 4").And.Contain("not a public chain"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string HexOf(string path) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));
}
