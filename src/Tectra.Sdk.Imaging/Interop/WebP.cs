using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Interop;

/// <summary>libwebp's C names (ABI 0x02xx: 1.0 and later) and its public structures. No policy.</summary>
internal static unsafe partial class WebP
{
    public const int DecoderAbi = 0x0209, EncoderAbi = 0x020f;
    public const int MaxDimension = 16383;
    public const int PresetDefault = 0;
    public const int ErrorOutOfMemory = 1, ErrorBitstreamOutOfMemory = 2, ErrorPartition0Overflow = 6, ErrorPartitionOverflow = 7;

    private const string Library = "libwebp";

    static WebP() => ImagingLibraries.Register();

    [LibraryImport(Library)]
    internal static partial int WebPGetFeaturesInternal(byte* data, nuint size, Features* features, int abi);

    [LibraryImport(Library)]
    internal static partial byte* WebPDecodeRGBInto(byte* data, nuint size, byte* destination, nuint destinationSize, int stride);

    [LibraryImport(Library)]
    internal static partial byte* WebPDecodeRGBAInto(byte* data, nuint size, byte* destination, nuint destinationSize, int stride);

    [LibraryImport(Library)]
    internal static partial int WebPConfigInitInternal(Config* config, int preset, float quality, int abi);

    [LibraryImport(Library)]
    internal static partial int WebPConfigLosslessPreset(Config* config, int level);

    [LibraryImport(Library)]
    internal static partial int WebPPictureInitInternal(Picture* picture, int abi);

    [LibraryImport(Library)]
    internal static partial int WebPPictureImportRGB(Picture* picture, byte* rgb, int stride);

    [LibraryImport(Library)]
    internal static partial int WebPPictureImportRGBA(Picture* picture, byte* rgba, int stride);

    [LibraryImport(Library)]
    internal static partial void WebPPictureFree(Picture* picture);

    [LibraryImport(Library)]
    internal static partial int WebPEncode(Config* config, Picture* picture);

    /// <summary><c>WebPBitstreamFeatures</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Features
    {
        public int Width;
        public int Height;
        public int HasAlpha;
        public int HasAnimation;
        public int Format;
        private fixed uint _pad[5];
    }

    /// <summary><c>WebPConfig</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Config
    {
        public int Lossless;
        public float Quality;
        public int Method;
        public int ImageHint;
        public int TargetSize;
        public float TargetPsnr;
        public int Segments;
        public int SnsStrength;
        public int FilterStrength;
        public int FilterSharpness;
        public int FilterType;
        public int AutoFilter;
        public int AlphaCompression;
        public int AlphaFiltering;
        public int AlphaQuality;
        public int Pass;
        public int ShowCompressed;
        public int Preprocessing;
        public int Partitions;
        public int PartitionLimit;
        public int EmulateJpegSize;
        public int ThreadLevel;
        public int LowMemory;
        public int NearLossless;
        public int Exact;
        public int UseDeltaPalette;
        public int UseSharpYuv;
        public int QMin;
        public int QMax;
    }

    /// <summary><c>WebPPicture</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Picture
    {
        public int UseArgb;
        public int Colourspace;
        public int Width;
        public int Height;
        public byte* Y;
        public byte* U;
        public byte* V;
        public int YStride;
        public int UvStride;
        public byte* A;
        public int AStride;
        private fixed uint _pad1[2];
        public uint* Argb;
        public int ArgbStride;
        private fixed uint _pad2[3];
        public delegate* unmanaged[Cdecl]<byte*, nuint, Picture*, int> Writer;
        public nint CustomPointer;
        public int ExtraInfoType;
        public byte* ExtraInfo;
        public void* Stats;
        public int ErrorCode;
        public void* ProgressHook;
        public void* UserData;
        private fixed uint _pad3[3];
        private byte* _pad4;
        private byte* _pad5;
        private fixed uint _pad6[8];
        private void* _memory;
        private void* _memoryArgb;
        private void* _pad7First;
        private void* _pad7Second;
    }
}
