using System.Globalization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Video.Ffmpeg;

namespace Tectra.Sdk.Video.Tests;

/// <summary>ffmpeg is missing, old, hangs, floods, fails or is cancelled: the error says which, and no process is left.</summary>
public class FfmpegProcessTests
{
    private const string Version = "ffmpeg version 6.1 Copyright", ProbeVersion = "ffprobe version 6.1 Copyright";
    private const string Clip = "flower-h264-5s.mp4";

    [TestCase("ffmpeg version 5.1.9-0+deb12u1 Copyright", 5)]
    [TestCase("ffmpeg version n7.1 Copyright", 7)]
    [TestCase("ffmpeg version 10.0", 10)]
    [TestCase("ffmpeg version N-109-gabc Copyright", int.MaxValue)]
    [TestCase("ffmpeg version 5.0.3 Copyright", null)]
    [TestCase("ffmpeg version 4.4", null)]
    [TestCase("ffmpeg version ", null)]
    [TestCase("avconv version 12", null)]
    [TestCase("", null)]
    public void Versions_from_5_1_on_are_new_enough(string line, int? major) => Assert.That(FfmpegTools.MajorVersion("ffmpeg", line), Is.EqualTo(major));

    [Test]
    public async Task Without_ffmpeg_a_video_is_hashed_but_not_signed()
    {
        using var clips = new Clips();
        foreach (var options in new[]
        {
            new VideoOptions { FfmpegPath = clips.At("nowhere"), FfprobePath = clips.At("nowhere") },
            new VideoOptions { FfmpegPath = Script(clips, "old", "echo 'ffmpeg version 4.4.2 Copyright'"), FfprobePath = Script(clips, "probe", $"echo '{ProbeVersion}'") },
            new VideoOptions { FfmpegPath = Script(clips, "silent", "exit 0"), FfprobePath = Script(clips, "silent", "exit 0") },
            new VideoOptions { FfmpegPath = Clips.Real(Clip), FfprobePath = Clips.Real(Clip) },
        })
        {
            var observed = await new VideoInspector(options).InspectFileAsync(Clips.Real(Clip));
            Assert.That(observed.PerceptualHashProblem?.Code, Is.EqualTo(ErrorCodes.FfmpegMissing));
            Assert.That(observed.PerceptualHashProblem!.Reason, Does.Contain("ffmpeg"));
            Assert.That(observed.Sha256, Is.EqualTo(Sha256Digest.Compute(File.ReadAllBytes(Clips.Real(Clip)))));
            var error = Assert.ThrowsAsync<MissingToolException>(() => Signers.Create(options).SignFileAsync(Clips.Real(Clip), new VideoSignRequest(OriginType.CameraVideo)));
            Assert.That(error!.Code, Is.EqualTo(ErrorCodes.FfmpegMissing));
        }
    }

    [TestCase("sleep 1000", ErrorCodes.VideoTimeout)]
    [TestCase("sleep 1000 & sleep 1000", ErrorCodes.VideoTimeout)]
    [TestCase("trap '' TERM INT HUP; while :; do sleep 1; done", ErrorCodes.VideoTimeout)]
    [TestCase("echo 'packet|pts=0|dts=0|duration=1|flags=K_'; sleep 1000", ErrorCodes.VideoTimeout)]
    [TestCase("head -c 30000000 /dev/zero | tr '\\0' x >&2; exit 1", ErrorCodes.VideoCorrupt)]
    [TestCase("head -c 30000000 /dev/zero | tr '\\0' x; exit 1", ErrorCodes.VideoCorrupt)]
    [TestCase("exit 1", ErrorCodes.VideoCorrupt)]
    [TestCase("kill -9 $$", ErrorCodes.VideoCorrupt)]
    public async Task A_probe_that_misbehaves_is_ended(string script, string code)
    {
        using var clips = new Clips();
        var options = new VideoOptions
        {
            FfmpegPath = Script(clips, "ffmpeg", $"echo '{Version}'"),
            FfprobePath = Script(clips, "ffprobe", $"if [ \"$1\" = -version ]; then echo '{ProbeVersion}'; exit 0; fi\n{script}"),
            StallTimeout = TimeSpan.FromSeconds(2),
        };
        Assert.That((await new VideoInspector(options).InspectFileAsync(Clips.Real(Clip))).PerceptualHashProblem?.Code, Is.EqualTo(code));
        Assert.That(Left(clips.Folder), Is.Empty);
    }

    [TestCase("sleep 1000", ErrorCodes.VideoTimeout)]
    [TestCase("head -c 5000000 /dev/zero; sleep 1000", ErrorCodes.VideoTimeout)]
    [TestCase("head -c 30000000 /dev/zero | tr '\\0' x >&2; exit 1", ErrorCodes.VideoCorrupt)]
    [TestCase("head -c 5000000 /dev/zero; exit 1", ErrorCodes.VideoCorrupt)]
    [TestCase("exit 0", ErrorCodes.VideoCorrupt)]
    public async Task A_decoder_that_misbehaves_is_ended(string script, string code)
    {
        using var clips = new Clips();
        var options = new VideoOptions
        {
            FfmpegPath = Script(clips, "ffmpeg", $"if [ \"$1\" = -version ]; then echo '{Version}'; exit 0; fi\n{script}"),
            FfprobePath = "/usr/bin/ffprobe",
            StallTimeout = TimeSpan.FromSeconds(2),
        };
        Assert.That((await new VideoInspector(options).InspectFileAsync(Clips.Real(Clip))).PerceptualHashProblem?.Code, Is.EqualTo(code));
        Assert.That(Left(clips.Folder), Is.Empty);
    }

    [Test]
    public async Task An_ffmpeg_that_reads_no_filters_from_standard_input_gets_them_as_an_argument()
    {
        using var clips = new Clips();
        var options = new VideoOptions
        {
            FfmpegPath = Script(clips, "ffmpeg", "case \" $* \" in *' pipe:0 '*) echo 'Unrecognized option' >&2; exit 8;; esac\nexec /usr/bin/ffmpeg \"$@\""),
            FfprobePath = "/usr/bin/ffprobe",
        };
        var frames = (await new VideoInspector(options).InspectFileAsync(Clips.Real(Clip))).Video?.Frames;
        Assert.That(frames, Is.Not.Null.And.EqualTo((await new VideoInspector().InspectFileAsync(Clips.Real(Clip))).Video!.Frames));
        Assert.That(Left(clips.Folder), Is.Empty);
    }

    [Test]
    public async Task A_cancelled_video_leaves_no_process()
    {
        using var clips = new Clips();
        File.Copy(Clips.Real("bbb-480p-h264-30s.mp4"), clips.At("clip.mp4"));
        foreach (var milliseconds in new[] { 0, 30, 150, 400, 800 })
        {
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(milliseconds));
            try
            {
                await new VideoInspector().InspectFileAsync(clips.At("clip.mp4"), SampleRate.Of(60), cancellationToken: cancel.Token);
            }
            catch (OperationCanceledException)
            {
                // As it should, unless it was done before.
            }
            Assert.That(Left(clips.Folder), Is.Empty, $"after {milliseconds} ms");
        }
    }

    [Test]
    public async Task Messages_are_kept_in_bounded_memory()
    {
        var tail = new MessageTail(null);
        for (var i = 0; i < 10_000; i++) tail.Add(System.Text.Encoding.UTF8.GetBytes($"line {i}\n"));
        Assert.That(tail.Text, Does.EndWith("line 9999").And.Length.LessThanOrEqualTo(4096));
        tail.Add(new byte[100_000]);
        Assert.That(tail.Text, Has.Length.LessThanOrEqualTo(4096));
        var frames = new List<long>();
        var counting = new MessageTail(frames.Add);
        counting.Add("frame:0    pts:-5       pts_time:0\ntectra=1\nsomething\nframe:1 pts:512 pts_time:1\n"u8);
        Assert.That((frames, counting.Text), Is.EqualTo((new List<long> { -5, 512 }, "something")).Using<(List<long> Frames, string Text)>((a, b) => a.Frames.SequenceEqual(b.Frames) && a.Text == b.Text));
        await Task.CompletedTask;
    }

    private static string Script(Clips clips, string name, string body)
    {
        var path = clips.At(name);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Living processes of this user with a text in their command line.</summary>
    private static List<string> Left(string text)
    {
        var left = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId))
        {
            try
            {
                var line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
                if (line.Contains(text, StringComparison.Ordinal) && !line.Contains("testhost", StringComparison.Ordinal)) left.Add(line);
            }
            catch (IOException)
            {
                // It has just ended.
            }
        }
        return left;
    }
}
