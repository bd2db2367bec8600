using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Pixels;

/// <summary>What the samples of a pixel mean, in their order.</summary>
internal enum PixelLayout
{
    Gray = 1,
    GrayAlpha = 2,
    Rgb = 3,
    Rgba = 4,
    Cmyk = 5,
}

/// <summary>
/// Owns the decoded pixels of one image in native memory, rows packed without padding, samples of 8 or 16 bits (16 in the
/// machine's byte order). Not thread-safe while written.
/// </summary>
internal sealed unsafe class ImageBuffer : IDisposable
{
    /// <summary>The alpha (of 255) from which a pixel counts as shown.</summary>
    public const byte VisibleAlpha = 192;

    private const nuint HugePageBytes = 2 * 1024 * 1024;

    private byte* _pixels;

    public ImageBuffer(int width, int height, PixelLayout layout, int bitDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (bitDepth is not (8 or 16)) throw new ArgumentOutOfRangeException(nameof(bitDepth));
        Width = width;
        Height = height;
        Layout = layout;
        BitDepth = bitDepth;
        RowBytes = checked(width * Channels * (bitDepth / 8));
        Length = (nuint)RowBytes * (nuint)height;
        _pixels = Allocate(Length);
    }

    ~ImageBuffer() => Free();

    public int Width { get; }

    public int Height { get; }

    public PixelLayout Layout { get; }

    public int BitDepth { get; }

    public int Channels => Layout == PixelLayout.Cmyk ? 4 : (int)Layout;

    public bool HasAlpha => Layout is PixelLayout.GrayAlpha or PixelLayout.Rgba;

    /// <summary>How many samples of a pixel are colour, not alpha.</summary>
    public int ColourChannels => HasAlpha ? Channels - 1 : Channels;

    /// <summary>The length of a row in bytes.</summary>
    public int RowBytes { get; }

    /// <summary>The length of all rows in bytes.</summary>
    public nuint Length { get; }

    /// <summary>The first byte of the first row, for codecs.</summary>
    public byte* Pointer => _pixels is not null ? _pixels : throw new ObjectDisposedException(nameof(ImageBuffer));

    /// <summary>The samples of a row of 8-bit samples.</summary>
    public Span<byte> Row(int y)
    {
        System.Diagnostics.Debug.Assert(BitDepth == 8);
        return RawRow(y);
    }

    /// <summary>The samples of a row of 16-bit samples.</summary>
    public Span<ushort> Row16(int y)
    {
        System.Diagnostics.Debug.Assert(BitDepth == 16);
        return MemoryMarshal.Cast<byte, ushort>(RawRow(y));
    }

    /// <summary>The bytes of a row, whatever its samples.</summary>
    public Span<byte> RawRow(int y)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height);
        return new Span<byte>(Pointer + ((nuint)y * (nuint)RowBytes), RowBytes);
    }

    /// <summary>A sample, of 16 bits the upper 8, as viewers show it.</summary>
    public byte Sample8(int y, int index) => BitDepth == 16 ? (byte)(Row16(y)[index] >> 8) : Row(y)[index];

    /// <summary>A new buffer with the same pixels.</summary>
    public ImageBuffer Clone()
    {
        var copy = new ImageBuffer(Width, Height, Layout, BitDepth);
        NativeMemory.Copy(Pointer, copy.Pointer, Length);
        return copy;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Large buffers ask for huge pages: faulting 36 MB in page by page costs a quarter of a 12 megapixel JPEG's decoding.
    /// </summary>
    private static byte* Allocate(nuint length)
    {
        if (length < 2 * HugePageBytes || !OperatingSystem.IsLinux()) return (byte*)NativeMemory.AlignedAlloc(length, 64);
        var pointer = NativeMemory.AlignedAlloc(length, HugePageBytes);
        _ = Interop.LibC.madvise(pointer, length, Interop.LibC.AdviceHugePage); // advice: nothing depends on it
        return (byte*)pointer;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pixels);
        _pixels = null;
    }
}
