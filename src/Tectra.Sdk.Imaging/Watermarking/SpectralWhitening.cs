using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Levels a picture's spectrum place by place, so that neither strong edges nor regular texture drown the watermark: blocks
/// of 32×32 under a root-Hann window, every 16 pixels, each frequency divided by nearly its own magnitude, and added up again.
/// </summary>
/// <remarks>
/// A frequency's gain is (0.4|F|² + 0.6S + 128)^−⅝ with S its 3×3 neighbourhood's mean: a little more than whitening, as a
/// matched filter asks for, and made of square roots only, so that all machines agree.
/// </remarks>
internal sealed class SpectralWhitening
{
    private const int Side = 32, Hop = Side / 2, Lines = Fft.Width; // vertical frequencies 0 … 15; the 16th, the finest, is dropped
    private const int Group = 2 * Fft.Width; // columns transformed together: two real ones in a complex one
    private const float Own = 0.4f, Neighbours = 0.6f / 9, Floor = 128;
    private const int PowerStride = Lines + 2;

    private static readonly Fft Transform32 = Fft.OfLength(Side);

    private static readonly float[] Window = [.. Enumerable.Range(0, Side).Select(i => MathF.Sqrt(0.5f - (0.5f * (float)Cosines.Of(i * Cosines.Period / Side))))];

    /// <summary>The whitened picture, the same size. Edges are mirrored.</summary>
    public static Plane<float> Apply(Plane<float> luma)
    {
        if (Vector512.IsHardwareAccelerated) return Apply<Lanes16>(luma);
        if (Vector256.IsHardwareAccelerated) return Apply<Lanes8>(luma);
        return Vector128.IsHardwareAccelerated ? Apply<Lanes4>(luma) : Apply<Lanes1>(luma);
    }

    /// <summary>The same with registers of a given width; all widths agree bit for bit.</summary>
    public static Plane<float> Apply<T>(Plane<float> luma)
        where T : struct, ILanes<T>
    {
        var result = new Plane<float>(luma.Width, luma.Height);
        result.Values.Clear();
        using var strip = new Strip(luma.Width);
        for (var top = -Hop; top < luma.Height; top += Hop)
        {
            strip.Load<T>(luma, top);
            strip.Filter<T>();
            strip.AddTo<T>(result, top);
        }
        return result;
    }

    /// <summary>One row of blocks: the vertical spectra of its columns, one after the other, sixteen lines each.</summary>
    private sealed class Strip : IDisposable
    {
        private readonly int _columns; // whole groups, with half a block before the picture
        private readonly int _width;
        private readonly float[] _memory;
        private readonly Memory<float> _real, _imaginary, _sumReal, _sumImaginary, _a, _b, _c, _d, _power;

        public Strip(int width)
        {
            _width = width;
            _columns = (width + Side + Group - 1) / Group * Group;
            int spectrum = _columns * Lines, block = Side * Fft.Width;
            _memory = ArrayPool<float>.Shared.Rent((4 * spectrum) + (4 * block) + ((Side + 2) * PowerStride));
            var rest = _memory.AsMemory();
            _real = Take(spectrum);
            _imaginary = Take(spectrum);
            _sumReal = Take(spectrum);
            _sumImaginary = Take(spectrum);
            _a = Take(block);
            _b = Take(block);
            _c = Take(block);
            _d = Take(block);
            _power = Take((Side + 2) * PowerStride);

            Memory<float> Take(int length)
            {
                var part = rest[..length];
                rest = rest[length..];
                return part;
            }
        }

        public void Dispose() => ArrayPool<float>.Shared.Return(_memory);

        public void Load<T>(Plane<float> luma, int top)
            where T : struct, ILanes<T>
        {
            Span<float> a = _a.Span, b = _b.Span, real = _real.Span, imaginary = _imaginary.Span;
            for (var first = 0; first < _columns; first += Group)
            {
                for (var y = 0; y < Side; y++)
                {
                    var row = luma.Row(Mirror(top + y, luma.Height));
                    Gather(row, first - Hop, Window[y], a.Slice(y * Fft.Width, Fft.Width));
                    Gather(row, first - Hop + Fft.Width, Window[y], b.Slice(y * Fft.Width, Fft.Width));
                }
                Transform32.Transform<T>(a, b, _c.Span, _d.Span);
                for (var line = 0; line < Lines; line++)
                {
                    int at = line * Fft.Width, other = (Side - line) % Side * Fft.Width;
                    for (var i = 0; i < Fft.Width; i++)
                    {
                        float ar = a[at + i], ai = b[at + i], br = a[other + i], bi = b[other + i];
                        int left = ((first + i) * Lines) + line, right = ((first + Fft.Width + i) * Lines) + line;
                        real[left] = (ar + br) * 0.5f;
                        imaginary[left] = (ai - bi) * 0.5f;
                        real[right] = (ai + bi) * 0.5f;
                        imaginary[right] = (br - ar) * 0.5f;
                    }
                }
            }
            _sumReal.Span.Clear();
            _sumImaginary.Span.Clear();
        }

        public void Filter<T>()
            where T : struct, ILanes<T>
        {
            for (var first = 0; first + Side <= _columns; first += Hop)
            {
                FilterBlock<T>(first);
            }
        }

        public void AddTo<T>(Plane<float> result, int top)
            where T : struct, ILanes<T>
        {
            const float Scale = 1f / (Side * Side);
            Span<float> a = _a.Span, b = _b.Span, real = _sumReal.Span, imaginary = _sumImaginary.Span;
            for (var first = 0; first < _columns; first += Group)
            {
                for (var i = 0; i < Fft.Width; i++)
                {
                    int left = (first + i) * Lines, right = (first + Fft.Width + i) * Lines;
                    a[i] = real[left];
                    b[i] = real[right];
                    a[(Hop * Fft.Width) + i] = b[(Hop * Fft.Width) + i] = 0;
                    for (var line = 1; line < Lines; line++)
                    {
                        float ar = real[left + line], ai = imaginary[left + line], br = real[right + line], bi = imaginary[right + line];
                        int at = (line * Fft.Width) + i, other = ((Side - line) * Fft.Width) + i;
                        a[at] = ar - bi;
                        b[at] = ai + br;
                        a[other] = ar + bi;
                        b[other] = br - ai;
                    }
                }
                Transform32.Transform<T>(b, a, _d.Span, _c.Span);
                for (var y = 0; y < Side; y++)
                {
                    if ((uint)(top + y) >= (uint)result.Height) continue;
                    var row = result.Row(top + y);
                    Scatter(a.Slice(y * Fft.Width, Fft.Width), Window[y] * Scale, row, first - Hop);
                    Scatter(b.Slice(y * Fft.Width, Fft.Width), Window[y] * Scale, row, first - Hop + Fft.Width);
                }
            }
        }

        private void FilterBlock<T>(int first)
            where T : struct, ILanes<T>
        {
            Span<float> a = _a.Span, b = _b.Span;
            ref float ar = ref MemoryMarshal.GetReference(a), ai = ref MemoryMarshal.GetReference(b);
            ref float real = ref _real.Span[first * Lines], imaginary = ref _imaginary.Span[first * Lines];
            for (var x = 0; x < Side; x++)
            {
                var window = T.Create(Window[x]);
                for (nint i = x * Lines; i < (x + 1) * Lines; i += T.Count)
                {
                    T.Store(T.Load(ref real, i) * window, ref ar, i);
                    T.Store(T.Load(ref imaginary, i) * window, ref ai, i);
                }
            }
            Transform32.Transform<T>(a, b, _c.Span, _d.Span);
            Level<T>(ref ar, ref ai);
            Transform32.Transform<T>(b, a, _d.Span, _c.Span);
            ref float sumReal = ref _sumReal.Span[first * Lines], sumImaginary = ref _sumImaginary.Span[first * Lines];
            for (var x = 0; x < Side; x++)
            {
                var window = T.Create(Window[x]);
                for (nint i = x * Lines; i < (x + 1) * Lines; i += T.Count)
                {
                    T.Store(T.Load(ref sumReal, i) + (T.Load(ref ar, i) * window), ref sumReal, i);
                    T.Store(T.Load(ref sumImaginary, i) + (T.Load(ref ai, i) * window), ref sumImaginary, i);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Level<T>(ref float real, ref float imaginary)
            where T : struct, ILanes<T>
        {
            ref var power = ref MemoryMarshal.GetReference(_power.Span);
            for (var x = 0; x < Side; x++)
            {
                for (nint i = 0; i < Lines; i += T.Count)
                {
                    T re = T.Load(ref real, (x * Lines) + i), im = T.Load(ref imaginary, (x * Lines) + i);
                    T.Store((re * re) + (im * im), ref power, ((x + 1) * PowerStride) + 1 + i);
                }
            }
            // Around the edges: line −1 is line 1 at the opposite horizontal frequency, beyond the last nothing is known.
            var padded = _power.Span;
            for (var x = 0; x < Side; x++)
            {
                padded[(x + 1) * PowerStride] = padded[(((Side - x) % Side + 1) * PowerStride) + 2];
                padded[((x + 1) * PowerStride) + Lines + 1] = padded[((x + 1) * PowerStride) + Lines];
            }
            padded.Slice(Side * PowerStride, PowerStride).CopyTo(padded);
            padded.Slice(PowerStride, PowerStride).CopyTo(padded[((Side + 1) * PowerStride)..]);
            T own = T.Create(Own), neighbours = T.Create(Neighbours), floor = T.Create(Floor), one = T.Create(1);
            for (var x = 0; x < Side; x++)
            {
                for (nint i = 0; i < Lines; i += T.Count)
                {
                    var sum = T.Create(0);
                    for (var dx = 0; dx < 3; dx++)
                    {
                        var at = ((x + dx) * PowerStride) + i;
                        sum += T.Load(ref power, at) + T.Load(ref power, at + 1) + T.Load(ref power, at + 2);
                    }
                    var level = (T.Load(ref power, ((x + 1) * PowerStride) + 1 + i) * own) + (sum * neighbours) + floor;
                    T half = T.Sqrt(level), eighth = T.Sqrt(T.Sqrt(half));
                    var gain = one / (half * eighth);
                    var place = (x * Lines) + i;
                    T.Store(T.Load(ref real, place) * gain, ref real, place);
                    T.Store(T.Load(ref imaginary, place) * gain, ref imaginary, place);
                }
            }
        }

        private void Gather(ReadOnlySpan<float> row, int from, float weight, Span<float> destination)
        {
            if (from >= 0 && from + destination.Length <= row.Length)
            {
                row = row[from..];
                for (var i = 0; i < destination.Length; i++) destination[i] = row[i] * weight;
                return;
            }
            for (var i = 0; i < destination.Length; i++) destination[i] = row[Mirror(from + i, _width)] * weight;
        }

        private static void Scatter(ReadOnlySpan<float> source, float weight, Span<float> row, int to)
        {
            int begin = Math.Max(-to, 0), end = Math.Min(source.Length, row.Length - to);
            for (var i = begin; i < end; i++) row[to + i] += source[i] * weight;
        }
    }

    private static int Mirror(int i, int length)
    {
        var period = 2 * length;
        i = ((i % period) + period) % period;
        return i < length ? i : period - 1 - i;
    }
}
