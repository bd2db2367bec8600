using System.Text;

namespace Tectra.Sdk.Video.Tests;

/// <summary>Videos are told by their bytes, and what only calls itself a video is never opened as anything else.</summary>
public class VideoFormatTests
{
    private static readonly string[] Media =
    [
        "mp4 libx264 video/mp4", "mov libx264 video/quicktime", "3gp mpeg4 video/3gpp", "webm libvpx video/webm", "mkv libx264 video/x-matroska", "avi mpeg4 video/x-msvideo",
        "ts libx264 video/mp2t", "mpg mpeg2video video/mpeg", "m2v mpeg2video video/mpeg", "flv flv video/x-flv", "ogv libtheora video/ogg", "wmv wmv2 video/x-ms-asf",
        "mxf mpeg2video application/mxf", "gif gif image/gif", "ivf libvpx video/x-ivf", "h264 libx264 video/h264", "hevc libx265 video/h265",
    ];

    [Test]
    public void Every_format_is_told_by_its_first_bytes()
    {
        using var clips = new Clips();
        foreach (var line in Media)
        {
            var parts = line.Split(' ');
            var path = clips.Make("clip." + parts[0], $"-f lavfi -i testsrc2=s=176x144:r=25:d=1 -c:v {parts[1]} -pix_fmt {(parts[0] == "gif" ? "pal8" : "yuv420p")} -loglevel quiet");
            var bytes = File.ReadAllBytes(path);
            Assert.That(VideoFormats.TryDetect(bytes.AsSpan(0, Math.Min(bytes.Length, VideoFormats.HeaderBytes)), out var format), Is.True, line);
            Assert.That(format.MediaType(), Is.EqualTo(parts[2]), line);
            for (var length = 0; length < 64; length++) VideoFormats.TryDetect(bytes.AsSpan(0, length), out _);
        }
    }

    [TestCase("heic")]
    [TestCase("heix")]
    [TestCase("mif1")]
    [TestCase("msf1")]
    [TestCase("avif")]
    [TestCase("avis")]
    [TestCase("crx ")]
    public void Pictures_in_the_container_of_MP4_are_no_videos(string brand) =>
        Assert.That(VideoFormats.TryDetect([0, 0, 0, 24, .. "ftyp"u8, .. Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0, .. "mp42"u8], out _), Is.False);

    [Test]
    public void Pictures_and_texts_are_no_videos()
    {
        foreach (var relative in TestData.Images().Take(40)) Assert.That(VideoFormats.TryDetect(File.ReadAllBytes(TestData.Find(relative)!), out _), Is.False, relative);
        Assert.That(VideoFormats.TryDetect([], out _), Is.False);
        Assert.That(VideoFormats.TryDetect("GGGGGGGGGGGGGGGG"u8, out _), Is.False);
        foreach (var text in Posing("other.mp4", 1)) Assert.That(VideoFormats.TryDetect(Encoding.UTF8.GetBytes(text), out _), Is.False, text);
    }

    [Test]
    public async Task What_a_playlist_names_is_not_opened()
    {
        using var clips = new Clips();
        await using var server = new HttpReceiver(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var tried = 0;
        clips.Make("other.mp4", "-f lavfi -i testsrc2=s=64x36:r=10:d=2 -c:v libx264");
        foreach (var text in Posing(clips.At("other.mp4"), server.Port))
        {
            foreach (var name in (string[])["posing.mp4", "posing.m3u8", "posing.ffconcat", "posing.sdp", "posing.mpd", "image%03d.png", "http:posing.mp4", "concat:other.mp4"])
            {
                File.WriteAllText(clips.At(name), text);
                await RefusedAsync(clips.At(name), ErrorCodes.UnsupportedFormat);
            }
            // Behind the first bytes of a real one it passes our own look, and is then nothing but a bad video.
            foreach (var disguise in new byte[][] { [0, 0, 0, 24, .. "ftypmp42\0\0\0\0mp42isom"u8], [0x1A, 0x45, 0xDF, 0xA3, 0x80], [.. "OggS\0"u8], [0, 0, 1, 0xBA], [.. "GIF89a"u8], [.. "FLV\u0001"u8] })
            {
                File.WriteAllBytes(clips.At("posing.mp4"), [.. disguise, .. "\n"u8, .. Encoding.UTF8.GetBytes(text)]);
                await RefusedAsync(clips.At("posing.mp4"), null);
            }
            if (!TestData.IsFull && ++tried == 3) break;
        }
        Assert.That(server.Connections, Is.Zero, "a playlist's address was asked");
    }

    private static async Task RefusedAsync(string path, string? code)
    {
        var observed = await new VideoInspector().InspectFileAsync(path);
        Assert.That(observed.Video, Is.Null);
        if (code is not null) Assert.That(observed.PerceptualHashProblem!.Code, Is.EqualTo(code), path);
    }

    private static IEnumerable<string> Posing(string file, int port) =>
    [
        $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:{port}/a.ts\n#EXTINF:2,\nfile://{file}\n#EXT-X-ENDLIST\n",
        $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{file}\n#EXT-X-ENDLIST\n",
        $"ffconcat version 1.0\nfile '{file}'\nfile 'http://127.0.0.1:{port}/a.mp4'\n",
        $"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        $"<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>",
        $"[playlist]\nFile1=http://127.0.0.1:{port}/a.mp4\n",
        "1\n00:00:00,000 --> 00:00:01,000\nHello\n",
    ];
}
