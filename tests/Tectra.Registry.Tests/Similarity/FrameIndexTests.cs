using System.Numerics;
using Tectra.Registry.Records;
using Tectra.Registry.Similarity;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Similarity;

public sealed class FrameIndexTests
{
    [Test]
    public void Every_video_with_a_frame_within_the_radius_is_found_at_its_distance_and_no_other()
    {
        const int Videos = 300, Frames = 120;
        var source = new VideoFrames(1);
        var videos = Enumerable.Range(0, Videos).Select(_ => source.Next(Frames)).ToArray();
        var queries = source.Next(20);
        // Each query has neighbours at every distance, some of them at the edge of what says something.
        for (var query = 0; query < queries.Length; query++)
        {
            for (var distance = 0; distance <= 12; distance++) videos[source.NextNumber(Videos)][source.NextNumber(Frames)] = source.Flip(queries[query], distance);
        }
        queries[0] = new PerceptualHash(0x0000_0000_00FF_FFFF);
        videos[7][3] = new PerceptualHash(0x0000_0000_0000_0FFF);
        videos[8][3] = new PerceptualHash(0x0000_000F_FFFF_FFFF);
        var index = Fill(videos);
        var found = 0;
        foreach (var query in queries)
        {
            for (var radius = 0; radius <= 12; radius++)
            {
                var expected = videos
                    .Select((frames, i) => new FrameMatch(i + 1, frames.Min(frame => frame.DistanceTo(query))))
                    .Where(match => match.Distance <= radius).ToList();
                Assert.That(index.Find(query, radius, int.MaxValue), Is.EquivalentTo(expected), $"{query} within {radius}");
                found += expected.Count;
            }
        }
        Assert.That(found, Is.GreaterThan(20 * 80));
        Report.Line($"video frames: {Videos * Frames} frames, {found} videos at distances 0 to 12: all found, none false");
    }

    [Test]
    public void A_video_is_added_once_and_its_equal_frames_are_one()
    {
        var frames = new VideoFrames(2).Next(3);
        var index = new FrameIndex();
        Assert.That((index.Add(5, [frames[0], frames[1], frames[0], frames[0]]), index.Count, index.Contains(5), index.Contains(6)), Is.EqualTo((true, 2, true, false)));
        Assert.That((index.Add(5, frames), index.Count), Is.EqualTo((false, 2)));
        Assert.That((index.Add(4, [frames[1], default, new PerceptualHash(ulong.MaxValue)]), index.Count), Is.EqualTo((true, 3)), "black and white are left out");
        Assert.That(index.Find(frames[1], 0, 10).Select(match => match.Sequence), Is.EquivalentTo(new[] { 4, 5 }));
        Assert.That(() => index.Add(1L + uint.MaxValue, frames), Throws.TypeOf<Sdk.RegistryException>().With.Property("Code").EqualTo("similarity_index_full"));
    }

    [Test]
    public async Task Videos_that_several_add_at_once_are_found_by_those_who_look_meanwhile()
    {
        const int Videos = 400, Frames = 100;
        var source = new VideoFrames(3);
        var query = source.Next();
        var videos = Enumerable.Range(0, Videos).Select(_ => source.Next(Frames)).ToArray();
        foreach (var frames in videos) frames[source.NextNumber(Frames)] = source.Flip(query, source.NextNumber(9));
        var index = new FrameIndex();
        var added = new int[2];
        await Task.WhenAll([.. Enumerable.Range(0, 2).Select(half => Task.Run(() => Write(half))), Task.Run(Read)]);
        Assert.That(index.Find(query, 8, int.MaxValue), Has.Count.EqualTo(Videos));

        void Write(int half)
        {
            for (var i = half; i < Videos; i += 2)
            {
                Assert.That(index.Add(i + 1, videos[i]), Is.True);
                Volatile.Write(ref added[half], (i / 2) + 1);
            }
        }

        void Read()
        {
            for (var least = 0; least < Videos;)
            {
                var (even, odd) = (Volatile.Read(ref added[0]), Volatile.Read(ref added[1]));
                least = even + odd;
                var found = index.Find(query, 8, int.MaxValue).Select(match => match.Sequence).ToHashSet();
                for (var i = 0; i < even; i++) Assert.That(found, Does.Contain((2L * i) + 1));
                for (var i = 0; i < odd; i++) Assert.That(found, Does.Contain((2L * i) + 2));
            }
        }
    }

    [Test]
    public void The_frames_that_are_looked_up_are_distinct_informative_and_from_everywhere()
    {
        var source = new VideoFrames(4);
        var few = source.Next(200);
        Assert.That(VideoSearch.Choose([.. few, .. few, default, new PerceptualHash(ulong.MaxValue), new PerceptualHash(0x7F_FFFF)]), Is.EquivalentTo(few));
        Assert.That(VideoSearch.Choose([default, default]), Is.Empty);
        var many = source.Next(16_384);
        var chosen = VideoSearch.Choose(many);
        Assert.That(chosen, Has.Count.EqualTo(256));
        var places = chosen.Select(frame => Array.IndexOf(many, frame)).Order().ToList();
        Assert.That(places.Zip(places.Skip(1), (a, b) => b - a), Is.All.InRange(1, 128));
        // Nine tenths of the time show one picture: the rest is looked up all the same.
        PerceptualHash[] still = [.. Enumerable.Repeat(few[0], 9000), .. many[..1000]];
        Assert.That(VideoSearch.Choose(still), Has.Count.EqualTo(256));
        Assert.That(FrameIndex.IsInformative(new PerceptualHash(0xFF_FFFF)) && FrameIndex.IsInformative(new PerceptualHash(0xFF_FFFF_FFFF)), Is.True);
        Assert.That(FrameIndex.IsInformative(new PerceptualHash(0x7F_FFFF)) || FrameIndex.IsInformative(new PerceptualHash(0x1FF_FFFF_FFFF)), Is.False);
    }

    [Test]
    public void The_videos_with_most_votes_are_found_as_counting_every_pair_finds_them()
    {
        const int Videos = 60, Frames = 80, Radius = 8;
        var source = new VideoFrames(5);
        var videos = Enumerable.Range(0, Videos).Select(_ => source.Next(Frames)).ToArray();
        // A compilation: of video i it has i frames, changed a little; and each frame twice.
        PerceptualHash[] observed = [.. Enumerable.Range(0, 22).SelectMany(i => videos[i].Take(i).Select(frame => source.Flip(frame, source.NextNumber(9))))];
        observed = [.. observed, .. observed];
        Assert.That(observed.Distinct().Count(), Is.LessThanOrEqualTo(256));
        var expected = videos
            .Select((frames, i) => (Sequence: i + 1L, Distances: observed.Where(FrameIndex.IsInformative).Distinct().Select(query => frames.Min(query.DistanceTo)).Where(distance => distance <= Radius).ToList()))
            .Where(video => video.Distances.Count > 0)
            .OrderByDescending(video => video.Distances.Count).ThenBy(video => video.Distances.Sum()).ThenBy(video => video.Sequence)
            .Take(16).Select(video => video.Sequence).ToList();
        Assert.That(VideoSearch.Find(Fill(videos), observed, Radius, default), Is.EqualTo(expected));
        Assert.That(expected, Is.EqualTo(Enumerable.Range(7, 16).Reverse().Select(i => (long)i)));
        Assert.That(() => VideoSearch.Find(Fill(videos), observed, Radius, new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_frame_takes_less_than_30_bytes()
    {
        const int Videos = 200, Frames = 2000;
        var source = new VideoFrames(6);
        var index = new FrameIndex();
        for (var i = 1; i <= Videos; i++) index.Add(i, Enumerable.Range(0, Frames).Select(_ => new PerceptualHash(BitOperations.RotateLeft(source.Next().Bits, i))));
        var each = index.Bytes / (double)index.Count;
        Assert.That(each, Is.LessThan(30));
        Report.Line(FormattableString.Invariant($"video frames: {index.Count} take {each:0.0} bytes each"));
    }

    private static FrameIndex Fill(PerceptualHash[][] videos)
    {
        var index = new FrameIndex();
        for (var i = 0; i < videos.Length; i++) index.Add(i + 1, videos[i]);
        return index;
    }
}
