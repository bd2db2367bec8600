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

    /// <summary>The same with 16-bit samples: the change is rounded to their steps, 257 times as many.</summary>
    public static void Add16(Span<ushort> pixels, int channels, int colours, ReadOnlySpan<float> change)
    {
        const float Scale = 257; // 65535 / 255
        for (var x = 0; x < change.Length; x++)
        {
            var step = (int)MathF.Floor((change[x] * Scale) + 0.5f);
            var pixel = pixels.Slice(x * channels, channels);
            if (colours < channels && pixel[colours] == 0) continue;
            for (var c = 0; c < colours; c++) pixel[c] = (ushort)Math.Clamp(pixel[c] + step, 0, ushort.MaxValue);
        }
    }
}
