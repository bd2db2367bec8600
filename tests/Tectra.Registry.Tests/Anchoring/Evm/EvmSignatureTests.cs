using System.Globalization;
using System.Numerics;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class EvmSignatureTests
{
    // n of secp256k1 (SEC 2 section 2.4.1).
    private static readonly BigInteger Order = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static readonly byte[] Hash = EvmVectors.Bytes(EvmVectors.Transactions[0].SigningHash);

    private EvmPrivateKey _key = null!;

    [SetUp]
    public void CreateKey() => _key = EvmPrivateKey.Create();

    [TearDown]
    public void ForgetKey() => _key.Dispose();

    [Test]
    public void The_signer_is_recovered_from_every_signature()
    {
        var hash = new byte[32];
        var random = new Random(3);
        var parities = new HashSet<bool>();
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(hash);
            var signature = _key.Sign(hash);
            Assert.That(signature.TryRecover(hash, out var signer));
            Assert.That(signer, Is.EqualTo(_key.Address));
            Assert.That(Number(signature.S), Is.LessThanOrEqualTo((Order - 1) / 2), "EIP-2");
            parities.Add(signature.YIsOdd);
        }
        Assert.That(parities, Has.Count.EqualTo(2));
    }

    [Test]
    public void The_same_hash_gives_the_same_signature()
    {
        var first = _key.Sign(Hash);
        Assert.That(_key.Sign(Hash), Is.EqualTo(first));
    }

    [Test]
    public void Every_changed_bit_of_a_signature_or_hash_leads_to_somebody_else_or_to_nobody()
    {
        var signature = _key.Sign(Hash);
        byte[] scalars = [.. signature.R, .. signature.S];
        int others = 0, nobody = 0;
        for (var bit = 0; bit < 8 * scalars.Length; bit++) Count(Flip(scalars, bit), signature.YIsOdd, Hash);
        for (var bit = 0; bit < 8 * Hash.Length; bit++) Count(scalars, signature.YIsOdd, Flip(Hash, bit));
        Count(scalars, !signature.YIsOdd, Hash);
        Assert.That(others + nobody, Is.EqualTo(512 + 256 + 1));
        Assert.That(nobody, Is.Positive, "about half of all r are no x of a point");
        Report.Line($"evm: of {others + nobody} changed bits {others} lead to another account, {nobody} to none");

        void Count(byte[] changed, bool yIsOdd, byte[] hash)
        {
            if (!new EvmSignature(changed, yIsOdd).TryRecover(hash, out var signer)) nobody++;
            else if (signer != _key.Address) others++;
        }
    }

    [Test]
    public void The_other_half_of_a_signature_is_refused()
    {
        // (r, n − s) with the other parity is a signature by the same key, but no chain takes it since EIP-2.
        var signature = _key.Sign(Hash);
        byte[] scalars = [.. signature.R, .. Bytes(Order - Number(signature.S))];
        Assert.That(new EvmSignature(scalars, !signature.YIsOdd).TryRecover(Hash, out var signer), Is.False);
        Assert.That(signer, Is.EqualTo(default(EvmAddress)));
    }

    [Test]
    public void Scalars_out_of_range_are_nobodys()
    {
        var signature = _key.Sign(Hash);
        BigInteger r = Number(signature.R), s = Number(signature.S), end = BigInteger.Pow(2, 256);
        foreach (var (wrongR, wrongS) in new[] { (0, s), (r, 0), (0, 0), (Order, s), (r, Order), (Order + 1, s), (end - 1, s), (r, end - 1), (end - 1, end - 1), (r, (Order + 1) / 2) })
        {
            foreach (var yIsOdd in new[] { false, true })
                Assert.That(new EvmSignature([.. Bytes(wrongR), .. Bytes(wrongS)], yIsOdd).TryRecover(Hash, out _), Is.False, $"{wrongR:x} {wrongS:x}");
        }
        Assert.That(new EvmSignature([.. Bytes(r), .. Bytes((Order - 1) / 2)], false).TryRecover(Hash, out _), "the largest s is in range");
    }

    [Test]
    public void Other_lengths_are_refused()
    {
        Assert.That(() => new EvmSignature(new byte[63], false), Throws.ArgumentException);
        Assert.That(() => new EvmSignature(new byte[65], false), Throws.ArgumentException);
        Assert.That(() => _key.Sign(Hash).TryRecover(new byte[31], out _), Throws.ArgumentException);
        Assert.That(() => _key.Sign(new byte[33]), Throws.ArgumentException);
    }

    [Test]
    public void Signatures_are_equal_by_value()
    {
        var scalars = Enumerable.Range(0, 64).Select(i => (byte)i).ToArray();
        var signature = new EvmSignature(scalars, true);
        Assert.That(signature, Is.EqualTo(new EvmSignature(scalars, true)));
        Assert.That(signature.GetHashCode(), Is.EqualTo(new EvmSignature(scalars, true).GetHashCode()));
        Assert.That(signature, Is.Not.EqualTo(new EvmSignature(scalars, false)));
        for (var i = 0; i < 64; i++) Assert.That(new EvmSignature(Flip(scalars, 8 * i), true), Is.Not.EqualTo(signature));
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        var changed = bytes.ToArray();
        changed[bit / 8] ^= (byte)(1 << (bit % 8));
        return changed;
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
