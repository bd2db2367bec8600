using Tectra.Sdk.Content;

namespace Tectra.Sdk.Tests.Content;

public sealed class SegmentChainTests
{
    [Test]
    public void Vectors_of_an_independent_implementation_agree()
    {
        var count = 0;
        foreach (var vector in TestData.Json("vectors/segment-chain.json").GetProperty("cases").EnumerateArray())
        {
            var segments = vector.GetProperty("segments").EnumerateArray().ToList();
            var chain = SegmentChain.Build(segments.Select(segment =>
                segment.GetProperty("frames").EnumerateArray().Select(frame => PerceptualHash.Parse(frame.GetString())).ToList()));
            Assert.That(
                chain.Segments.Select(segment => segment.Hash.ToString()),
                Is.EqualTo(segments.Select(segment => segment.GetProperty("hash").GetString())),
                vector.GetProperty("name").GetString());
            Assert.That(chain.FinalHash, Is.EqualTo(chain.Segments[^1].Hash));
            count += segments.Count;
        }
        Assert.That(count, Is.GreaterThan(0));
        Report.Line($"segment chain: {count} segment hashes of segment-chain.json agree");
    }

    [Test]
    public void A_changed_frame_breaks_its_segment_and_every_later_one()
    {
        var frames = Enumerable.Range(0, 20).Select(i => new PerceptualHash((ulong)i * 0x9E3779B97F4A7C15)).Chunk(5).ToArray();
        var before = SegmentChain.Build(frames);
        frames[1][2] = new PerceptualHash(1);
        var after = SegmentChain.Build(frames);
        Assert.That(
            before.Segments.Zip(after.Segments, (a, b) => a.Hash == b.Hash),
            Is.EqualTo(new[] { true, false, false, false }));
    }

    [Test]
    public void Empty_chains_and_segments_are_refused()
    {
        Assert.That(() => SegmentChain.Build([]), Throws.TypeOf<InvalidEvidenceException>().With.Property("Code").EqualTo("segment_chain_malformed"));
        Assert.That(() => SegmentChain.Build([[]]), Throws.TypeOf<InvalidEvidenceException>());
    }
}
