using System.Text.Json;
using Tectra.Sdk.Evm;

namespace Tectra.Sdk.Tests.Evm;

public sealed class EvmValueTests
{
    [Test]
    public void Hashes_keep_their_one_spelling()
    {
        var text = $"0x{new string('a', 63)}1";
        Assert.That(EvmHash.Parse(text).ToString(), Is.EqualTo(text));
        foreach (var wrong in new[] { "", "0x", text[2..], text[..^1], text + "0", text.ToUpperInvariant(), text.Replace('1', 'g') })
        {
            Assert.That(EvmHash.TryParse(wrong, out _), Is.False, wrong);
            Assert.That(() => EvmHash.Parse(wrong), Throws.InstanceOf<FormatException>());
        }
        Assert.That(() => new EvmHash(new byte[31]), Throws.ArgumentException);
    }

    [TestCase("\"0x0\"", "0")]
    [TestCase("\"0x00ff\"", "255")]
    [TestCase("\"0xFF\"", "255")]
    [TestCase("\"0x000000000000000000000000000000000000000000000000000000000000000a\"", "10")]
    [TestCase("\"0xffffffffffffffffffffffffffffffff\"", "340282366920938463463374607431768211455")]
    public void Quantities_are_read_with_leading_zeros_and_in_either_case(string json, string number) =>
        Assert.That(EvmHex.ReadQuantity(Json(json)).ToString(), Is.EqualTo(number));

    [TestCase("\"0x\"")]
    [TestCase("\"\"")]
    [TestCase("\"12\"")]
    [TestCase("\"0x-1\"")]
    [TestCase("\"0x 1\"")]
    [TestCase("\"0xg\"")]
    [TestCase("12")]
    [TestCase("null")]
    [TestCase("\"0x100000000000000000000000000000000\"")] // 2^128
    [TestCase("\"0x00000000000000000000000000000000000000000000000000000000000000001\"")] // 65 digits
    public void What_is_no_quantity_is_refused(string json) =>
        Assert.That(() => EvmHex.ReadQuantity(Json(json)), Throws.InstanceOf<FormatException>());

    [Test]
    public void Quantities_are_written_without_leading_zeros()
    {
        Assert.That(new[] { EvmHex.Quantity(0), EvmHex.Number(16), EvmHex.Number(long.MaxValue), EvmHex.Quantity(UInt128.MaxValue) },
            Is.EqualTo(new[] { "0x0", "0x10", "0x7fffffffffffffff", $"0x{new string('f', 32)}" }));
        Assert.That(() => EvmHex.Number(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [TestCase("\"0x8000000000000000\"")]
    public void Numbers_end_at_63_bits(string json) => Assert.That(() => EvmHex.ReadNumber(Json(json)), Throws.InstanceOf<FormatException>());

    [Test]
    public void Times_end_with_the_year_9999()
    {
        Assert.That(EvmHex.ReadTime(Json("\"0x3afff4417f\"")), Is.EqualTo(new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero)));
        Assert.That(() => EvmHex.ReadTime(Json("\"0x3afff44180\"")), Throws.InstanceOf<FormatException>());
    }

    [TestCase("\"0x1\"")]
    [TestCase("\"0xzz\"")]
    [TestCase("\"ab\"")]
    [TestCase("[]")]
    public void What_is_no_data_is_refused(string json) => Assert.That(() => EvmHex.ReadData(Json(json)), Throws.InstanceOf<FormatException>());

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
