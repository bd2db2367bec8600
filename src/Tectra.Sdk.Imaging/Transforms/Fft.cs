using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// The complex discrete Fourier transform, forward with e^(−2πikn/N) and unscaled, of sixteen sequences at once: sample n of
/// sequence l stands at 16·n + l. Lengths are products of 2 and 3. Stockham's self-sorting form of Cooley and Tukey's
/// algorithm, in factors of 4, 3 and 2. Thread-safe; the caller owns all memory.
/// </summary>
/// <remarks>For the inverse swap the real and the imaginary parts on both sides, and divide by the length.</remarks>
internal sealed class Fft
{
    /// <summary>How many sequences are transformed side by side.</summary>
    public const int Width = 16;

    private static readonly float HalfRootOfThree = (float)(Math.Sqrt(3) / 2);

    private static readonly ConcurrentDictionary<int, Fft> Plans = new();

    private readonly int[] _factors;
    private readonly float[][] _cos, _sin; // of each pass: e^(−2πipk/n) for k = 1 … factor − 1

    private Fft(int length)
    {
        Length = length;
        var factors = new List<int>();
        var rest = length;
        while (rest % 4 == 0) { factors.Add(4); rest /= 4; }
        while (rest % 3 == 0) { factors.Add(3); rest /= 3; }
        while (rest % 2 == 0) { factors.Add(2); rest /= 2; }
        if (rest != 1) throw new ArgumentOutOfRangeException(nameof(length), length, "The length must be a product of 2 and 3.");
        _factors = [.. factors];
        (_cos, _sin) = (new float[_factors.Length][], new float[_factors.Length][]);
        var n = length;
        for (var pass = 0; pass < _factors.Length; n /= _factors[pass++])
        {
            var factor = _factors[pass];
            var count = n / factor * (factor - 1);
            (_cos[pass], _sin[pass]) = (new float[count], new float[count]);
            for (var i = 0; i < count; i++)
            {
                var (sin, cos) = Math.SinCos(-2 * Math.PI * (i / (factor - 1) * ((i % (factor - 1)) + 1)) / n);
                (_cos[pass][i], _sin[pass][i]) = (Rounded(cos), Rounded(sin));
            }
        }
    }

    public int Length { get; }

    /// <summary>The transform of a length; each is prepared once.</summary>
    public static Fft OfLength(int length) => Plans.GetOrAdd(length, static length => new Fft(length));

    /// <summary>The smallest length that can be transformed and is at least <paramref name="least"/>.</summary>
    public static int LengthFrom(int least)
    {
        for (var length = Math.Max(least, 1); ; length++)
        {
            var rest = length;
            while (rest % 2 == 0) rest /= 2;
            while (rest % 3 == 0) rest /= 3;
            if (rest == 1 && length % 4 == 0) return length;
        }
    }

    /// <summary>Transforms in place, with registers of a given width; all widths agree bit for bit. The work spans are as long as the data, 16 · <see cref="Length"/>.</summary>
    public void Transform<T>(Span<float> real, Span<float> imaginary, Span<float> workReal, Span<float> workImaginary)
        where T : struct, ILanes<T>
    {
        var size = Length * Width;
        if (real.Length < size || imaginary.Length < size || workReal.Length < size || workImaginary.Length < size)
            throw new ArgumentException("Too little memory for the transform.");
        ref float fromReal = ref MemoryMarshal.GetReference(real), fromImaginary = ref MemoryMarshal.GetReference(imaginary);
        ref float toReal = ref MemoryMarshal.GetReference(workReal), toImaginary = ref MemoryMarshal.GetReference(workImaginary);
        int n = Length, stride = 1;
        for (var pass = 0; pass < _factors.Length; pass++)
        {
            var factor = _factors[pass];
            var run = new Pass(ref fromReal, ref fromImaginary, ref toReal, ref toImaginary, _cos[pass], _sin[pass], n / factor, stride);
            if (factor == 4) run.Four<T>();
            else if (factor == 3) run.Three<T>();
            else run.Two<T>();
            n /= factor;
            stride *= factor;
            ref float spareReal = ref fromReal, spareImaginary = ref fromImaginary;
            fromReal = ref toReal;
            fromImaginary = ref toImaginary;
            toReal = ref spareReal;
            toImaginary = ref spareImaginary;
        }
        if (_factors.Length % 2 == 0) return;
        workReal[..size].CopyTo(real);
        workImaginary[..size].CopyTo(imaginary);
    }

    // Far coarser than the last digit in which two platforms' sine may differ.
    private static float Rounded(double value) => (float)(Math.Round(value * (1L << 30)) / (1L << 30));

    /// <summary>
    /// One pass: sample q + stride·(p + m·i) becomes q + stride·(factor·p + k), where a short transform over i gives k, times
    /// e^(−2πipk/n).
    /// </summary>
    private readonly ref struct Pass(
        ref float fromReal, ref float fromImaginary, ref float toReal, ref float toImaginary, float[] cos, float[] sin, int m, int stride)
    {
        private readonly ref float _fromReal = ref fromReal, _fromImaginary = ref fromImaginary, _toReal = ref toReal, _toImaginary = ref toImaginary;
        private readonly float[] _cos = cos, _sin = sin;
        private readonly int _m = m, _stride = stride;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Two<T>()
            where T : struct, ILanes<T>
        {
            nint block = (nint)_stride * Width, apart = _m * block;
            for (nint p = 0; p < _m; p++)
            {
                T wr = T.Create(_cos[p]), wi = T.Create(_sin[p]);
                nint from = p * block, to = 2 * p * block;
                for (nint q = 0; q < block; q += T.Count)
                {
                    T ar = T.Load(ref _fromReal, from + q), ai = T.Load(ref _fromImaginary, from + q);
                    T br = T.Load(ref _fromReal, from + apart + q), bi = T.Load(ref _fromImaginary, from + apart + q);
                    T.Store(ar + br, ref _toReal, to + q);
                    T.Store(ai + bi, ref _toImaginary, to + q);
                    Turn(ar - br, ai - bi, wr, wi, to + block + q);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Three<T>()
            where T : struct, ILanes<T>
        {
            nint block = (nint)_stride * Width, apart = _m * block;
            T half = T.Create(0.5f), root = T.Create(HalfRootOfThree);
            for (nint p = 0; p < _m; p++)
            {
                T w1r = T.Create(_cos[2 * p]), w1i = T.Create(_sin[2 * p]), w2r = T.Create(_cos[(2 * p) + 1]), w2i = T.Create(_sin[(2 * p) + 1]);
                nint from = p * block, to = 3 * p * block;
                for (nint q = 0; q < block; q += T.Count)
                {
                    T ar = T.Load(ref _fromReal, from + q), ai = T.Load(ref _fromImaginary, from + q);
                    T br = T.Load(ref _fromReal, from + apart + q), bi = T.Load(ref _fromImaginary, from + apart + q);
                    T cr = T.Load(ref _fromReal, from + (2 * apart) + q), ci = T.Load(ref _fromImaginary, from + (2 * apart) + q);
                    T sumR = br + cr, sumI = bi + ci, differenceR = (br - cr) * root, differenceI = (bi - ci) * root;
                    T middleR = ar - (sumR * half), middleI = ai - (sumI * half);
                    T.Store(ar + sumR, ref _toReal, to + q);
                    T.Store(ai + sumI, ref _toImaginary, to + q);
                    Turn(middleR + differenceI, middleI - differenceR, w1r, w1i, to + block + q);
                    Turn(middleR - differenceI, middleI + differenceR, w2r, w2i, to + (2 * block) + q);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Four<T>()
            where T : struct, ILanes<T>
        {
            nint block = (nint)_stride * Width, apart = _m * block;
            for (nint p = 0; p < _m; p++)
            {
                T w1r = T.Create(_cos[3 * p]), w1i = T.Create(_sin[3 * p]), w2r = T.Create(_cos[(3 * p) + 1]), w2i = T.Create(_sin[(3 * p) + 1]);
                T w3r = T.Create(_cos[(3 * p) + 2]), w3i = T.Create(_sin[(3 * p) + 2]);
                nint from = p * block, to = 4 * p * block;
                for (nint q = 0; q < block; q += T.Count)
                {
                    T ar = T.Load(ref _fromReal, from + q), ai = T.Load(ref _fromImaginary, from + q);
                    T br = T.Load(ref _fromReal, from + apart + q), bi = T.Load(ref _fromImaginary, from + apart + q);
                    T cr = T.Load(ref _fromReal, from + (2 * apart) + q), ci = T.Load(ref _fromImaginary, from + (2 * apart) + q);
                    T dr = T.Load(ref _fromReal, from + (3 * apart) + q), di = T.Load(ref _fromImaginary, from + (3 * apart) + q);
                    T acR = ar + cr, acI = ai + ci, bdR = br + dr, bdI = bi + di;
                    T evenR = ar - cr, evenI = ai - ci, oddR = br - dr, oddI = bi - di;
                    T.Store(acR + bdR, ref _toReal, to + q);
                    T.Store(acI + bdI, ref _toImaginary, to + q);
                    Turn(evenR + oddI, evenI - oddR, w1r, w1i, to + block + q);
                    Turn(acR - bdR, acI - bdI, w2r, w2i, to + (2 * block) + q);
                    Turn(evenR - oddI, evenI + oddR, w3r, w3i, to + (3 * block) + q);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Turn<T>(T real, T imaginary, T cos, T sin, nint to)
            where T : struct, ILanes<T>
        {
            T.Store((real * cos) - (imaginary * sin), ref _toReal, to);
            T.Store((real * sin) + (imaginary * cos), ref _toImaginary, to);
        }
    }
}
