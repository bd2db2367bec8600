using System.Globalization;
using System.Text;
using Tectra.Registry.Anchoring.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class RlpTests
{
    private const string LoremIpsum = "Lorem ipsum dolor sit amet, consectetur adipisicing elit";

    // The examples of Ethereum's description of the encoding.
    private static IEnumerable<TestCaseData> Examples()
    {
        yield return Example("dog", "dog", "83646f67");
        yield return Example("cat and dog", new object[] { "cat", "dog" }, "c88363617483646f67");
        yield return Example("the empty text", "", "80");
        yield return Example("the empty list", Array.Empty<object>(), "c0");
        yield return Example("0", UInt128.Zero, "80");
        yield return Example("15", (UInt128)15, "0f");
        yield return Example("1024", (UInt128)1024, "820400");
        yield return Example("one zero byte", "\0", "00");
        yield return Example("three, set theoretically", new object[] { Array.Empty<object>(), new object[] { Array.Empty<object>() }, new object[] { Array.Empty<object>(), new object[] { Array.Empty<object>() } } }, "c7c0c1c0c3c0c1c0");
        yield return Example("lorem ipsum", LoremIpsum, "b838" + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(LoremIpsum)));
        static TestCaseData Example(string name, object item, string encoded) => new TestCaseData(item, encoded).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Examples))]
    public void The_published_examples_are_written_and_read(object item, string encoded)
    {
        var bytes = Encode(item);
        Assert.That(Convert.ToHexStringLower(bytes), Is.EqualTo(encoded));
        var reader = new RlpReader(bytes);
        AssertReads(ref reader, item);
        reader.ReadEnd();
        Assert.That(reader.Failure, Is.EqualTo(RlpFailure.None));
    }

    [TestCase(0, "80")]
    [TestCase(1, "")]
    [TestCase(2, "82")]
    [TestCase(55, "b7")]
    [TestCase(56, "b838")]
    [TestCase(255, "b8ff")]
    [TestCase(256, "b90100")]
    [TestCase(65535, "b9ffff")]
    [TestCase(65536, "ba010000")]
    [TestCase(16777216, "bb01000000")]
    public void Texts_have_the_shortest_header(int length, string header)
    {
        var bytes = new byte[length];
        var encoded = Encode(bytes);
        Assert.That(Convert.ToHexStringLower(encoded.AsSpan(0, encoded.Length - length)), Is.EqualTo(header));
        var reader = new RlpReader(encoded);
        Assert.That(reader.ReadBytes().Length, Is.EqualTo(length));
        Assert.That((reader.Failure, reader.IsAtEnd), Is.EqualTo((RlpFailure.None, true)));
    }

    [Test]
    public void Integers_of_every_length_come_back()
    {
        for (var bit = 0; bit < 128; bit++)
        {
            foreach (var value in new[] { UInt128.One << bit, (UInt128.One << bit) - 1, (UInt128.One << bit) | 1 })
            {
                var encoded = Encode(value);
                var reader = new RlpReader(encoded);
                Assert.That(reader.ReadUInt128(), Is.EqualTo(value));
                var narrow = new RlpReader(encoded);
                Assert.That(narrow.ReadUInt64(), Is.EqualTo(value <= ulong.MaxValue ? (ulong)value : 0));
                Assert.That(narrow.Failure, Is.EqualTo(value <= ulong.MaxValue ? RlpFailure.None : RlpFailure.OutOfRange));
                Assert.That(Encode(value), Is.EqualTo(NaiveText(value.ToString("x32", CultureInfo.InvariantCulture))), "the same by the definition");
            }
        }
    }

    [TestCase("", nameof(RlpFailure.Truncated))]
    [TestCase("81", nameof(RlpFailure.Truncated))]
    [TestCase("8180ff", nameof(RlpFailure.TrailingBytes))]
    [TestCase("83646f", nameof(RlpFailure.Truncated))]
    [TestCase("8100", nameof(RlpFailure.NotCanonical))]
    [TestCase("817f", nameof(RlpFailure.NotCanonical))]
    [TestCase("b8", nameof(RlpFailure.Truncated))]
    [TestCase("b800", nameof(RlpFailure.NotCanonical))]
    [TestCase("b837", nameof(RlpFailure.NotCanonical))]
    [TestCase("b838", nameof(RlpFailure.Truncated))]
    [TestCase("b90038", nameof(RlpFailure.NotCanonical))]
    [TestCase("b900ff", nameof(RlpFailure.NotCanonical))]
    [TestCase("b9ff", nameof(RlpFailure.Truncated))]
    [TestCase("bfffffffffffffffff", nameof(RlpFailure.Truncated))]
    [TestCase("bf7fffffffffffffff", nameof(RlpFailure.Truncated))]
    [TestCase("bf0000000080000000", nameof(RlpFailure.NotCanonical))]
    [TestCase("bb80000000", nameof(RlpFailure.Truncated))]
    [TestCase("bbffffffff", nameof(RlpFailure.Truncated))]
    [TestCase("c0", nameof(RlpFailure.WrongKind))]
    [TestCase("ffffffffffffffffff", nameof(RlpFailure.WrongKind))]
    public void A_text_in_any_other_form_is_refused(string encoded, string failure)
    {
        var reader = new RlpReader(Convert.FromHexString(encoded));
        _ = reader.ReadBytes();
        reader.ReadEnd();
        Assert.That(reader.Failure.ToString(), Is.EqualTo(failure));
    }

    [TestCase("80", nameof(RlpFailure.WrongKind))]
    [TestCase("c1", nameof(RlpFailure.Truncated))]
    [TestCase("c0c0", nameof(RlpFailure.TrailingBytes))]
    [TestCase("f800", nameof(RlpFailure.NotCanonical))]
    [TestCase("f837", nameof(RlpFailure.NotCanonical))]
    [TestCase("f838", nameof(RlpFailure.Truncated))]
    [TestCase("f90038", nameof(RlpFailure.NotCanonical))]
    [TestCase("ffffffffffffffffff", nameof(RlpFailure.Truncated))]
    public void A_list_in_any_other_form_is_refused(string encoded, string failure)
    {
        var reader = new RlpReader(Convert.FromHexString(encoded));
        _ = reader.ReadList();
        reader.ReadEnd();
        Assert.That(reader.Failure.ToString(), Is.EqualTo(failure));
    }

    [TestCase("00", nameof(RlpFailure.NotCanonical))]
    [TestCase("820001", nameof(RlpFailure.NotCanonical))]
    [TestCase("89010000000000000000", nameof(RlpFailure.OutOfRange))]
    [TestCase("c101", nameof(RlpFailure.WrongKind))]
    public void An_integer_in_any_other_form_is_refused(string encoded, string failure)
    {
        var reader = new RlpReader(Convert.FromHexString(encoded));
        Assert.That(reader.ReadUInt64(), Is.Zero);
        Assert.That(reader.Failure.ToString(), Is.EqualTo(failure));
    }

    [Test]
    public void The_first_failure_stays_and_nothing_more_is_read()
    {
        var reader = new RlpReader([0x81, 0x01, 0x05, 0xC0]);
        Assert.That(reader.ReadBytes().IsEmpty);
        Assert.That(reader.ReadUInt64(), Is.Zero);
        var list = reader.ReadList();
        reader.ReadEnd();
        Assert.That((reader.Failure, list.Failure, list.IsAtEnd), Is.EqualTo((RlpFailure.NotCanonical, RlpFailure.NotCanonical, true)));
    }

    [Test]
    public void Whatever_is_accepted_is_the_only_encoding_of_what_was_read()
    {
        var random = new Random(7);
        var accepted = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(1, 7)];
            random.NextBytes(bytes);
            var reader = new RlpReader(bytes);
            var text = reader.ReadBytes();
            reader.ReadEnd();
            if (reader.Failure != RlpFailure.None) continue;
            accepted++;
            Assert.That(Encode(text.ToArray()), Is.EqualTo(bytes));
        }
        Assert.That(accepted, Is.GreaterThan(10_000));
    }

    /// <summary>Texts (strings, bytes), integers and lists of them.</summary>
    private static byte[] Encode(object item)
    {
        var bytes = new byte[Length(item)];
        var writer = new RlpWriter(bytes);
        Write(ref writer, item);
        Assert.That(writer.RemainingBytes, Is.Zero, "what is measured is what is written");
        return bytes;
    }

    private static int Length(object item) => item switch
    {
        UInt128 integer => Rlp.LengthOf(integer),
        object[] list => Rlp.LengthOfList(list.Sum(Length)),
        _ => Rlp.LengthOf(Text(item)),
    };

    private static void Write(ref RlpWriter writer, object item)
    {
        switch (item)
        {
            case UInt128 integer:
                writer.Write(integer);
                break;
            case object[] list:
                writer.WriteListHeader(list.Sum(Length));
                foreach (var inner in list) Write(ref writer, inner);
                break;
            default:
                writer.Write(Text(item));
                break;
        }
    }

    private static void AssertReads(ref RlpReader reader, object item)
    {
        switch (item)
        {
            case UInt128 integer:
                Assert.That(reader.ReadUInt128(), Is.EqualTo(integer));
                break;
            case object[] list:
                var items = reader.ReadList();
                foreach (var inner in list) AssertReads(ref items, inner);
                items.ReadEnd();
                Assert.That(items.Failure, Is.EqualTo(RlpFailure.None));
                break;
            default:
                Assert.That(reader.ReadBytes().ToArray(), Is.EqualTo(Text(item)));
                break;
        }
    }

    private static byte[] Text(object item) => item as byte[] ?? Encoding.ASCII.GetBytes((string)item);

    // An integer's encoding by the words of the definition: its shortest bytes, behind 0x80 and their number unless it is one below 0x80.
    private static byte[] NaiveText(string hex)
    {
        var digits = hex.TrimStart('0');
        var bytes = Convert.FromHexString(digits.Length % 2 == 0 ? digits : "0" + digits);
        return bytes is [< 0x80] ? bytes : [(byte)(0x80 + bytes.Length), .. bytes];
    }
}
