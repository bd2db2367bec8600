using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>Products of small dense matrices, row after row. Each element is added up in the order of k, so all paths agree bit for bit.</summary>
internal static partial class MatrixProduct
{
    /// <summary>The number of rows must be a multiple of this, so that one reading of <c>b</c> serves as many rows.</summary>
    public const int RowGroup = 4;

    /// <summary>The number of columns must be a multiple of this: a vector of 512 bits.</summary>
    public const int ColumnGroup = 8;

    /// <summary><c>result[i, j] = Σₖ a[i, k]·b[k, j]</c>.</summary>
    /// <param name="a">Rows of <paramref name="inner"/> values.</param>
    /// <param name="b"><paramref name="inner"/> rows of <paramref name="columns"/> values.</param>
    /// <param name="inner">The number of k, at least one.</param>
    /// <param name="columns">The number of j, a multiple of <see cref="ColumnGroup"/>.</param>
    /// <param name="result">As many rows as <paramref name="a"/> has, a multiple of <see cref="RowGroup"/>.</param>
    public static void Multiply(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int inner, int columns, Span<double> result)
    {
        var rows = a.Length / inner;
        if (rows % RowGroup != 0 || columns % ColumnGroup != 0 || b.Length != inner * columns || result.Length != rows * columns)
            throw new ArgumentException($"{a.Length} values of {inner} a row don't go with {b.Length} of {columns} into {result.Length}.");
        if (Vector512.IsHardwareAccelerated) MultiplyVector512(a, b, inner, columns, result);
        else if (Vector256.IsHardwareAccelerated) MultiplyVector256(a, b, inner, columns, result);
        else if (Vector128.IsHardwareAccelerated) MultiplyVector128(a, b, inner, columns, result);
        else MultiplyScalar(a, b, inner, columns, result);
    }
}
