using System.Runtime.CompilerServices;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Imaging.Tests;

/// <summary>Pictures that are signed side by side.</summary>
public sealed class SignManyTests
{
    private static readonly SignRequest Request = new(OriginType.AiGeneratedImage);
    private static readonly byte[] Picture = TestData.Read("images/odd/jpeg-420.jpg");

    private SigningKey _key = null!;
    private ImageSigner _signer = null!;

    [SetUp]
    public void Create()
    {
        _key = SigningKey.Create();
        _signer = new ImageSigner(_key, new SignerIdentity("user", "Organisation", "test"), new ImagingOptions { MeasureQuality = false });
    }

    [TearDown]
    public void Remove() => _key.Dispose();

    [Test]
    public async Task Every_picture_has_one_outcome_and_those_that_fail_stop_nothing()
    {
        var pictures = new[]
        {
            new PictureToSign("good", Picture, Request),
            new PictureToSign("empty", Array.Empty<byte>(), Request),
            PictureToSign.FromFile(TestData.PathOf("images/odd/png-rgba.png"), Request),
            PictureToSign.FromFile(TestData.PathOf("images/nowhere.png"), Request),
            PictureToSign.FromFile(TestData.PathOf("images/odd/bad-truncated-60.jpg"), Request),
            new PictureToSign("too much", Picture, Request with { Metadata = new Dictionary<string, string> { ["k"] = new('x', 1 << 20) } }),
            new PictureToSign("good too", Picture, Request),
        };
        var outcomes = new Dictionary<string, SignOutcome>();
        await foreach (var outcome in _signer.SignManyAsync(Sequence(pictures), new SignManyOptions { Jobs = 3 })) outcomes.Add(outcome.Picture.Name, outcome);
        Assert.That(outcomes.Keys, Is.EquivalentTo(pictures.Select(picture => picture.Name)));
        Assert.Multiple(() =>
        {
            foreach (var outcome in outcomes.Values) Assert.That(outcome.Signed is null, Is.EqualTo(outcome.Error is not null), outcome.Picture.Name);
            Assert.That(outcomes.Values.Count(outcome => outcome.Signed is not null), Is.EqualTo(3));
            Assert.That((outcomes["empty"].Error as InvalidContentException)?.Code, Is.EqualTo(ErrorCodes.FileEmpty));
            Assert.That(outcomes[pictures[3].Name].Error, Is.InstanceOf<IOException>());
            Assert.That(outcomes["too much"].Error, Is.InstanceOf<ArgumentException>());
        });
        var signed = outcomes["good"].Signed!;
        Assert.That(new ImageInspector().Inspect(signed.Bytes.Span).Watermark!.Payload, Is.EqualTo(signed.Certificate.WatermarkPayload), "each output has its own payload");
        Assert.That(signed.Certificate.RecordId, Is.Not.EqualTo(outcomes["good too"].Signed!.Certificate.RecordId));
    }

    [Test]
    public async Task Pictures_are_taken_only_as_fast_as_results_are()
    {
        var taken = 0;
        var seen = 0;
        await foreach (var outcome in _signer.SignManyAsync(Sequence(Enumerable.Repeat(new PictureToSign("same", Picture, Request), 12), () => Interlocked.Increment(ref taken)), new SignManyOptions { Jobs = 2 }))
        {
            Assert.That(outcome.Error, Is.Null);
            seen++;
            await Task.Delay(100);
            // Two at work, one waiting, one that each worker hands over.
            Assert.That(Volatile.Read(ref taken), Is.LessThanOrEqualTo(seen + 4));
        }
        Assert.That((seen, taken), Is.EqualTo((12, 12)));
    }

    [Test]
    public async Task Leaving_the_loop_and_cancelling_end_the_work_and_the_sequence()
    {
        var ended = 0;
        await foreach (var _ in _signer.SignManyAsync(Sequence(Endless(), null, () => Interlocked.Increment(ref ended)))) break;
        Assert.That(ended, Is.EqualTo(1));
        using var cancel = new CancellationTokenSource();
        Assert.That(
            async () =>
            {
                await foreach (var _ in _signer.SignManyAsync(Sequence(Endless(), null, () => Interlocked.Increment(ref ended)), null, cancel.Token)) await cancel.CancelAsync();
            },
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(ended, Is.EqualTo(2));
    }

    [Test]
    public void A_key_that_cannot_sign_and_a_sequence_that_fails_end_everything()
    {
        Assert.That(async () => await Count(_signer.SignManyAsync(Failing())), Throws.InvalidOperationException.With.Message.EqualTo("no more"));
        _key.Dispose();
        Assert.That(async () => await Count(_signer.SignManyAsync(Sequence([new PictureToSign("one", Picture, Request)]))), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => new SignManyOptions { Jobs = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SignManyOptions { MaxPixelsInMemory = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());

        static async IAsyncEnumerable<PictureToSign> Failing()
        {
            await Task.Yield();
            yield return new PictureToSign("one", Picture, Request);
            throw new InvalidOperationException("no more");
        }
    }

    [Test]
    public async Task A_budget_lets_in_what_fits_in_the_order_of_arrival_and_what_never_fits_alone()
    {
        using var budget = new PixelBudget(100);
        await budget.EnterAsync(60, default);
        await budget.EnterAsync(40, default);
        var large = budget.EnterAsync(500, default).AsTask();
        var small = budget.EnterAsync(1, default).AsTask();
        budget.Leave(60);
        await Task.Delay(50);
        Assert.That((large.IsCompleted, small.IsCompleted), Is.EqualTo((false, false)), "small ones don't overtake");
        budget.Leave(40);
        await large;
        await Task.Delay(50);
        Assert.That(small.IsCompleted, Is.False);
        budget.Leave(500);
        await small;
    }

    [Test]
    public void Thumbnails_are_upright_whatever_the_orientation()
    {
        var upright = Thumb(1);
        for (var orientation = 2; orientation <= 8; orientation++)
        {
            var turned = Thumb(orientation);
            Assert.That((turned.Width, turned.Height), Is.EqualTo((upright.Width, upright.Height)), $"orientation {orientation}");
            var difference = turned.Pixels.Zip(upright.Pixels, (a, b) => Math.Abs(a - b)).Average();
            Assert.That(difference, Is.LessThan(6), $"orientation {orientation}");
        }
        Assert.That(Thumbnail.OrientationOf([]), Is.EqualTo(1));
        Assert.That(Thumbnail.OrientationOf("MM\0*\xFF\xFF\xFF\xFF"u8), Is.EqualTo(1));
        Assert.That(Thumbnail.OrientationOf([.. "II*\0"u8, 8, 0, 0, 0, 255, 255]), Is.EqualTo(1));

        static (int Width, int Height, byte[] Pixels) Thumb(int orientation)
        {
            using var image = TestImages.Decode(TestData.Read($"images/odd/orientation-{orientation}.jpg"), out var header);
            using var small = TestImages.Decode(Thumbnail.Create(image, header.Metadata, 64));
            return (small.Width, small.Height, TestImages.PixelsOf(small));
        }
    }

    private static async Task<int> Count(IAsyncEnumerable<SignOutcome> outcomes)
    {
        var count = 0;
        await foreach (var _ in outcomes) count++;
        return count;
    }

    private static IEnumerable<PictureToSign> Endless()
    {
        while (true) yield return new PictureToSign("same", Picture, Request);
    }

    private static async IAsyncEnumerable<PictureToSign> Sequence(
        IEnumerable<PictureToSign> pictures, Action? taken = null, Action? ended = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            foreach (var picture in pictures)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                taken?.Invoke();
                yield return picture;
            }
        }
        finally
        {
            ended?.Invoke();
        }
    }
}
