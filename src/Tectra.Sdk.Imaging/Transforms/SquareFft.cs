using System.Buffers;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>The complex discrete Fourier transform of a 128×128 square, row after row, in place and unscaled.</summary>
internal static class SquareFft
{
    public const int Side = 128;

    private static readonly Fft Plan = Fft.OfLength(Side);

    /// <summary>Forward, with e^(−2πi…); swap the two spans on call for the inverse.</summary>
    public static void Transform(Span<float> real, Span<float> imaginary)
    {
        if (Vector512.IsHardwareAccelerated) Transform<Lanes16>(real, imaginary);
        else if (Vector256.IsHardwareAccelerated) Transform<Lanes8>(real, imaginary);
        else if (Vector128.IsHardwareAccelerated) Transform<Lanes4>(real, imaginary);
        else Transform<Lanes1>(real, imaginary);
    }

    /// <summary>The same with registers of a given width; all widths agree bit for bit.</summary>
    public static void Transform<T>(Span<float> real, Span<float> imaginary)
        where T : struct, ILanes<T>
    {
        const int Strip = Side * Fft.Width, Square = Side * Side;
        var work = ArrayPool<float>.Shared.Rent((4 * Strip) + (2 * Square));
        Span<float> a = work.AsSpan(0, Strip), b = work.AsSpan(Strip, Strip), c = work.AsSpan(2 * Strip, Strip), d = work.AsSpan(3 * Strip, Strip);
        Span<float> turnedReal = work.AsSpan(4 * Strip, Square), turnedImaginary = work.AsSpan((4 * Strip) + Square, Square);
        Columns<T>(real, imaginary, turnedReal, turnedImaginary, a, b, c, d);
        Columns<T>(turnedReal, turnedImaginary, real, imaginary, a, b, c, d);
        ArrayPool<float>.Shared.Return(work);
    }

    /// <summary>Transforms the columns, and writes them as rows.</summary>
    private static void Columns<T>(
        ReadOnlySpan<float> fromReal, ReadOnlySpan<float> fromImaginary, Span<float> toReal, Span<float> toImaginary,
        Span<float> a, Span<float> b, Span<float> c, Span<float> d)
        where T : struct, ILanes<T>
    {
        for (var first = 0; first < Side; first += Fft.Width)
        {
            for (var y = 0; y < Side; y++)
            {
                fromReal.Slice((y * Side) + first, Fft.Width).CopyTo(a[(y * Fft.Width)..]);
                fromImaginary.Slice((y * Side) + first, Fft.Width).CopyTo(b[(y * Fft.Width)..]);
            }
            Plan.Transform<T>(a, b, c, d);
            for (var i = 0; i < Fft.Width; i++)
            {
                Span<float> rowReal = toReal.Slice((first + i) * Side, Side), rowImaginary = toImaginary.Slice((first + i) * Side, Side);
                for (var y = 0; y < Side; y++)
                {
                    rowReal[y] = a[(y * Fft.Width) + i];
                    rowImaginary[y] = b[(y * Fft.Width) + i];
                }
            }
        }
    }
}
