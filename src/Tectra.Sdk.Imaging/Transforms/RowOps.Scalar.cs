namespace Tectra.Sdk.Imaging.Transforms;

internal static partial class RowOps
{
    public static void AddScaledScalar(ReadOnlySpan<float> row, float weight, Span<float> sums)
    {
        for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weight;
    }

    public static void AddScaledScalar(ReadOnlySpan<byte> row, float weight, Span<float> sums)
    {
        for (var i = 0; i < row.Length; i++) sums[i] += row[i] * weight;
    }
}
