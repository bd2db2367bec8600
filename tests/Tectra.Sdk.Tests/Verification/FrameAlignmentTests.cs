using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Verification;

public sealed class FrameAlignmentTests
{
    [Test]
    public void It_agrees_with_three_plain_loops_over_every_pair_and_offset()
    {
        var random = new Random(1);
        for (var round = 0; round < 400; round++)
        {
            var record = Frames(random, random.Next(1, 40));
            var observed = Frames(random, random.Next(1, 90));
            // Copies of each other in part, or both the same scene: ties and near misses.
            for (var i = 0; i < observed.Length && round % 3 == 0; i++) observed[i] = record[i * 3 / 8 % record.Length] ^ (1UL << random.Next(64));
            if (round % 5 == 0) Array.Fill(observed, record[0]);
            if (round % 10 == 0) Array.Fill(record, record[0]);
            var grid = new SampleGrid(SampleRate.Of(random.Next(1, 9), random.Next(1, 9)), SampleRate.Of(random.Next(1, 9), random.Next(1, 4)));
            var positions = Positions(grid, record.Length);
            long start = random.Next(-5, 50), preferred = random.Next(-20, 20);
            var radius = random.Next(0, 17);
            var found = FrameAlignment.Best(record, positions, observed, start, preferred, radius);
            Assert.That(found, Is.EqualTo(Naive(record, positions, observed, start, preferred, radius)), $"round {round}");
        }
    }

    [Test]
    public void Frames_far_apart_are_judged_tile_by_tile_with_the_same_result()
    {
        var random = new Random(2);
        var record = Frames(random, 300, flat: false);
        var observed = new ulong[2000];
        for (var i = 0; i < observed.Length; i++) observed[i] = record[Math.Min(299, 120 + (i / 900))];
        var positions = Enumerable.Range(0, 300).Select(i => 900L * i).ToArray(); // 270,000 offsets: more than one tile
        var found = FrameAlignment.Best(record, positions, observed, 0, 0, 10);
        var votes = new Dictionary<long, (int Score, int Matches)>();
        for (var i = 0; i < record.Length; i++)
        {
            for (var j = 0; j < observed.Length; j++)
            {
                var distance = BitOperations.PopCount(record[i] ^ observed[j]);
                if (distance > 10 || !FrameInformation.IsInformative(record[i]) || !FrameInformation.IsInformative(observed[j])) continue;
                var (score, matches) = votes.GetValueOrDefault(j - positions[i]);
                votes[j - positions[i]] = (score + 11 - distance, matches + 1);
            }
        }
        var best = votes.Where(vote => vote.Value.Matches >= 3).MaxBy(vote => (vote.Value.Score, -Math.Abs(vote.Key), -vote.Key));
        Assert.That((found!.Value.Offset, found.Value.Score, found.Value.Matches), Is.EqualTo((best.Key, best.Value.Score, best.Value.Matches)));
        Assert.That(found.Value.Offset, Is.InRange(-121 * 900, -119 * 900));
    }

    [Test]
    public void Every_kernel_counts_the_same()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var length = random.Next(0, 70);
            var frames = Frames(random, length);
            var frame = SyntheticVideo.Picture(random);
            for (var i = 0; i < length; i += 3) frames[i] = frame ^ ((1UL << random.Next(20)) - 1);
            var penalties = frames.Select(hash => FrameInformation.IsInformative(hash) ? 0 : FrameVotes.Mute).ToArray();
            var start = Enumerable.Range(0, length).Select(i => (ulong)i << 31).ToArray();
            var radius = random.Next(0, 64);
            ulong[] scalar = [.. start], dispatched = [.. start];
            FrameVotes.AddScalar(frames, penalties, frame, radius, scalar, 0);
            FrameVotes.Add(frames, penalties, frame, radius, dispatched);
            Assert.That(dispatched, Is.EqualTo(scalar));
            if (Avx2.IsSupported)
            {
                ulong[] votes = [.. start];
                FrameVotes.AddVector256(frames, penalties, frame, radius, votes);
                Assert.That(votes, Is.EqualTo(scalar));
            }
            if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated)
            {
                ulong[] votes = [.. start];
                FrameVotes.AddVector512(frames, penalties, frame, radius, votes);
                Assert.That(votes, Is.EqualTo(scalar));
            }
        }
    }

    [Test]
    public void Flat_frames_neither_vote_nor_count()
    {
        ulong[] flat = [.. Enumerable.Repeat(1UL, 40)];
        long[] positions = [.. Enumerable.Range(0, 40).Select(i => (long)i)];
        Assert.That(FrameAlignment.Best(flat, positions, flat, 0, 0, 10), Is.Null);

        var random = new Random(4);
        var record = Frames(random, 40, flat: false);
        for (var i = 10; i < 20; i++) record[i] = i % 2 == 0 ? 0 : ulong.MaxValue;
        var found = FrameAlignment.Best(record, positions, record, 0, 0, 10)!.Value;
        Assert.That((found.Offset, found.Matches, found.Compared, found.Score), Is.EqualTo((0L, 30, 30, 30 * 11)));
    }

    [Test]
    public void Fewer_than_three_frames_prove_nothing()
    {
        var random = new Random(5);
        var record = Frames(random, 2, flat: false);
        Assert.That(FrameAlignment.Best(record, [0, 1], record, 0, 0, 10), Is.Null);
        var three = Frames(random, 3, flat: false);
        Assert.That(FrameAlignment.Best(three, [0, 1, 2], three, 0, 0, 10)!.Value.Matches, Is.EqualTo(3));
    }

    [Test]
    public void Of_equal_offsets_the_nearest_to_the_preferred_one_is_taken_and_of_two_such_the_lower()
    {
        var still = SyntheticVideo.Picture(new Random(6));
        ulong[] record = [.. Enumerable.Repeat(still, 20)], observed = [.. Enumerable.Repeat(still, 5)];
        long[] positions = [.. Enumerable.Range(0, 20).Select(i => (long)i)];
        Assert.That(FrameAlignment.Best(record, positions, observed, 7, 0, 10)!.Value.Offset, Is.EqualTo(0));
        Assert.That(FrameAlignment.Best(record, positions, observed, 7, -4, 10)!.Value.Offset, Is.EqualTo(-4));
        Assert.That(FrameAlignment.Best(record, positions, observed, 7, 100, 10)!.Value.Offset, Is.EqualTo(7), "the last at which all are beside a frame");
    }

    [TestCase(3, 1, 8, 1, 77.3)]
    [TestCase(1, 7, 8, 1, 301.9)]
    [TestCase(7, 5, 3, 2, 77.3)]
    [TestCase(60, 1, 8, 1, 13.1)]
    [TestCase(1, 1, 4, 1, 121.4)]
    public void Rates_that_do_not_divide_are_aligned_to_the_nearest_step(int recordFrames, int recordSeconds, int frames, int seconds, double at)
    {
        var film = SyntheticVideo.Film(7, recordFrames == 60 ? 68 : 600);
        var record = film.Record(SampleRate.Of(recordFrames, recordSeconds));
        var observed = film.Cut(at, at + (recordFrames == 60 ? 50 : 60)).ReEncoded().Observe(SampleRate.Of(frames, seconds));
        var pairing = new FramePairing(record, observed);
        var found = FrameAlignment.Best(pairing.RecordBits, pairing.Positions, pairing.ObservedBits, 0, 0, 10)!.Value;
        Assert.That((-pairing.Grid.TimeOf(found.Offset)).TotalSeconds, Is.EqualTo(at).Within(2.0 * seconds / frames));
        Assert.That(found.Share, Is.GreaterThan(0.9));
    }

    [Test]
    public void The_largest_record_and_file_are_aligned_exactly_and_fast()
    {
        var random = new Random(8);
        var record = Frames(random, VideoFingerprint.MaxFrames);
        long[] positions = [.. Enumerable.Range(0, record.Length).Select(i => 2L * i)];
        foreach (var (name, observed) in new[]
        {
            ("unrelated", Frames(random, ObservedVideo.MaxFrames)),
            ("one scene", [.. Enumerable.Repeat(record[0], ObservedVideo.MaxFrames)]),
            ("a part", Enumerable.Range(0, ObservedVideo.MaxFrames).Select(i => i < 6000 ? record[(1999 + i) / 2] : SyntheticVideo.Picture(random)).ToArray()),
        })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var found = FrameAlignment.Best(record, positions, observed, 0, 0, 10);
            watch.Stop();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Report.Line($"alignment: 4,096 × 16,384 frames, {name}: {watch.Elapsed.TotalMilliseconds:F0} ms, {allocated / 1024} kB");
            Assert.That(allocated, Is.LessThan(600 * 1024));
            if (name == "a part") Assert.That((found!.Value.Offset, found.Value.Matches), Is.EqualTo((-1998L, Enumerable.Range(999, 3000).Count(i => FrameInformation.IsInformative(record[i])))));
        }
    }

    [Test]
    public void Frames_years_apart_cost_no_more_memory()
    {
        var random = new Random(9);
        var record = Frames(random, VideoFingerprint.MaxFrames);
        var observed = Frames(random, ObservedVideo.MaxFrames);
        foreach (var step in new[] { 8_000L, 216_000L })
        {
            long[] positions = [.. Enumerable.Range(0, record.Length).Select(i => step * i)];
            var before = GC.GetAllocatedBytesForCurrentThread();
            FrameAlignment.Best(record, positions, observed, 0, 0, 16);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(600 * 1024));
        }
    }

    private static ulong[] Frames(Random random, int count, bool flat = true) =>
        [.. Enumerable.Range(0, count).Select(_ => flat && random.Next(8) == 0 ? (ulong)random.Next(3) : SyntheticVideo.Picture(random))];

    private static long[] Positions(SampleGrid grid, int count) => [.. Enumerable.Range(0, count).Select(grid.PositionOf)];

    private static Alignment? Naive(ulong[] record, long[] positions, ulong[] observed, long start, long preferred, int radius)
    {
        Alignment? best = null;
        for (var offset = start - positions[^1]; offset <= start + observed.Length - 1 - positions[0]; offset++)
        {
            int score = 0, matches = 0, compared = 0;
            for (var i = 0; i < record.Length; i++)
            {
                if (BitOperations.PopCount(record[i]) is < 24 or > 40) continue;
                for (var j = 0; j < observed.Length; j++)
                {
                    if (start + j - positions[i] != offset) continue;
                    compared++;
                    var distance = BitOperations.PopCount(record[i] ^ observed[j]);
                    if (BitOperations.PopCount(observed[j]) is < 24 or > 40 || distance > radius) continue;
                    score += radius + 1 - distance;
                    matches++;
                }
            }
            if (matches < 3) continue;
            if (best is not { } other || score > other.Score || (score == other.Score && Math.Abs(offset - preferred) < Math.Abs(other.Offset - preferred)))
                best = new Alignment(offset, score, matches, compared);
        }
        return best;
    }
}
