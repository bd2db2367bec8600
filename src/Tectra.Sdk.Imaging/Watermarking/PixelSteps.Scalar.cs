namespace Tectra.Sdk.Imaging.Watermarking;

internal static partial class PixelSteps
{
    public static void RoundScalar(ReadOnlySpan<float> change, Span<byte> up, Span<byte> down, int start)
    {
        for (var x = start; x < change.Length; x++)
        {
            var step = (int)Math.Clamp(MathF.Floor(change[x] + 0.5f), -Most, Most);
            up[x] = (byte)Math.Max(step, 0);
            down[x] = (byte)Math.Max(-step, 0);
        }
    }

    public static void AddScalar(Span<byte> pixels, int channels, int colours, ReadOnlySpan<byte> up, ReadOnlySpan<byte> down, int start)
    {
        for (var x = start; x < up.Length; x++)
        {
            var pixel = pixels.Slice(x * channels, channels);
            if (colours < channels && pixel[colours] == 0) continue; // transparent
            for (var c = 0; c < colours; c++) pixel[c] = (byte)Math.Clamp(pixel[c] + up[x] - down[x], 0, byte.MaxValue);
        }
    }

    public static void RoundScalar(ReadOnlySpan<float> change, Span<ushort> up, Span<ushort> down, int start)
    {
        for (var x = start; x < change.Length; x++)
        {
            var step = (int)Math.Clamp(MathF.Floor((change[x] * DeepSteps) + 0.5f), -MostDeep, MostDeep);
            up[x] = (ushort)Math.Max(step, 0);
            down[x] = (ushort)Math.Max(-step, 0);
        }
    }

    public static void AddScalar(Span<ushort> pixels, int channels, int colours, ReadOnlySpan<ushort> up, ReadOnlySpan<ushort> down, int start)
    {
        for (var x = start; x < up.Length; x++)
        {
            var pixel = pixels.Slice(x * channels, channels);
            if (colours < channels && pixel[colours] == 0) continue;
            for (var c = 0; c < colours; c++) pixel[c] = (ushort)Math.Clamp(pixel[c] + up[x] - down[x], 0, ushort.MaxValue);
        }
    }
}
