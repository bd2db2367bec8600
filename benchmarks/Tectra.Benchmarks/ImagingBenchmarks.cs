using BenchmarkDotNet.Attributes;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;
using Tectra.Sdk.Imaging.Hashing;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Watermarking;

namespace Tectra.Benchmarks;

/// <summary>The steps of signing and inspecting, beside the codec that nothing can be faster than.</summary>
[MemoryDiagnoser]
public class ImagingBenchmarks
{
    private readonly WatermarkPayload _payload = new(UInt128.MaxValue / 7);
    private byte[] _file = [];
    private IImageCodec _codec = null!;
    private ImageHeader _header = null!;
    private ImageBuffer _image = null!;
    private ImageBuffer _copy = null!;
    private Plane<byte> _luma = null!;

    [Params("large/library-pixel5-12mp-exif-c2pa.jpg", "kodak/kodim01.png")]
    public string Picture { get; set; } = "";

    [GlobalSetup]
    public void Load()
    {
        _file = Data.Read(Picture);
        _codec = ImageCodecs.Of(ImageFormats.Detect(_file));
        _header = _codec.ReadHeader(_file, ImagingOptions.Default);
        _image = _codec.Decode(_file, _header, out _);
        _copy = _image.Clone();
        _luma = CanonicalImage.LumaOf(_image);
    }

    [Benchmark(Baseline = true)]
    public void Decode() => _codec.Decode(_file, _header, out _).Dispose();

    [Benchmark]
    public int Encode() => _codec.Encode(_image, _header.Encoding, ImageMetadata.Empty).Length;

    [Benchmark]
    public PerceptualHash Hash() => PerceptualHasher.Hash(_image, _header.Luma);

    [Benchmark]
    public void Embed() => WatermarkEmbedder.Embed(_copy, _luma, _payload, 44);

    [Benchmark]
    public bool Extract()
    {
        using var canonical = CanonicalImage.Create(_image, _luma);
        return WatermarkDetector.Detect(_luma, canonical, default).Found;
    }

    [Benchmark]
    public ImageQuality Quality() => ImageQuality.Compare(_image, _copy);
}
