namespace Tectra.Sdk.Imaging.Watermarking;

internal static partial class CanonicalKernels
{
    public static int CountGreyScalar(ReadOnlySpan<byte> luma, byte margin)
    {
        var count = 0;
        foreach (var value in luma) count += value > margin && value < byte.MaxValue - margin ? 1 : 0;
        return count;
    }

    public static void FoldScalar(Span<byte> luma)
    {
        foreach (ref var value in luma) value = (byte)(value < 128 ? 128 + value : value - 127);
    }

    public static bool VisibleScalar(ReadOnlySpan<byte> pixels, int channels, Span<byte> visible, int start)
    {
        var all = true;
        for (var x = start; x < visible.Length; x++)
        {
            visible[x] = Math.Min(pixels[((x + 1) * channels) - 1], (byte)1);
            all &= visible[x] != 0;
        }
        return all;
    }

    public static bool Visible16(ReadOnlySpan<ushort> pixels, int channels, Span<byte> visible)
    {
        var all = true;
        for (var x = 0; x < visible.Length; x++)
        {
            visible[x] = (byte)Math.Min(pixels[((x + 1) * channels) - 1], (ushort)1);
            all &= visible[x] != 0;
        }
        return all;
    }

    public static (long Sum, long Count) SumOfVisibleScalar(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> visible)
    {
        long sum = 0, count = 0;
        for (var i = 0; i < luma.Length; i++)
        {
            sum += luma[i] * visible[i];
            count += visible[i];
        }
        return (sum, count);
    }

    public static void FillScalar(Span<byte> luma, ReadOnlySpan<byte> visible, byte value)
    {
        for (var i = 0; i < luma.Length; i++)
        {
            if (visible[i] == 0) luma[i] = value;
        }
    }
}
