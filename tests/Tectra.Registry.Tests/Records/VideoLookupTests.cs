using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage;
using Tectra.Registry.Tests.Similarity;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Registry.Tests.Records;

/// <summary>Which records a video or a still may be, over every engine.</summary>
[TestFixtureSource(typeof(TestDatabase), nameof(TestDatabase.Engines))]
public sealed class VideoLookupTests(string engine)
{
    private static readonly RegistryCaching Fresh = new() { Records = 100 }, Stale = new() { Records = 100, MaxStaleness = TimeSpan.FromHours(1) };

    private static readonly SampleRate EverySecond = SampleRate.Of(1), Dense = SampleRate.Of(8);

    private readonly VideoFrames _source = new(7);

    private TestDatabase _database = null!;
    private RegistryFixture _fixture = null!;

    [SetUp]
    public async Task Prepare()
    {
        _database = await TestDatabase.CreateAsync(engine);
        _fixture = await RegistryFixture.CreateAsync();
    }

    [TearDown]
    public async Task CleanUp()
    {
        await _fixture.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task A_video_is_found_by_its_bytes_its_frames_and_a_still_by_the_frame_that_it_is()
    {
        await using var registry = await OpenAsync();
        var frames = _source.Next(60);
        var video = await AddAsync(registry, _fixture.SignVideo("video", EverySecond, frames));
        var other = await AddAsync(registry, _fixture.SignVideo("other", EverySecond, _source.Next(60)));
        var near = _source.Flip(frames[30], 6);
        var picture = await AddAsync(registry, _fixture.Sign("picture", near.Bits, watermark: false));

        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("video", Dense, _source.Next(20))), Is.EqualTo(new[] { video }), "by its bytes, whatever its frames");
        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("clip", Dense, [.. frames[10..20].Select(frame => _source.Flip(frame, 8))])), Is.EqualTo(new[] { video }));
        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("too far", Dense, [.. frames[10..20].Select(frame => _source.Flip(frame, 9))])), Is.Empty);
        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("strange", Dense, _source.Next(20))), Is.Empty);
        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("black", Dense, new PerceptualHash[20])), Is.Empty);
        Assert.That(await FindAsync(registry, new ObservedContent { Sha256 = RegistryFixture.Digest("nothing measured") }), Is.Empty);

        var still = new ObservedContent { Sha256 = RegistryFixture.Digest("still"), PerceptualHash = frames[30] };
        Assert.That(await FindAsync(registry, still), Is.EquivalentTo(new[] { video, picture }));
        Assert.That(await registry.FindPicturesAsync(frames[30], 8, default), Has.Count.EqualTo(1), "no video among pictures");
        var majority = TestVideos.Fingerprint(EverySecond, TimeSpan.FromSeconds(60), [.. frames]).PerceptualHash;
        Assert.That(frames.Select(frame => frame.DistanceTo(majority)), Is.All.GreaterThan(8));
        Assert.That(await FindAsync(registry, still with { PerceptualHash = majority }), Is.Empty, "what stands for the whole video is no picture of it");
        Assert.That(await FindAsync(registry, still with { PerceptualHash = default(PerceptualHash) }), Is.Empty);

        var exhaustive = new LookupOptions { IsExhaustive = true };
        var mixed = RegistryFixture.ObserveVideo("other", Dense, frames[..5]);
        Assert.That(await FindAsync(registry, mixed), Is.EqualTo(new[] { other }));
        Assert.That(await FindAsync(registry, mixed, exhaustive), Is.EquivalentTo(new[] { video, other }));
    }

    [Test]
    public async Task The_sixteen_records_with_most_frames_in_common_are_found()
    {
        await using var registry = await OpenAsync();
        var all = new List<(RecordId Id, PerceptualHash[] Frames)>();
        for (var i = 0; i < 20; i++)
        {
            var frames = _source.Next(30);
            all.Add((await AddAsync(registry, _fixture.SignVideo($"video {i}", EverySecond, frames)), frames));
        }
        PerceptualHash[] compilation = [.. all.SelectMany((video, i) => video.Frames.Take(1 + (i * 7 % 20)).Select(frame => _source.Flip(frame, 3)))];
        var expected = all.Select((video, i) => (video.Id, Votes: 1 + (i * 7 % 20))).OrderByDescending(video => video.Votes).Take(16).Select(video => video.Id);
        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("compilation", Dense, compilation)), Is.EquivalentTo(expected));
        var still = new ObservedContent { Sha256 = RegistryFixture.Digest("still"), PerceptualHash = all[3].Frames[4] };
        Assert.That(await FindAsync(registry, still), Is.EqualTo(new[] { all[3].Id }));
    }

    [Test]
    public async Task Another_process_and_a_later_start_find_the_same()
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        await second.WarmAsync(default);
        var frames = _source.Next(40);
        var observed = RegistryFixture.ObserveVideo("clip", Dense, frames[5..9]);
        Assert.That(await FindAsync(second, observed), Is.Empty);
        var video = await AddAsync(first, _fixture.SignVideo("video", EverySecond, frames));
        Assert.That(await FindAsync(first, observed), Is.EqualTo(new[] { video }), "itself");
        Assert.That(await FindAsync(second, observed), Is.EqualTo(new[] { video }), "another one, which had read the index before");
        await using var third = await OpenAsync();
        Assert.That(await FindAsync(third, observed), Is.EqualTo(new[] { video }), "one that starts later");
        var still = new ObservedContent { Sha256 = RegistryFixture.Digest("still"), PerceptualHash = frames[6] };
        foreach (var registry in new[] { first, second, third }) Assert.That(await FindAsync(registry, still), Is.EqualTo(new[] { video }));
    }

    [Test]
    public async Task What_a_registry_registers_itself_it_finds_at_once_however_long_it_keeps_things()
    {
        await using var registry = await OpenAsync(Stale);
        await registry.WarmAsync(default);
        var frames = _source.Next(40);
        var video = await AddAsync(registry, _fixture.SignVideo("video", EverySecond, frames));
        Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("clip", Dense, frames[5..9])), Is.EqualTo(new[] { video }));
        var majority = TestVideos.Fingerprint(EverySecond, TimeSpan.FromSeconds(40), [.. frames]).PerceptualHash;
        Assert.That(await registry.FindPicturesAsync(majority, 8, default), Is.Empty);
    }

    [Test]
    public async Task Videos_that_several_register_at_once_are_all_found_by_all()
    {
        const int Videos = 40;
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var signed = Enumerable.Range(0, Videos).Select(i => (Frames: _source.Next(20), Name: $"video {i}")).Select(video => (video.Frames, Signed: _fixture.SignVideo(video.Name, EverySecond, video.Frames))).ToList();
        await Task.WhenAll(signed.Select((video, i) => Task.Run(async () =>
        {
            var (mine, others) = i % 2 == 0 ? (first, second) : (second, first);
            await AddAsync(mine, video.Signed);
            foreach (var registry in new[] { mine, others })
                Assert.That(await FindAsync(registry, RegistryFixture.ObserveVideo("clip", Dense, video.Frames[3..7])), Is.EqualTo(new[] { video.Signed.Certificate.RecordId }));
        })));
    }

    private static async Task<IReadOnlyList<RecordId>> FindAsync(ContentRegistry registry, ObservedContent observed, LookupOptions? options = null) =>
        [.. (await registry.FindAsync(observed, options ?? new LookupOptions(), default)).Select(record => record.Evidence.Certificate!.RecordId)];

    private static async Task<RecordId> AddAsync(ContentRegistry registry, SignedCertificate signed) =>
        (await registry.RegisterAsync([new RegistrationRequest(signed.Envelope, null)], null, null, default))[0].GetReceipt().RecordId;

    private async Task<ContentRegistry> OpenAsync(RegistryCaching? caching = null)
    {
        var store = await _database.OpenStoreAsync();
        var registry = new ContentRegistry(store, new StoredLedger(store, _fixture.LedgerKey, _fixture.Clock), null, caching ?? Fresh, _fixture.Clock, NullLogger.Instance);
        await registry.RegisterKeyAsync(new NewSigningKey("1", _fixture.Key.PublicKey, RegistryFixture.UserId, null, null, UtcTimestamp.From(_fixture.Clock.Now)), default);
        return registry;
    }
}
