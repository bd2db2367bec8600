using System.Diagnostics;
using Tectra.Registry.Storage;
using Tectra.Registry.Tests.Similarity;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Storage;

/// <summary>The segments of videos, over every engine.</summary>
[TestFixtureSource(typeof(TestDatabase), nameof(TestDatabase.Engines))]
public sealed class VideoStoreTests(string engine) : StoreTests(engine)
{
    private readonly VideoFrames _source = new(1);

    [Test]
    public async Task A_videos_segments_are_those_of_its_certificate_and_a_picture_has_none()
    {
        var signed = Fixture.SignVideo("video", SampleRate.Of(2), _source.Next(33));
        var picture = Fixture.Sign("picture");
        var results = await Store.AddRecordsAsync([Of(picture), Of(signed)], null, default);
        Assert.That(results.Select(result => result.Outcome), Is.All.EqualTo(AddOutcome.Added));
        var (pictureSequence, sequence) = (results[0].Sequence, results[1].Sequence);
        var video = signed.Certificate.Fingerprint.Video!;
        var segments = await Store.ReadSegmentsAsync(sequence, default);
        Assert.That(segments, Is.EqualTo(video.Chain.Segments.Select((segment, i) =>
            new StoredSegment(i, 5000 * i, i == 3 ? 16_500 : 5000 * (i + 1), segment.Hash, segment.AggregateHash, i == 3 ? 3 : 10))));
        Assert.That(await Store.ReadSegmentsAsync(pictureSequence, default), Is.Empty);
        Assert.That(await Store.ReadSegmentsAsync(999, default), Is.Empty);
        Assert.That(await FramesAsync(null), Is.EqualTo(new[] { (sequence, string.Join(',', video.Frames)) }));
        Assert.That(await FramesAsync([pictureSequence]), Is.Empty);
        Assert.That(await FramesAsync([]), Is.Empty);

        var indexed = new List<IndexedRecord>();
        await Store.ReadIndexAsync(indexed.Add, default);
        Assert.That(indexed, Is.EquivalentTo(new[]
        {
            new IndexedRecord(pictureSequence, picture.Certificate.Fingerprint.PerceptualHash, picture.Certificate.WatermarkPayload),
            new IndexedRecord(sequence, null, null),
        }));
        Assert.That((await Store.FindAsync(signed.Certificate.RecordId, default))!.Envelope.PayloadSha256, Is.EqualTo(signed.Envelope.PayloadSha256));
        Assert.That((await Store.AddRecordsAsync([Of(signed), Of(signed)], null, default)).Select(result => result.Outcome), Is.All.EqualTo(AddOutcome.Repeated));
        Assert.That(await Store.ReadSegmentsAsync(sequence, default), Has.Count.EqualTo(4), "nothing was added");
        Assert.That(await Store.ReadPendingAsync(10, default), Has.Count.EqualTo(2), "only the video itself goes into a batch");
    }

    [Test]
    public async Task Rates_whose_samples_are_far_apart_or_close_together_come_back()
    {
        var expected = new Dictionary<long, VideoFingerprint>();
        foreach (var rate in new[] { SampleRate.Of(60), SampleRate.Of(7, 3), SampleRate.Of(1, 10), SampleRate.Of(7, 60), SampleRate.Of(1, 3600) })
        {
            var signed = Fixture.SignVideo(rate.ToString(), rate, [.. _source.Next(9), .. Enumerable.Repeat(_source.Next(), 700)]);
            expected.Add((await Store.AddRecordsAsync([Of(signed)], null, default))[0].Sequence, signed.Certificate.Fingerprint.Video!);
        }
        Assert.That(await FramesAsync(null), Is.EquivalentTo(expected.Select(video => (video.Key, string.Join(',', video.Value.Frames)))));
        foreach (var (sequence, video) in expected)
        {
            var segments = await Store.ReadSegmentsAsync(sequence, default);
            Assert.That(segments.Select(segment => segment.Hash), Is.EqualTo(video.Chain.Segments.Select(segment => segment.Hash)), video.Rate.ToString());
            Assert.That(segments.Sum(segment => segment.FrameCount), Is.EqualTo(video.Frames.Length));
            Assert.That(segments.Zip(segments.Skip(1), (one, next) => one.EndMilliseconds == next.StartMilliseconds), Is.All.True);
            Assert.That(segments[^1].EndMilliseconds, Is.EqualTo((long)video.Duration.TotalMilliseconds));
        }
    }

    [Test]
    public async Task Videos_come_as_changes_and_their_frames_are_there_when_they_come()
    {
        var cursor = await Store.ReadIndexAsync(_ => { }, default);
        var seen = new Dictionary<long, int>();
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested) await ReadAsync();
        });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                var frames = new VideoFrames(100 + (writer * 20) + i).Next(12);
                await Store.AddRecordsAsync([Of(Fixture.SignVideo($"{writer} {i}", SampleRate.Of(1), frames)), Of(Fixture.Sign($"{writer} {i} picture"))], null, default);
            }
        })));
        await done.CancelAsync();
        await reader;
        await ReadAsync();
        Assert.That(seen, Has.Count.EqualTo(60));
        Assert.That(seen.Values, Is.All.EqualTo(12));

        async Task ReadAsync()
        {
            var videos = new List<long>();
            cursor = (await Store.ReadChangesAsync(
                cursor,
                record =>
                {
                    if (record.Indexed.IsVideo) videos.Add(record.Indexed.Sequence);
                },
                default)).Cursor;
            var frames = 0;
            await Store.ReadFramesAsync(videos, (sequence, hashes) =>
            {
                seen[sequence] = hashes.Length;
                frames++;
            }, default);
            Assert.That(frames, Is.EqualTo(videos.Distinct().Count()));
        }
    }

    [Test]
    public async Task Five_thousand_segments_are_one_registration()
    {
        PerceptualHash[] frames = _source.Next(VideoFingerprint.MaxFrames);
        var signed = Fixture.SignVideo("long", SampleRate.Of(1, 10), frames);
        Assert.That(signed.Envelope.Payload.Length, Is.InRange(60_000, Certificate.MaxPayloadBytes));
        var clock = Stopwatch.StartNew();
        var result = (await Store.AddRecordsAsync([Of(signed)], null, default))[0];
        var elapsed = clock.ElapsedMilliseconds;
        Assert.That(result.Outcome, Is.EqualTo(AddOutcome.Added));
        Assert.That((await Store.AddRecordsAsync([Of(signed)], null, default))[0].Outcome, Is.EqualTo(AddOutcome.Repeated));
        Assert.That(await Store.ReadSegmentsAsync(result.Sequence, default), Has.Count.EqualTo(VideoFingerprint.MaxFrames));
        Assert.That(await FramesAsync([result.Sequence]), Is.EqualTo(new[] { (result.Sequence, string.Join(',', frames)) }));
        var several = Enumerable.Range(0, 5).Select(i => Of(Fixture.SignVideo($"long {i}", SampleRate.Of(1, 10), frames))).ToList();
        Assert.That((await Store.AddRecordsAsync(several, null, default)).Select(one => one.Outcome), Is.All.EqualTo(AddOutcome.Added), "more rows than one statement takes");
        Assert.That(await FramesAsync(null), Has.Count.EqualTo(6));
        Report.Line($"{Engine}: a video of 4,096 segments is stored in {elapsed} ms");
    }

    [Test]
    public async Task A_transaction_that_fails_leaves_no_segment()
    {
        await Database.ExecuteAsync("ALTER TABLE pending_record RENAME TO gone");
        Assert.That(
            async () => await Store.AddRecordsAsync([Of(Fixture.SignVideo("video", SampleRate.Of(1), _source.Next(12)))], null, default),
            Throws.TypeOf<Sdk.RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
        await Database.ExecuteAsync("ALTER TABLE gone RENAME TO pending_record");
        await Database.ExecuteAsync("ALTER TABLE video_segment RENAME TO lost");
        Assert.That(
            async () => await Store.AddRecordsAsync([Of(Fixture.SignVideo("video", SampleRate.Of(1), _source.Next(12)))], null, default),
            Throws.TypeOf<Sdk.RegistryException>().With.Property("Code").EqualTo("registry_unavailable"));
        await Database.ExecuteAsync("ALTER TABLE lost RENAME TO video_segment");
        Assert.That(await FramesAsync(null), Is.Empty);
        Assert.That(await Store.FindBySha256Async(RegistryFixture.Digest("video"), 1, default), Is.Empty);
    }

    [Test]
    public async Task The_database_itself_refuses_changes_and_deletions()
    {
        await Store.AddRecordsAsync([Of(Fixture.SignVideo("video", SampleRate.Of(1), _source.Next(12)))], null, default);
        await AssertOnlyAddsAsync();
    }

    [Test]
    public async Task A_database_without_videos_is_taken_over()
    {
        await Store.AddRecordsAsync([Of(Fixture.Sign("before"))], null, default);
        await Store.DisposeAsync();
        await Database.ExecuteAsync("DROP TABLE video_segment");
        await Database.ExecuteAsync(Engine == TestDatabase.Sqlite
            ? "PRAGMA user_version = 3"
            : "INSERT INTO schema_version VALUES (3); DELETE FROM schema_version WHERE version > 3");
        Store = await Database.OpenStoreAsync();
        Assert.That(await Store.FindBySha256Async(RegistryFixture.Digest("before"), 1, default), Has.Count.EqualTo(1), "what was there is there");
        await Store.AddRecordsAsync([Of(Fixture.SignVideo("video", SampleRate.Of(1), _source.Next(12)))], null, default);
        await AssertOnlyAddsAsync();
        await Store.DisposeAsync();
        Store = await Database.OpenStoreAsync();
        Assert.That(await FramesAsync(null), Has.Count.EqualTo(1));
    }

    private static NewRecord Of(SignedCertificate signed) => new(signed.Certificate, signed.Envelope, null, null, Now);

    private async Task AssertOnlyAddsAsync()
    {
        foreach (var sql in new[] { "DELETE FROM video_segment", "UPDATE video_segment SET end_ms = 0" })
            Assert.That(async () => await Database.ExecuteAsync(sql), Throws.InstanceOf<System.Data.Common.DbException>().With.Message.Contains("only adds"), sql);
    }

    private async Task<List<(long Sequence, string Frames)>> FramesAsync(IReadOnlyCollection<long>? sequences)
    {
        var videos = new List<(long, string)>();
        await Store.ReadFramesAsync(sequences, (sequence, frames) => videos.Add((sequence, string.Join(',', frames))), default);
        return videos;
    }
}
