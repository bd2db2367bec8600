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

    public static void HighBytesScalar(ReadOnlySpan<ushort> source, Span<byte> destination)
    {
        for (var i = 0; i < source.Length; i++) destination[i] = (byte)(source[i] >> 8);
    }

    private static void ClippedGray16(ReadOnlySpan<ushort> source, int channels, Span<byte> destination)
    {
        for (var x = 0; x < destination.Length; x++) destination[x] = (byte)Math.Min(source[x * channels], (ushort)255);
    }
}
