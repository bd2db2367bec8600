using Tectra.Sdk.Evm;

namespace Tectra.Sdk.Tests.Evm;

public sealed class EvmAddressTests
{
    // The test cases of EIP-55: two whose letters happen to be upper case, two lower case, four of both.
    private static readonly string[] Checksummed =
    [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    [TestCaseSource(nameof(Checksummed))]
    public void An_address_is_written_with_its_checksum_and_read_in_one_case_or_with_it(string text)
    {
        var address = EvmAddress.Parse(text);
        Assert.Multiple(() =>
        {
            Assert.That(address.ToString(), Is.EqualTo(text));
            Assert.That(EvmAddress.Parse("0x" + text[2..].ToLowerInvariant()), Is.EqualTo(address));
            Assert.That(EvmAddress.Parse("0x" + text[2..].ToUpperInvariant()), Is.EqualTo(address));
        });
    }

    [TestCaseSource(nameof(Checksummed))]
    public void A_letter_of_the_wrong_case_is_refused_unless_all_letters_then_have_one_case(string text)
    {
        for (var i = 2; i < text.Length; i++)
        {
            if (!char.IsAsciiLetter(text[i])) continue;
            var changed = text.ToCharArray();
            changed[i] ^= ' ';
            var letters = changed.Skip(2).Where(char.IsAsciiLetter).ToList();
            var oneCase = letters.All(char.IsAsciiLetterUpper) || letters.All(char.IsAsciiLetterLower);
            Assert.That(EvmAddress.TryParse(changed, out _), Is.EqualTo(oneCase), new string(changed));
        }
    }

    [TestCase("")]
    [TestCase("0x")]
    [TestCase("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [TestCase("0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [TestCase("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae")]
    [TestCase("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0")]
    [TestCase("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg")]
    [TestCase(" 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    [TestCase("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\n")]
    [TestCase("0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea\u0665d")]
    [TestCase("005aaeb6053f3e94c9b9a09f33669435e7ef1beaed")]
    public void Any_other_text_is_refused(string text)
    {
        Assert.That(EvmAddress.TryParse(text, out var address), Is.False);
        Assert.That(address, Is.EqualTo(default(EvmAddress)));
        Assert.That(() => EvmAddress.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void Bytes_go_in_and_come_out_unchanged()
    {
        var bytes = Enumerable.Range(1, EvmAddress.LengthBytes).Select(i => (byte)i).ToArray();
        var address = new EvmAddress(bytes);
        var copy = new byte[EvmAddress.LengthBytes + 1];
        address.CopyTo(copy);
        Assert.Multiple(() =>
        {
            Assert.That(copy, Is.EqualTo(bytes.Append((byte)0)));
            Assert.That(EvmAddress.Parse(address.ToString()), Is.EqualTo(address));
            Assert.That(() => new EvmAddress(bytes.AsSpan(1)), Throws.ArgumentException);
            Assert.That(() => address.CopyTo(new byte[EvmAddress.LengthBytes - 1]), Throws.ArgumentException);
            Assert.That(default(EvmAddress).ToString(), Is.EqualTo("0x" + new string('0', 40)));
        });
    }

    [Test]
    public void Addresses_are_equal_byte_by_byte()
    {
        var bytes = new byte[EvmAddress.LengthBytes];
        var zero = new EvmAddress(bytes);
        Assert.That(zero == default && zero.IsZero, Is.True);
        Assert.That(zero.GetHashCode(), Is.EqualTo(default(EvmAddress).GetHashCode()));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = 1;
            Assert.That(new EvmAddress(bytes) != zero && !new EvmAddress(bytes).IsZero, Is.True, $"byte {i}");
            Assert.That(new EvmAddress(bytes).Equals((object)zero), Is.False);
            bytes[i] = 0;
        }
    }

    [Test]
    public void The_private_key_one_has_the_address_that_everybody_knows()
    {
        // The generator of secp256k1 (SEC 2 section 2.4.1) is the public key of the private key 1.
        var generator = Convert.FromHexString(
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8");
        Assert.That(EvmAddress.FromPublicKey(generator).ToString(), Is.EqualTo("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"));
        Assert.That(() => EvmAddress.FromPublicKey(generator.AsSpan(1)), Throws.ArgumentException);
    }
}
