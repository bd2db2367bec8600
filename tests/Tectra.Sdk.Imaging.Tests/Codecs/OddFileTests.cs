using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Tests.Codecs;

/// <summary>Every odd and hostile file is decoded or refused for a stated reason.</summary>
public sealed class OddFileTests
{
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["bad-bitflips-20-lossless.webp"] = "image_corrupt",
        ["bad-bitflips-20.png"] = "image_corrupt",
        ["bad-empty.jpg"] = "file_empty",
        ["bad-header-only-100bytes.jpg"] = "image_truncated",
        ["bad-ihdr-crc.png"] = "image_corrupt",
        ["bad-only-signature.png"] = "image_truncated",
        ["bad-only-soi.jpg"] = "image_truncated",
        ["bad-random-4k.jpg"] = "unsupported_format",
        ["bad-truncated-60.jpg"] = "image_truncated",
        ["bad-truncated-60.png"] = "image_truncated",
        ["bad-truncated-60.webp"] = "image_truncated",
        ["bad-truncated-lossless-60.webp"] = "image_truncated",
        ["bad-truncated-progressive-40.jpg"] = "image_truncated",
        ["bad-zero-width.png"] = "image_corrupt",
        ["bomb-header-100000x100000.png"] = "too_many_pixels",
        ["bomb-header-2147483647.png"] = "too_many_pixels",
        ["bomb-valid-25000x25000-1bit.png"] = "too_many_pixels",
        ["gif-animated-5frames.gif"] = "unsupported_format",
        ["jpeg-bomb-header-65500x65500.jpg"] = "too_many_pixels",
        ["jpeg-no-eoi.jpg"] = "image_truncated",
        ["other-lzw.tif"] = "unsupported_format",
        ["other.bmp"] = "unsupported_format",
        ["other.ico"] = "unsupported_format",
        ["other.svg"] = "unsupported_format",
        ["tiny-1x1.gif"] = "unsupported_format",
        ["wrongext-html-inside.png"] = "unsupported_format",
        ["wrongext-text-inside.webp"] = "unsupported_format",
    };

    [Test]
    public async Task Every_odd_file_is_decoded_or_refused_with_its_code()
    {
        var files = TestData.Images("images/odd");
        var inspector = new ImageInspector();
        Report.Line($"{"odd file",-42} {"outcome",-20} {"size",-12} {"hash",-17} watermark");
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var observed = await inspector.InspectFileAsync(TestData.PathOf(file));
            Report.Line(Row(name, observed));
            Assert.That(observed.PerceptualHashProblem?.Code, Is.EqualTo(Refused.GetValueOrDefault(name)), name);
            Assert.That(observed.PerceptualHash is null, Is.EqualTo(Refused.ContainsKey(name)), name);
        }
        Report.Line($"odd files: {files.Count - Refused.Count} decoded, {Refused.Count} refused with a code");
        Assert.That(files, Has.Count.EqualTo(97));
    }

    [Test]
    public void Limits_are_checked_before_pixels_and_can_be_set()
    {
        var kodim = TestData.Read("images/kodak/kodim01.png");
        var few = new ImageInspector(new ImagingOptions { MaxPixels = (768 * 512) - 1 });
        var enough = new ImageInspector(new ImagingOptions { MaxPixels = 768 * 512, MaxFileBytes = kodim.Length });
        var small = new ImageInspector(new ImagingOptions { MaxFileBytes = kodim.Length - 1 });
        Assert.Multiple(() =>
        {
            Assert.That(few.Inspect(kodim).PerceptualHashProblem!.Code, Is.EqualTo("too_many_pixels"));
            Assert.That(enough.Inspect(kodim).PerceptualHash, Is.Not.Null);
            Assert.That(small.Inspect(kodim).PerceptualHashProblem!.Code, Is.EqualTo("file_too_large"));
            Assert.That(() => new ImagingOptions { MaxPixels = 0 }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new ImagingOptions { MaxFileBytes = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => new ImagingOptions { WatermarkStrengthDecibels = double.NaN }, Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public async Task A_file_over_the_length_limit_is_still_hashed()
    {
        var path = TestData.PathOf("images/kodak/kodim01.png");
        var observed = await new ImageInspector(new ImagingOptions { MaxFileBytes = 1000 }).InspectFileAsync(path);
        Assert.That(observed.Sha256.ToString(), Is.EqualTo("a56e27cbf5f843c048b6af1d6e090760e9c92fadba88b7dee0205918a37523bd"));
        Assert.That(observed.PerceptualHashProblem!.Code, Is.EqualTo("file_too_large"));
    }

    [Test]
    public void A_bomb_is_refused_without_its_memory()
    {
        var bomb = TestData.Read("images/odd/bomb-valid-25000x25000-1bit.png");
        var before = Environment.WorkingSet;
        var observed = new ImageInspector().Inspect(bomb);
        Assert.That(observed.PerceptualHashProblem!.Code, Is.EqualTo("too_many_pixels"));
        Assert.That(Environment.WorkingSet - before, Is.LessThan(64 * 1024 * 1024));
    }

    private static string Row(string name, ObservedContent observed) => observed.PerceptualHashProblem is { } problem
        ? $"{name,-42} refused: {problem.Code}"
        : $"{name,-42} {"decoded",-20} {$"{observed.Width}×{observed.Height}",-12} {observed.PerceptualHash,-17} {observed.WatermarkProblem?.Code ?? "could carry one"}";
}
