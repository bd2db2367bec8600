using System.Buffers;
using System.Numerics;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// The tail-biting convolutional code of constraint length 9 and rate 1/4 with the generators 765, 671, 513, 473 (octal):
/// 128 payload bits become 512 coded bits. Tail-biting means that the register starts with the payload's last bits, so
/// every payload bit is protected alike.
/// </summary>
internal static class ErrorCorrection
{
    public const int CodedBits = WatermarkPayload.LengthBits * Rate;

    private const int Rate = 4, ConstraintLength = 9, States = 1 << (ConstraintLength - 1), Steps = WatermarkPayload.LengthBits;
    private const int Laps = 3; // the middle lap is kept: by then both ends have settled

    private static readonly int[] Generators = [0b111_110_101, 0b110_111_001, 0b101_001_011, 0b100_111_011];

    // The four coded bits of each register content (the newest bit is the most significant of nine), generator 0 in bit 0.
    private static readonly byte[] Outputs = MakeOutputs();

    /// <summary>The coded bits; bit 4t + g is generator g's at step t. Step t takes in payload bit t, first byte's highest bit first.</summary>
    public static bool[] Encode(WatermarkPayload payload)
    {
        var coded = new bool[CodedBits];
        var register = 0;
        for (var t = Steps - (ConstraintLength - 1); t < Steps; t++) register = Shift(register, BitOf(payload, t));
        for (var t = 0; t < Steps; t++)
        {
            register = Shift(register, BitOf(payload, t));
            for (var g = 0; g < Rate; g++) coded[(Rate * t) + g] = ((Outputs[register] >> g) & 1) != 0;
        }
        return coded;
    }

    /// <summary>
    /// The most likely payload (Viterbi, three laps around the circle). A value above zero speaks for a coded 0, below for a
    /// 1, by how much it speaks.
    /// </summary>
    public static WatermarkPayload Decode(ReadOnlySpan<float> likelihoods)
    {
        Span<float> metrics = stackalloc float[States], next = stackalloc float[States], branches = stackalloc float[States / 2];
        metrics.Clear();
        // One decision bit a state and step: which of its two predecessors survived.
        Span<ulong> decisions = stackalloc ulong[Laps * Steps * (States / 64)];
        for (var step = 0; step < Laps * Steps; step++)
        {
            Branches(likelihoods.Slice(step % Steps * Rate, Rate), branches);
            Advance(metrics, next, branches, decisions.Slice(step * (States / 64), States / 64));
            var previous = metrics;
            metrics = next;
            next = previous;
        }
        var best = 0;
        for (var state = 1; state < States; state++)
        {
            if (metrics[state] > metrics[best]) best = state;
        }
        return Trace(decisions, best);
    }

    /// <summary>
    /// How well likelihoods agree with a payload: the projection on its code word divided by the likelihoods' length, at
    /// most √512 = 22.6. Independent of their scale.
    /// </summary>
    public static double Confidence(ReadOnlySpan<float> likelihoods, WatermarkPayload payload)
    {
        var coded = Encode(payload);
        double projection = 0, square = 0;
        for (var i = 0; i < CodedBits; i++)
        {
            projection += coded[i] ? -likelihoods[i] : likelihoods[i];
            square += (double)likelihoods[i] * likelihoods[i];
        }
        return square > 0 ? projection / Math.Sqrt(square) : 0;
    }

    /// <summary>
    /// For each payload bit, how much better the best code word with the decoded bit fits than the best with its opposite
    /// (max-log-MAP around the circle), in units of the likelihoods' root mean square times four.
    /// </summary>
    public static float[] Reliabilities(ReadOnlySpan<float> likelihoods)
    {
        // Forward metrics of every step; one lap to settle, one to keep. Then backward likewise.
        var forward = ArrayPool<float>.Shared.Rent((Steps + 1) * States);
        var result = new float[Steps];
        Span<float> branches = stackalloc float[States / 2], backward = stackalloc float[States], next = stackalloc float[States];
        Span<ulong> unused = stackalloc ulong[States / 64];
        forward.AsSpan(0, States).Clear();
        for (var step = 0; step < 2 * Steps; step++)
        {
            if (step == Steps) forward.AsSpan(Steps * States, States).CopyTo(forward);
            var at = step % Steps;
            Branches(likelihoods.Slice(at * Rate, Rate), branches);
            Advance(forward.AsSpan(at * States, States), forward.AsSpan((at + 1) * States, States), branches, unused);
        }
        backward.Clear();
        double square = 0;
        foreach (var value in likelihoods) square += (double)value * value;
        var unit = (float)(4 * Math.Sqrt(square / CodedBits));
        for (var step = (2 * Steps) - 1; step >= 0; step--)
        {
            var at = step % Steps;
            Branches(likelihoods.Slice(at * Rate, Rate), branches);
            var before = forward.AsSpan(at * States, States);
            float zero = float.NegativeInfinity, one = float.NegativeInfinity;
            for (var s = 0; s < States / 2; s++)
            {
                // Predecessors 2s and 2s + 1 lead to s (a zero came in) and to s + 128 (a one).
                float b = branches[s], afterZero = backward[s], afterOne = backward[s + (States / 2)];
                next[2 * s] = Math.Max(afterZero + b, afterOne - b);
                next[(2 * s) + 1] = Math.Max(afterZero - b, afterOne + b);
                zero = Math.Max(zero, Math.Max(before[2 * s] + b, before[(2 * s) + 1] - b) + afterZero);
                one = Math.Max(one, Math.Max(before[2 * s] - b, before[(2 * s) + 1] + b) + afterOne);
            }
            if (step < Steps) result[at] = unit > 0 ? Math.Abs(zero - one) / unit : 0;
            next.CopyTo(backward);
        }
        ArrayPool<float>.Shared.Return(forward);
        return result;
    }

    /// <summary>What the four coded bits of a step say for the registers 2s, s = 0 … 127.</summary>
    private static void Branches(ReadOnlySpan<float> values, Span<float> branches)
    {
        Span<float> patterns = stackalloc float[1 << Rate];
        for (var pattern = 0; pattern < patterns.Length; pattern++)
        {
            var sum = 0f;
            for (var g = 0; g < Rate; g++) sum += ((pattern >> g) & 1) != 0 ? -values[g] : values[g];
            patterns[pattern] = sum;
        }
        for (var s = 0; s < branches.Length; s++) branches[s] = patterns[Outputs[2 * s]];
    }

    /// <summary>
    /// One step for all states. A state is the newest eight bits, the newest most significant. All generators begin and end
    /// with a one, so the registers 2s, 2s + 1, 2s + 256 and 2s + 257 have outputs that are each other's opposites.
    /// </summary>
    private static void Advance(ReadOnlySpan<float> metrics, Span<float> next, ReadOnlySpan<float> branches, Span<ulong> decisions)
    {
        ulong low = 0, high = 0;
        for (var s = 0; s < States / 2; s++)
        {
            float even = metrics[2 * s], odd = metrics[(2 * s) + 1], b = branches[s];
            float zeroEven = even + b, zeroOdd = odd - b, oneEven = even - b, oneOdd = odd + b;
            bool zero = zeroOdd > zeroEven, one = oneOdd > oneEven;
            next[s] = zero ? zeroOdd : zeroEven;
            next[s + (States / 2)] = one ? oneOdd : oneEven;
            low |= (zero ? 1UL : 0) << (s & 63);
            high |= (one ? 1UL : 0) << (s & 63);
            if ((s & 63) != 63) continue;
            decisions[s >> 6] = low;
            decisions[(s >> 6) + (States / 128)] = high;
            low = high = 0;
        }
    }

    private static WatermarkPayload Trace(ReadOnlySpan<ulong> decisions, int state)
    {
        var bits = UInt128.Zero;
        for (var step = (Laps * Steps) - 1; step >= Steps; step--)
        {
            if (step < 2 * Steps) bits |= (UInt128)(uint)(state >> (ConstraintLength - 2)) << (Steps - 1 - (step % Steps));
            var odd = (decisions[(step * (States / 64)) + (state >> 6)] >> (state & 63)) & 1;
            state = ((state << 1) | (int)odd) & (States - 1);
        }
        return new WatermarkPayload(bits);
    }

    private static int Shift(int register, int bit) => (register >> 1) | (bit << (ConstraintLength - 1));

    private static int BitOf(WatermarkPayload payload, int index) => (int)((payload.Bits >> (WatermarkPayload.LengthBits - 1 - index)) & 1);

    private static byte[] MakeOutputs()
    {
        var outputs = new byte[1 << ConstraintLength];
        for (var register = 0; register < outputs.Length; register++)
        {
            for (var g = 0; g < Rate; g++) outputs[register] |= (byte)((BitOperations.PopCount((uint)(register & Generators[g])) & 1) << g);
        }
        return outputs;
    }
}
