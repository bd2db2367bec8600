using Tectra.Sdk.Content;

namespace Tectra.Sdk.Video.Tests;

/// <summary>Samples are the frames that the definition names: checked against all frames, decoded and timed by themselves.</summary>
public class ExactFramesTests
{
    [TestCase("flower-h264-5s.mp4", 1, 1)]
    [TestCase("flower-h264-5s.mp4", 8, 1)]
    [TestCase("flower-vp8-5s.webm", 8, 1)]
    [TestCase("flower-vp8-5s.webm", 7, 3)]
    [TestCase("tears-of-steel-vp9-8s.webm", 8, 1)]
    [TestCase("tears-of-steel-vp9-8s.webm", 1, 2)]
    public async Task A_real_clip_is_sampled_as_defined(string name, int frames, int seconds)
    {
        using var clips = new Clips();
        var rate = SampleRate.Of(frames, seconds);
        var (_, _, hashes) = await Clips.SampleAsync(Clips.Real(name), rate);
        Assert.That(hashes, Is.EqualTo(clips.Oracle(Clips.Real(name), rate)));
    }
}
