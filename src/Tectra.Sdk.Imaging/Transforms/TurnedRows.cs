using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// Sixteen rows turned by a quarter: sample x of all sixteen lies side by side, so that what a row needs of its neighbours
/// is the same for every lane. A lane is one row, and all paths agree bit for bit.
/// </summary>
internal static partial class TurnedRows
{
    /// <summary>How many rows are turned at once: a vector of 512 bits.</summary>
    public const int Count = 16;

    /// <summary>Turns up to sixteen rows; what is missing to sixteen becomes zero.</summary>
    public static void Turn(ReadOnlySpan<float> rows, int width, Span<float> turned)
    {
        turned = turned[..(width * Count)];
        if (rows.Length < turned.Length) turned.Clear();
        if (rows.Length < turned.Length || !Vector128.IsHardwareAccelerated || !Sse.IsSupported) TurnScalar(rows, width, turned, 0);
        else if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) TurnVector512(rows, width, turned);
        else if (Avx.IsSupported && Vector256.IsHardwareAccelerated) TurnVector256(rows, width, turned);
        else TurnVector128(rows, width, turned);
    }

    /// <summary>Turns up to sixteen rows back.</summary>
    public static void TurnBack(ReadOnlySpan<float> turned, int width, Span<float> rows)
    {
        turned = turned[..(width * Count)];
        if (rows.Length < turned.Length || !Vector128.IsHardwareAccelerated || !Sse.IsSupported) TurnBackScalar(turned, width, rows, 0);
        else if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) TurnBackVector512(turned, width, rows);
        else if (Avx.IsSupported && Vector256.IsHardwareAccelerated) TurnBackVector256(turned, width, rows);
        else TurnBackVector128(turned, width, rows);
    }

    /// <summary>Gives turned rows another number of columns.</summary>
    public static void Scale(ReadOnlySpan<float> turned, BicubicAxis axis, Span<float> destination)
    {
        turned = turned[..(axis.Inputs * Count)];
        destination = destination[..(axis.Outputs * Count)];
        if (Vector512.IsHardwareAccelerated) ScaleVector512(turned, axis, destination);
        else if (Vector256.IsHardwareAccelerated) ScaleVector256(turned, axis, destination);
        else if (Vector128.IsHardwareAccelerated) ScaleVector128(turned, axis, destination);
        else ScaleScalar(turned, axis, destination);
    }
}
