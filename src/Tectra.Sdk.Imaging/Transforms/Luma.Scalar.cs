using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

internal static partial class Luma
{
    public static void FromRgbScalar(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (var x = 0; x < destination.Length; x++) destination[x] = Weigh(source[3 * x], source[(3 * x) + 1], source[(3 * x) + 2]);
    }

    public static void FromRgbaScalar(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (var x = 0; x < destination.Length; x++) destination[x] = Weigh(source[4 * x], source[(4 * x) + 1], source[(4 * x) + 2]);
    }

    private static byte Weigh(int r, int g, int b) => (byte)(((RedWeight * r) + (GreenWeight * g) + (BlueWeight * b) + Rounding) >> Shift);

    private static void FromGrayAlpha(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (var x = 0; x < destination.Length; x++) destination[x] = source[2 * x];
    }

    /// <summary>CMYK as Adobe stores it, inverted, through Pillow's CMYK to RGB conversion.</summary>
    private static void FromCmyk(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        for (var x = 0; x < destination.Length; x++)
        {
            var pixel = source.Slice(4 * x, 4);
            int notK = pixel[3]; // 255 − K, and K = 255 − stored
            destination[x] = Weigh(Ink(pixel[0], notK), Ink(pixel[1], notK), Ink(pixel[2], notK));
        }

        static int Ink(byte stored, int notK)
        {
            // muldiv255 of Pillow: a·b/255, rounded
            var product = ((255 - stored) * notK) + 128;
            return Math.Clamp(notK - (((product >> 8) + product) >> 8), 0, 255);
        }
    }

    private static void Row16(ReadOnlySpan<ushort> source, PixelLayout layout, LumaRule rule, Span<byte> destination)
    {
        for (var x = 0; x < destination.Length; x++)
        {
            destination[x] = layout switch
            {
                PixelLayout.Gray => Gray16(source[x], rule),
                PixelLayout.GrayAlpha => Gray16(source[2 * x], rule),
                PixelLayout.Rgb => Weigh(source[3 * x] >> 8, source[(3 * x) + 1] >> 8, source[(3 * x) + 2] >> 8),
                _ => Weigh(source[4 * x] >> 8, source[(4 * x) + 1] >> 8, source[(4 * x) + 2] >> 8),
            };
        }
    }

    private static byte Gray16(ushort value, LumaRule rule) => rule == LumaRule.ClippedGray16 ? (byte)Math.Min(value, (ushort)255) : (byte)(value >> 8);
}
