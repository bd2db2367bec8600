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
        Span<float> metrics = stackalloc float[States], next = stackalloc float[States], branch = stackalloc float[1 << Rate];
        metrics.Clear();
        // One decision bit a state and step: which of its two predecessors survived.
        var decisions = new ulong[Laps * Steps * (States / 64)];
        for (var step = 0; step < Laps * Steps; step++)
        {
            var values = likelihoods.Slice(step % Steps * Rate, Rate);
            for (var pattern = 0; pattern < branch.Length; pattern++)
            {
                var sum = 0f;
                for (var g = 0; g < Rate; g++) sum += ((pattern >> g) & 1) != 0 ? -values[g] : values[g];
                branch[pattern] = sum;
            }
            Advance(metrics, next, branch, decisions.AsSpan(step * (States / 64), States / 64));
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

    /// <summary>One step for all states. A state is the newest eight bits, the newest most significant.</summary>
    private static void Advance(ReadOnlySpan<float> metrics, Span<float> next, ReadOnlySpan<float> branch, Span<ulong> decisions)
    {
        for (var state = 0; state < States; state++)
        {
            // The register that led here has the state's eight bits on top; the bit that was shifted out is unknown.
            int even = state << 1, odd = even | 1;
            var fromEven = metrics[even & (States - 1)] + branch[Outputs[even]];
            var fromOdd = metrics[odd & (States - 1)] + branch[Outputs[odd]];
            var takeOdd = fromOdd > fromEven;
            next[state] = takeOdd ? fromOdd : fromEven;
            if (takeOdd) decisions[state >> 6] |= 1UL << (state & 63);
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
