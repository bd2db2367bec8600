using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Interop;

/// <summary>libspng's C names (0.7). No policy.</summary>
internal static unsafe partial class Spng
{
    public const int ContextDecoder = 0, ContextEncoder = 2;
    public const int FormatRgba8 = 1, FormatRgba16 = 2, FormatRgb8 = 4, FormatGray8 = 64, FormatPng = 256;
    public const int DecodeTransparency = 1;
    public const int EncodeFinalize = 2;
    public const int OptionCompressionLevel = 2, OptionFilterChoice = 10, OptionEncodeToBuffer = 12;

    public const int ErrorEndOfFile = -1, ErrorMemory = 2;

    private const string Library = "libspng";

    static Spng() => ImagingLibraries.Register();

    [LibraryImport(Library)]
    internal static partial nint spng_ctx_new(int flags);

    [LibraryImport(Library)]
    internal static partial void spng_ctx_free(nint context);

    [LibraryImport(Library)]
    internal static partial int spng_set_png_buffer(nint context, byte* buffer, nuint size);

    [LibraryImport(Library)]
    internal static partial byte* spng_get_png_buffer(nint context, nuint* length, int* error);

    [LibraryImport(Library)]
    internal static partial int spng_set_image_limits(nint context, uint width, uint height);

    [LibraryImport(Library)]
    internal static partial int spng_set_option(nint context, int option, int value);

    [LibraryImport(Library)]
    internal static partial int spng_decoded_image_size(nint context, int format, nuint* length);

    [LibraryImport(Library)]
    internal static partial int spng_decode_image(nint context, byte* destination, nuint length, int format, int flags);

    [LibraryImport(Library)]
    internal static partial int spng_encode_image(nint context, byte* image, nuint length, int format, int flags);

    [LibraryImport(Library)]
    internal static partial int spng_set_ihdr(nint context, Ihdr* ihdr);

    [LibraryImport(Library)]
    internal static partial nint spng_strerror(int error);

    /// <summary><c>struct spng_ihdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Ihdr
    {
        public uint Width;
        public uint Height;
        public byte BitDepth;
        public byte ColourType;
        public byte CompressionMethod;
        public byte FilterMethod;
        public byte InterlaceMethod;
    }
}
