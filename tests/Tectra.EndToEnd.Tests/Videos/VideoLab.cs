using System.Globalization;

namespace Tectra.EndToEnd.Tests.Videos;

/// <summary>A stretch of time, in seconds.</summary>
internal readonly record struct Stretch(double From, double To)
{
    public double Length => To - From;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From:0.0}–{To:0.0} s");
}

/// <summary>The clips, and what people do to videos: each method makes a file with the real ffmpeg.</summary>
internal sealed class VideoLab : IDisposable
{
    private static readonly string[] Quick = ["-c:v", "libx264", "-preset", "veryfast", "-an"];

    private int _number;

    public string Folder { get; } = Directory.CreateTempSubdirectory("tectra-video-").FullName;

    /// <summary>Every clip of the test data.</summary>
    public static IReadOnlyList<string> Clips { get; } = [.. Directory.EnumerateFiles(TestData.PathOf("video")).Order(StringComparer.Ordinal)];

    public static string Cars => TestData.PathOf("video/cars-h264-30s.mp4");

    public static string Bunny => TestData.PathOf("video/bbb-480p-h264-30s.mp4");

    public static string Tears => TestData.PathOf("video/tears-of-steel-vp8-70s.webm");

    public static string Flower => TestData.PathOf("video/flower-h264-5s.mp4");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Ways to encode a video again that change nothing but its quality, size and timing.</summary>
    public static IReadOnlyDictionary<string, string[]> ReEncodings { get; } = new Dictionary<string, string[]>
    {
        ["H.264 CRF 28"] = [.. Quick, "-crf", "28"],
        ["H.264 CRF 34"] = [.. Quick, "-crf", "34"],
        ["VP9"] = ["-c:v", "libvpx-vp9", "-b:v", "500k", "-deadline", "realtime", "-cpu-used", "8", "-an"],
        ["640 wide"] = ["-vf", "scale=640:-2", .. Quick, "-crf", "26"],
        ["480 wide"] = ["-vf", "scale=480:-2", .. Quick, "-crf", "26"],
        ["24 fps"] = ["-r", "24", .. Quick, "-crf", "26"],
        ["25, then 24 fps"] = ["-vf", "fps=25,fps=24", .. Quick, "-crf", "26"],
        ["brightness +10 %"] = ["-vf", "eq=brightness=0.1", .. Quick, "-crf", "26"],
    };

    /// <summary>Encodes a clip again.</summary>
    public string ReEncode(string clip, IEnumerable<string> options, string extension = "mp4")
    {
        var target = Next(extension);
        Ffmpeg.Run(["-i", clip, "-map", "0:V:0", .. options, target]);
        return target;
    }

    /// <summary>The same packets in another container.</summary>
    public string Remux(string clip)
    {
        var target = Next("mkv");
        Ffmpeg.Run("-i", clip, "-c", "copy", target);
        return target;
    }

    /// <summary>A filter works on a stretch of time alone; <c>@</c> in it stands for the enabling expression.</summary>
    public string Filter(string clip, string filter, Stretch stretch, params string[] otherInputs)
    {
        var target = Next("mp4");
        var enable = string.Create(CultureInfo.InvariantCulture, $"enable='gte(t,{stretch.From})*lt(t,{stretch.To})'");
        Ffmpeg.Run(["-i", clip, .. otherInputs.SelectMany(input => new[] { "-i", input }), "-filter_complex", filter.Replace("@", enable, StringComparison.Ordinal), .. Quick, "-crf", "23", target]);
        return target;
    }

    /// <summary>The same with nothing lost to compression: frames outside the stretch stay as they are to the bit.</summary>
    public string BlackenLosslessly(string clip, Stretch stretch)
    {
        var target = Next("mkv");
        var filter = string.Create(CultureInfo.InvariantCulture, $"drawbox=c=black:t=fill:enable='gte(t,{stretch.From})*lt(t,{stretch.To})'");
        Ffmpeg.Run("-i", clip, "-map", "0:V:0", "-vf", filter, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", target);
        return target;
    }

    /// <summary>A stretch is black.</summary>
    public string Blacken(string clip, Stretch stretch) => Filter(clip, "drawbox=c=black:t=fill:@", stretch);

    /// <summary>A stretch is mirrored.</summary>
    public string Mirror(string clip, Stretch stretch) => Filter(clip, "[0:V]split[a][b];[b]hflip[c];[a][c]overlay=@", stretch);

    /// <summary>In a stretch an object hides part of the picture: half of its width and height, or what is said.</summary>
    public string Paste(string clip, Stretch stretch, string picture, int width = 2, int height = 2) => Filter(
        clip, $"[1:v][0:V]scale2ref=w=iw/{width}:h=ih/{height}[o][v];[v][o]overlay=(W-w)/2:(H-h)/2:@", stretch, picture);

    /// <summary>A stretch shows another clip.</summary>
    public string Replace(string clip, Stretch stretch, string other) => Filter(
        clip, string.Create(CultureInfo.InvariantCulture, $"[1:V]trim=end={stretch.To}[x];[x][0:V]scale2ref=w=iw:h=ih[o][v];[v][o]overlay=eof_action=pass:@"), stretch, other);

    /// <summary>The stretches of a clip in another order.</summary>
    public string Assemble(string clip, params Stretch[] stretches)
    {
        var target = Next("mp4");
        var parts = stretches.Select((stretch, i) =>
            string.Create(CultureInfo.InvariantCulture, $"[0:V]trim=start={stretch.From}:end={stretch.To},setpts=PTS-STARTPTS[p{i}];"));
        var filter = string.Concat(parts) + string.Concat(stretches.Select((_, i) => $"[p{i}]")) + $"concat=n={stretches.Length}";
        Ffmpeg.Run(["-i", clip, "-filter_complex", filter, .. Quick, "-crf", "23", target]);
        return target;
    }

    /// <summary>A clip from its end to its beginning.</summary>
    public string Reverse(string clip)
    {
        var target = Next("mp4");
        Ffmpeg.Run(["-i", clip, "-map", "0:V:0", "-vf", "reverse", .. Quick, "-crf", "23", target]);
        return target;
    }

    /// <summary>A cut, scaled and encoded again.</summary>
    public string Cut(string clip, Stretch stretch, int width, int crf, int? frameRate)
    {
        var target = Next("mp4");
        var filter = string.Create(CultureInfo.InvariantCulture, $"trim=start={stretch.From}:end={stretch.To},setpts=PTS-STARTPTS,scale={width}:-2{(frameRate is { } rate ? $",fps={rate}" : "")}");
        Ffmpeg.Run(["-i", clip, "-map", "0:V:0", "-vf", filter, .. Quick, "-crf", $"{crf}", target]);
        return target;
    }

    /// <summary>A video from one of ffmpeg's generators (a lavfi graph).</summary>
    public string Generate(string graph, double seconds, int crf = 23)
    {
        var target = Next("mp4");
        Ffmpeg.Run(["-f", "lavfi", "-i", graph, "-t", seconds.ToString(CultureInfo.InvariantCulture), .. Quick, "-pix_fmt", "yuv420p", "-crf", $"{crf}", target]);
        return target;
    }

    /// <summary>A slow zoom into a photograph, as slide shows do it.</summary>
    public string ZoomInto(string photograph, double seconds)
    {
        var target = Next("mp4");
        var filter = string.Create(CultureInfo.InvariantCulture, $"scale=1280:-2,zoompan=z='1+0.003*on':x='iw/4':y='ih/4':d={seconds * 25}:s=640x360:fps=25");
        Ffmpeg.Run(["-i", photograph, "-vf", filter, .. Quick, "-pix_fmt", "yuv420p", "-crf", "23", target]);
        return target;
    }

    /// <summary>One frame of a clip as a picture.</summary>
    public string Still(string clip, double at)
    {
        var target = Next("png");
        Ffmpeg.Run("-ss", at.ToString(CultureInfo.InvariantCulture), "-i", clip, "-frames:v", "1", target);
        return target;
    }

    private string Next(string extension) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _number):0000}.{extension}"));
}
