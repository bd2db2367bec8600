using System.Buffers;
using System.Runtime.InteropServices;
using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>The Fourier transform of a real plane between zeros, with the plane's middle pixel (width/2, height/2) as the origin.</summary>
internal static class PlaneFft
{
    private const int Group = 2 * Fft.Width; // columns transformed together: two real ones in a complex one

    /// <summary>Transforms.</summary>
    /// <param name="plane">The plane.</param>
    /// <param name="across">The horizontal length with zeros.</param>
    /// <param name="down">The vertical length with zeros.</param>
    /// <param name="real">Takes the result: row k is horizontal bin k − across/2, column <paramref name="margin"/> + i vertical bin i, of 0 … down/2.</param>
    /// <param name="imaginary">Takes the imaginary parts.</param>
    /// <param name="margin">How many columns stand before vertical bin 0; rows have room for whole groups of 16 bins behind it.</param>
    public static void Transform<T>(Plane<float> plane, int across, int down, Plane<float> real, Plane<float> imaginary, int margin)
        where T : struct, ILanes<T>
    {
        var half = ((down / 2) + Fft.Width) / Fft.Width * Fft.Width;
        var longest = Math.Max(across, down) * Fft.Width;
        var work = ArrayPool<float>.Shared.Rent(4 * longest);
        using var columnsReal = new Plane<float>(half, plane.Width);
        using var columnsImaginary = new Plane<float>(half, plane.Width);
        try
        {
            Span<float> a = work.AsSpan(0, longest), b = work.AsSpan(longest, longest), c = work.AsSpan(2 * longest, longest), d = work.AsSpan(3 * longest, longest);
            var fft = Fft.OfLength(down);
            for (var first = 0; first < plane.Width; first += Group)
            {
                LoadColumns(plane, first, down, a, b);
                fft.Transform<T>(a, b, c, d);
                var count = Math.Min(Fft.Width, plane.Width - first);
                for (var i = 0; i < count; i++) Separate(a, b, i, down, columnsReal.Row(first + i), columnsImaginary.Row(first + i), second: false);
                for (var i = 0; i < Math.Min(Fft.Width, plane.Width - first - Fft.Width); i++)
                    Separate(a, b, i, down, columnsReal.Row(first + Fft.Width + i), columnsImaginary.Row(first + Fft.Width + i), second: true);
            }
            fft = Fft.OfLength(across);
            for (var first = 0; first < half; first += Fft.Width)
            {
                a[..(across * Fft.Width)].Clear();
                b[..(across * Fft.Width)].Clear();
                for (var x = 0; x < plane.Width; x++)
                {
                    var place = (x - (plane.Width / 2) + across) % across * Fft.Width;
                    columnsReal.Row(x).Slice(first, Fft.Width).CopyTo(a[place..]);
                    columnsImaginary.Row(x).Slice(first, Fft.Width).CopyTo(b[place..]);
                }
                fft.Transform<T>(a, b, c, d);
                for (var k = 0; k < across; k++)
                {
                    var row = (k + (across / 2)) % across;
                    a.Slice(k * Fft.Width, Fft.Width).CopyTo(real.Row(row)[(margin + first)..]);
                    b.Slice(k * Fft.Width, Fft.Width).CopyTo(imaginary.Row(row)[(margin + first)..]);
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(work);
        }
    }

    private static void LoadColumns(Plane<float> plane, int first, int down, Span<float> a, Span<float> b)
    {
        a[..(down * Fft.Width)].Clear();
        b[..(down * Fft.Width)].Clear();
        var count = Math.Min(Group, plane.Width - first);
        for (var y = 0; y < plane.Height; y++)
        {
            var place = (y - (plane.Height / 2) + down) % down * Fft.Width;
            var row = plane.Row(y).Slice(first, count);
            row[..Math.Min(count, Fft.Width)].CopyTo(a[place..]);
            if (count > Fft.Width) row[Fft.Width..].CopyTo(b[place..]);
        }
    }

    /// <summary>One of the two real columns that were transformed as one complex one.</summary>
    private static void Separate(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int column, int down, Span<float> real, Span<float> imaginary, bool second)
    {
        ref float re = ref MemoryMarshal.GetReference(a), im = ref MemoryMarshal.GetReference(b);
        for (var line = 0; line <= down / 2; line++)
        {
            nint at = (line * Fft.Width) + column, other = ((line == 0 ? 0 : down - line) * Fft.Width) + column;
            float ar = System.Runtime.CompilerServices.Unsafe.Add(ref re, at), br = System.Runtime.CompilerServices.Unsafe.Add(ref re, other);
            float ai = System.Runtime.CompilerServices.Unsafe.Add(ref im, at), bi = System.Runtime.CompilerServices.Unsafe.Add(ref im, other);
            real[line] = (second ? ai + bi : ar + br) * 0.5f;
            imaginary[line] = (second ? br - ar : ai - bi) * 0.5f;
        }
        real[((down / 2) + 1)..].Clear();
        imaginary[((down / 2) + 1)..].Clear();
    }
}
