using System.Buffers.Binary;
using System.Collections;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>Raw transactions that aren't what they should be.</summary>
public sealed class HostileTransactionTests
{
    private static readonly SignedVector Vector = EvmVectors.Transactions[0];
    private static readonly byte[] Raw = EvmVectors.Bytes(Vector.Raw!);

    [Test]
    public void Every_truncation_and_every_trailing_byte_is_refused()
    {
        for (var length = 0; length < Raw.Length; length++) AssertRefused(Raw[..length], $"{length} bytes");
        for (var value = 0; value < 256; value++) AssertRefused([.. Raw, (byte)value], "one byte more");
    }

    [Test]
    public void Every_changed_bit_is_refused_or_gives_another_transaction_or_sender_in_canonical_form()
    {
        int refused = 0, others = 0;
        for (var bit = 0; bit < 8 * Raw.Length; bit++)
        {
            var changed = Raw.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                var read = SignedTransaction.Decode(changed);
                Assert.That(read.Transaction.Encode(read.Signature), Is.EqualTo(changed), $"bit {bit}: only one encoding is accepted");
                Assert.That(read.Sender.ToString(), Is.Not.EqualTo(Vector.From), $"bit {bit}");
                others++;
            }
            catch (InvalidEvidenceException e)
            {
                Assert.That(e.Code, Is.EqualTo(ErrorCodes.EvmTransactionMalformed));
                refused++;
            }
        }
        Report.Line($"evm: of {refused + others} changed bits of a raw transaction {refused} are refused, {others} make it somebody else's");
        Assert.That(refused, Is.Positive);
        Assert.That(others, Is.Positive);
    }

    [Test]
    public void Random_bytes_are_refused_in_the_one_typed_way()
    {
        var random = new Random(11);
        for (var i = 0; i < 20_000; i++)
        {
            // Half of them are the true one with a few bytes changed, so that something past the first header is reached.
            var bytes = i % 2 == 0 ? Raw.ToArray() : new byte[random.Next(0, 300)];
            if (i % 2 != 0) random.NextBytes(bytes);
            else for (var j = 0; j < 4; j++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (bytes is [_, ..]) bytes[0] = EvmTransaction.Type;
            try
            {
                var read = SignedTransaction.Decode(bytes);
                Assert.That(read.Transaction.Encode(read.Signature), Is.EqualTo(bytes));
            }
            catch (InvalidEvidenceException)
            {
                // What is expected of nearly all.
            }
        }
    }

    private static IEnumerable<TestCaseData> OtherForms()
    {
        yield return Case("a legacy transaction", Raw[1..]);
        yield return Case("type 1", [1, .. Raw[1..]]);
        yield return Case("type 3", [3, .. Raw[1..]]);
        yield return Case("two types", [2, 2, .. Raw[1..]]);
        yield return Case("wrapped in a text", [0xB9, (byte)(Raw.Length >> 8), (byte)Raw.Length, .. Raw]);
        yield return Case("no list", [2, 0x80]);
        yield return Case("an empty list", [2, 0xC0]);
        yield return Case("a longer length of the list", [2, 0xFA, 0, .. Raw[2..]]);
        yield return Case("a list of 2^63 bytes", [2, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0]);
        yield return Case("without its signature", Vector.Transaction.Encode(null));
        yield return Case("too long", [2, .. new byte[EvmTransaction.MaxEncodedBytes]]);
        yield return Case("one field more", Build(list => list.Add(Array.Empty<byte>())));
        yield return Case("one field less", Build(list => list.RemoveAt(list.Count - 1)));
        yield return Case("a chain id of 9 bytes", Build(list => list[0] = Filled(9)));
        yield return Case("chain id 0", Build(list => list[0] = Array.Empty<byte>()));
        yield return Case("a chain id with a leading zero", Build(list => list[0] = new byte[] { 0, 137 }));
        yield return Case("a nonce of one zero byte", Build(list => list[1] = new byte[] { 0 }));
        yield return Case("a nonce of 2^64 - 1", Build(list => list[1] = Filled(8)));
        yield return Case("a fee of 17 bytes", Build(list => list[3] = Filled(17)));
        yield return Case("a priority fee above the fee", Build(list => list[2] = Filled(16)));
        yield return Case("a gas limit of 9 bytes", Build(list => list[4] = Filled(9)));
        yield return Case("an address of 19 bytes", Build(list => list[5] = Filled(19)));
        yield return Case("an address of 21 bytes", Build(list => list[5] = Filled(21)));
        yield return Case("an address that is a list", Build(list => list[5] = new ArrayList()));
        yield return Case("a value of 17 bytes", Build(list => list[6] = Filled(17)));
        yield return Case("data that is a list", Build(list => list[7] = new ArrayList()));
        yield return Case("an access list that is a text", Build(list => list[8] = Array.Empty<byte>()));
        yield return Case("an access list with an entry", Build(list => list[8] = new ArrayList { new ArrayList { Filled(20), new ArrayList() } }));
        yield return Case("an access list with rubbish", Build(list => list[8] = new ArrayList { Filled(1) }));
        yield return Case("parity 2", Build(list => list[9] = new byte[] { 2 }));
        yield return Case("parity 27", Build(list => list[9] = new byte[] { 27 }));
        yield return Case("parity of one zero byte", Build(list => list[9] = new byte[] { 0 }));
        yield return Case("r with a leading zero", Build(list => list[10] = (byte[])[0, .. (byte[])list[10]!]));
        yield return Case("r of 33 bytes", Build(list => list[10] = Filled(33)));
        yield return Case("r of 0", Build(list => list[10] = Array.Empty<byte>()));
        yield return Case("s of 0", Build(list => list[11] = Array.Empty<byte>()));
        yield return Case("s of 33 bytes", Build(list => list[11] = Filled(33)));
        yield return Case("s above the order", Build(list => list[11] = Filled(32)));
        yield return Case("s in the upper half", Build(list => list[11] = EvmVectors.Bytes("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1")));
        static TestCaseData Case(string name, byte[] raw) => new TestCaseData(raw).SetArgDisplayNames(name);
        static byte[] Filled(int length) => [.. Enumerable.Repeat((byte)255, length)];
    }

    [TestCaseSource(nameof(OtherForms))]
    public void Any_other_form_is_refused(byte[] raw) => AssertRefused(raw, "");

    [Test]
    public void What_the_cases_change_is_otherwise_the_true_transaction() => Assert.That(Build(_ => { }), Is.EqualTo(Raw));

    private static void AssertRefused(byte[] raw, string what)
    {
        var error = Assert.Throws<InvalidEvidenceException>(() => SignedTransaction.Decode(raw), what)!;
        Assert.That(error.Code, Is.EqualTo(ErrorCodes.EvmTransactionMalformed), what);
    }

    /// <summary>The true transaction with some of its twelve fields exchanged, each encoded as it is, right or not.</summary>
    private static byte[] Build(Action<ArrayList> change)
    {
        var transaction = Vector.Transaction;
        var to = new byte[EvmAddress.LengthBytes];
        transaction.To!.Value.CopyTo(to);
        var fields = new ArrayList
        {
            Integer(transaction.ChainId), Integer(transaction.Nonce), Integer(transaction.MaxPriorityFeePerGas), Integer(transaction.MaxFeePerGas),
            Integer(transaction.GasLimit), to, Integer(transaction.Value), transaction.Data.ToArray(), new ArrayList(),
            Integer(Vector.YIsOdd ? 1u : 0u), Convert.FromHexString(Vector.Scalars[..64]), Convert.FromHexString(Vector.Scalars[64..]),
        };
        change(fields);
        return [EvmTransaction.Type, .. Encode(fields)];
    }

    private static byte[] Integer(UInt128 value)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return [.. bytes.SkipWhile(digit => digit == 0)];
    }

    private static byte[] Encode(object item)
    {
        if (item is byte[] text) return text is [< 0x80] ? text : [.. Header(0x80, text.Length), .. text];
        byte[] payload = [.. ((ArrayList)item).Cast<object>().SelectMany(Encode)];
        return [.. Header(0xC0, payload.Length), .. payload];
    }

    private static byte[] Header(int kind, int length) =>
        length <= 55 ? [(byte)(kind + length)]
        : length < 256 ? [(byte)(kind + 56), (byte)length]
        : [(byte)(kind + 57), (byte)(length >> 8), (byte)length];
}
