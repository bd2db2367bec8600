using System.Text.Json;

namespace Tectra.Cli.Tests;

/// <summary>Videos through the command, with the real ffmpeg.</summary>
public sealed class VideoTests
{
    private static readonly string Flower = TestData.PathOf("video/flower-h264-5s.mp4"), Bunny = TestData.PathOf("video/bbb-480p-h264-30s.mp4");

    private CliRunner _cli = null!;

    [SetUp]
    public void Create() => _cli = new CliRunner();

    [TearDown]
    public void Remove() => _cli.Dispose();

    [Test]
    public async Task A_video_is_signed_where_it_is_and_verifies_with_every_segment()
    {
        var clip = _cli.PathOf("clip.mp4");
        File.Copy(Bunny, clip);
        var (exit, signed, _) = await _cli.JsonAsync("sign", clip, "--origin", "camera_video", "--meta", "place=field");
        Assert.That(exit, Is.Zero);
        var line = signed.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(line.GetProperty("output_path").GetString(), Is.EqualTo(clip));
            Assert.That(line.GetProperty("blockchain_status").GetString(), Is.EqualTo("anchored"));
            Assert.That((line.GetProperty("frame_count").GetInt32(), line.GetProperty("segment_count").GetInt32(), line.GetProperty("sample_rate").GetString()), Is.EqualTo((30, 6, "1/1")));
            Assert.That(File.ReadAllBytes(clip), Is.EqualTo(File.ReadAllBytes(Bunny)), "a video isn't changed");
            Assert.That(Directory.EnumerateFileSystemEntries(_cli.Folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "clip.mp4", "home" }));
        }
        var (verified, reports, _) = await _cli.JsonAsync("verify", clip, Flower);
        Assert.That(verified, Is.EqualTo(1), "the other is unsigned");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reports[0].GetProperty("confidence").GetDouble(), Is.EqualTo(1));
            Assert.That((reports[0].GetProperty("total_segments").GetInt32(), reports[0].GetProperty("verified_segments").GetInt32()), Is.EqualTo((6, 6)));
            Assert.That(reports[0].GetProperty("chain_intact").GetBoolean());
            Assert.That(reports[0].GetProperty("record_id").GetString(), Is.EqualTo(line.GetProperty("record_id").GetString()));
            Assert.That(reports[1].GetProperty("authentic").GetBoolean(), Is.False);
            Assert.That(reports[1].GetProperty("record_id").ValueKind, Is.EqualTo(JsonValueKind.Null));
        }
    }

    [Test]
    public async Task Pictures_and_videos_are_signed_into_one_folder()
    {
        var (exit, lines, _) = await _cli.JsonAsync("sign", Flower, TestData.PathOf("images/kodak/kodim07.png"), "-o", _cli.PathOf("out"));
        Assert.That(exit, Is.Zero);
        Assert.That(lines.Select(line => Path.GetFileName(line.GetProperty("output_path").GetString())), Is.EqualTo(new[] { "flower-h264-5s.mp4", "kodim07.png" }));
        Assert.That(File.ReadAllBytes(_cli.PathOf("out/flower-h264-5s.mp4")), Is.EqualTo(File.ReadAllBytes(Flower)));
        var (verified, _, _) = await _cli.JsonAsync("verify", _cli.PathOf("out/flower-h264-5s.mp4"), _cli.PathOf("out/kodim07.png"));
        Assert.That(verified, Is.Zero);
    }

    [Test]
    public async Task A_copy_that_was_changed_is_told_where_offline_too()
    {
        var (altered, bundle) = (_cli.PathOf("altered.mp4"), _cli.PathOf("evidence.json"));
        Ffmpeg.Run("-i", Bunny, "-vf", "hflip=enable='gte(t,5)*lt(t,10)'", "-c:v", "libx264", "-preset", "veryfast", "-an", altered);
        Assert.That((await _cli.RunAsync("sign", Bunny)).ExitCode, Is.Zero);
        Assert.That((await _cli.RunAsync("evidence", Bunny, "-o", bundle)).ExitCode, Is.Zero);
        using var stranger = new CliRunner();
        var (exit, lines, _) = await stranger.JsonAsync("verify", altered, "--evidence", bundle);
        var video = lines.Single().GetProperty("video");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(exit, Is.Zero, "five of six segments are enough");
            Assert.That(lines[0].GetProperty("content").GetString(), Is.EqualTo("edited"));
            Assert.That(lines[0].GetProperty("verified_segments").GetInt32(), Is.EqualTo(5));
            Assert.That(video.GetProperty("segments").EnumerateArray().Select(segment => segment.GetProperty("outcome").GetString()).ElementAt(1), Is.EqualTo("failed"));
        }
        var text = await stranger.RunAsync("verify", altered, "--evidence", bundle);
        Assert.That(text.Output, Does.Contain("00:05–00:10 changed").And.Contain("5 of 6 segments verified"));
    }

    [Test]
    public async Task Segments_are_shown_without_signing_anything()
    {
        var (exit, lines, _) = await _cli.JsonAsync("video", "inspect", Flower, "--fps", "2");
        Assert.That(exit, Is.Zero);
        var segments = lines.Single().GetProperty("segments").EnumerateArray().ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines[0].GetProperty("sample_rate").GetString(), Is.EqualTo("2/1"));
            Assert.That(segments.Sum(segment => segment.GetProperty("frames").GetArrayLength()), Is.EqualTo(10));
            Assert.That(lines[0].GetProperty("final_chain_hash").GetString(), Is.EqualTo(segments[^1].GetProperty("segment_hash").GetString()));
            Assert.That(Directory.Exists(_cli.Home), Is.False);
        }
        Assert.That((await _cli.RunAsync("video", "inspect", Flower)).Output, Does.Contain(segments[0].GetProperty("aggregate_phash").GetString()![..4]).Or.Contain("00:00–00:05"));
        foreach (var rate in new[] { "0", "61", "-1", "x", "1/0", "1/7200" })
            Assert.That((await _cli.RunAsync("video", "inspect", Flower, "--fps", rate)).ExitCode, Is.EqualTo(2), rate);
    }

    [Test]
    public async Task Without_ffmpeg_signing_says_what_to_install_and_the_signed_file_is_still_known_by_its_bytes()
    {
        Assert.That((await _cli.RunAsync("sign", Flower)).ExitCode, Is.Zero);
        _cli.SetVariable("TECTRA_FFMPEG", _cli.PathOf("nowhere"));
        var (exit, lines, _) = await _cli.JsonAsync("sign", Flower);
        Assert.That(exit, Is.EqualTo(2));
        Assert.That(lines.Single().GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("ffmpeg_missing"));
        Assert.That(lines[0].GetProperty("error").GetProperty("message").GetString(), Does.Contain("apt-get install ffmpeg"));
        var (known, reports, _) = await _cli.JsonAsync("verify", Flower);
        Assert.That(known, Is.Zero);
        Assert.That(reports.Single().GetProperty("checks").GetProperty("perceptual_hash").GetProperty("outcome").GetString(), Is.EqualTo("not_run"));
        var (unknown, _, _) = await _cli.JsonAsync("verify", Bunny);
        Assert.That(unknown, Is.EqualTo(2), "whether it is authentic can't be said");
    }

    [Test]
    public async Task A_copy_needs_the_extension_of_its_source_and_videos_take_no_watermark()
    {
        var (exit, lines, _) = await _cli.JsonAsync("sign", Flower, "-o", _cli.PathOf("copy.png"));
        Assert.That((exit, lines.Single().GetProperty("error").GetProperty("code").GetString()), Is.EqualTo((2, "invalid_argument")));
        (exit, lines, _) = await _cli.JsonAsync("sign", Flower, "--watermark", "Required");
        Assert.That((exit, lines.Single().GetProperty("error").GetProperty("code").GetString()), Is.EqualTo((2, "video_has_no_watermark")));
        Assert.That((await _cli.RunAsync("sign", Flower, "-o", _cli.PathOf("copy.mp4"))).ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes(_cli.PathOf("copy.mp4")), Is.EqualTo(File.ReadAllBytes(Flower)));
    }

    [Test]
    public async Task An_interrupted_command_leaves_no_ffmpeg_behind()
    {
        var film = _cli.PathOf("film.mkv");
        Ffmpeg.Run("-stream_loop", "20", "-i", Bunny, "-map", "0:V:0", "-c", "copy", film);
        using var process = _cli.Start("sign", film, "--fps", "1");
        await WaitAsync(() => FfmpegOn(film) > 0 || process.HasExited);
        Assert.That(process.HasExited, Is.False, "it is still at work");
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        await WaitAsync(() => FfmpegOn(film) == 0);
        Assert.That(process.ExitCode, Is.EqualTo(130));
        Assert.That(FfmpegOn(film), Is.Zero);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++) await Task.Delay(20);
    }

    /// <summary>How many ffmpeg processes read a file.</summary>
    private static int FfmpegOn(string path) => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            var command = File.ReadAllText(Path.Combine(folder, "cmdline"));
            return command.StartsWith("ffmpeg", StringComparison.Ordinal) || command.Contains("/ffmpeg\0", StringComparison.Ordinal) ? command.Contains(path, StringComparison.Ordinal) : false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // no process, or gone
        }
    });
}
