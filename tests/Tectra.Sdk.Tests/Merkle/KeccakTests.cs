using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Merkle;

/// <summary>The permutation at every width, and the sponge at every length around its blocks, against the definition.</summary>
public sealed class KeccakTests
{
    private const int MaxLength = 300; // two blocks and some

    [Test]
    public void The_round_constants_are_those_of_the_shift_register() =>
        Assert.That(KeccakF1600.RoundConstants.ToArray(), Is.EqualTo(Enumerable.Range(0, 24).Select(NaiveKeccak.RoundConstant)));

    [Test]
    public void The_permutation_of_one_state_is_the_definition() => CheckPermutation<ulong, KeccakLanes1>();

    [Test]
    public void Every_lane_of_128_bits_is_permuted_as_if_alone() => CheckPermutation<Vector128<ulong>, KeccakLanes2>();

    [Test]
    public void Every_lane_of_256_bits_is_permuted_as_if_alone() => CheckPermutation<Vector256<ulong>, KeccakLanes4>();

    [Test]
    public void Every_lane_of_512_bits_is_permuted_as_if_alone() => CheckPermutation<Vector512<ulong>, KeccakLanes8>();

    [Test]
    public void Every_length_up_to_two_blocks_and_some_is_the_definition()
    {
        var random = new Random(1);
        Func<byte>[] contents = [() => 0, () => 255, () => (byte)random.Next(256)];
        var digest = new byte[32];
        for (var length = 0; length <= MaxLength; length++)
        {
            foreach (var next in contents)
            {
                // One byte off, so that words aren't aligned.
                var message = Enumerable.Range(0, length + 1).Select(_ => next()).ToArray().AsSpan(1);
                Keccak256.HashData(message, digest);
                Assert.That(digest, Is.EqualTo(NaiveKeccak.Hash(message)), $"length {length}");
            }
        }
        Report.Line($"keccak-256: messages of 0 to {MaxLength} bytes agree with the definition");
    }

    [Test]
    public void A_digest_may_overwrite_its_message_and_nothing_beyond()
    {
        var buffer = Enumerable.Range(0, 200).Select(i => (byte)i).ToArray();
        var expected = NaiveKeccak.Hash(buffer.AsSpan(0, 180));
        Keccak256.HashData(buffer.AsSpan(0, 180), buffer);
        Assert.That(buffer, Is.EqualTo(expected.Concat(Enumerable.Range(32, 168).Select(i => (byte)i))));
        Assert.That(() => Keccak256.HashData([], new byte[31]), Throws.ArgumentException);
    }

    private static void CheckPermutation<TWord, TLanes>()
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        var random = new Random(2);
        for (var trial = 0; trial < 50; trial++)
        {
            var states = new TWord[KeccakF1600.Words];
            var words = MemoryMarshal.Cast<TWord, ulong>(states.AsSpan());
            if (trial == 1) words.Fill(ulong.MaxValue);
            else if (trial > 1) random.NextBytes(MemoryMarshal.AsBytes(words));
            var expected = new ulong[TLanes.Count][];
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                expected[lane] = new ulong[KeccakF1600.Words];
                for (var i = 0; i < KeccakF1600.Words; i++) expected[lane][i] = words[(i * TLanes.Count) + lane];
                NaiveKeccak.Permute(expected[lane]);
            }
            KeccakF1600.Permute<TWord, TLanes>(states);
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                for (var i = 0; i < KeccakF1600.Words; i++)
                    Assert.That(words[(i * TLanes.Count) + lane], Is.EqualTo(expected[lane][i]), $"trial {trial}, lane {lane}, word {i}");
            }
        }
    }
}
