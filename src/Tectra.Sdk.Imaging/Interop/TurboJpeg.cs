using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Interop;

/// <summary>The TurboJPEG API's C names (2.1 and later; the <c>tj*</c> functions, which 3.x keeps). No policy.</summary>
internal static unsafe partial class TurboJpeg
{
    public const int PixelFormatRgb = 0, PixelFormatGray = 6, PixelFormatCmyk = 11;
    public const int Sampling444 = 0, Sampling422 = 1, Sampling420 = 2, SamplingGray = 3, Sampling440 = 4, Sampling411 = 5;
    public const int FlagAccurateDct = 4096, FlagProgressive = 16384, FlagLimitScans = 32768;
    public const int ErrorWarning = 0;

    private const string Library = "libturbojpeg";

    static TurboJpeg() => ImagingLibraries.Register();

    [LibraryImport(Library)]
    internal static partial nint tjInitDecompress();

    [LibraryImport(Library)]
    internal static partial nint tjInitCompress();

    [LibraryImport(Library)]
    internal static partial int tjDestroy(nint handle);

    [LibraryImport(Library)]
    internal static partial int tjDecompress2(
        nint handle, byte* jpeg, CULong jpegSize, byte* destination, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library)]
    internal static partial int tjCompress2(
        nint handle, byte* source, int width, int pitch, int height, int pixelFormat, byte** jpeg, CULong* jpegSize, int sampling, int quality, int flags);

    [LibraryImport(Library)]
    internal static partial void tjFree(byte* buffer);

    [LibraryImport(Library)]
    internal static partial int tjGetErrorCode(nint handle);

    [LibraryImport(Library)]
    internal static partial nint tjGetErrorStr2(nint handle);
}
