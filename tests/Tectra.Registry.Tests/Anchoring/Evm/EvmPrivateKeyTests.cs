using System.Runtime.Versioning;
using System.Text;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class EvmPrivateKeyTests
{
    private const string Hex = "db624058fe423a12d4f2c1556df9b70fc39ab3b3608b1b5644230255560ea1c2";
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private static readonly EvmAddress Address = EvmAddress.Parse("0xFd148C08a809b06f79d1F426ce5652bBCDb26e9F");
    private static readonly TimeProvider Time = new FixedTime(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    private string _folder = null!;
    private FernetKey _fernetKey = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("tectra-evm-key-").FullName;
        _fernetKey = FernetKey.Create();
    }

    [TearDown]
    public void TearDown()
    {
        _fernetKey.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void A_key_is_read_from_digits_of_either_case_with_or_without_prefix_and_line_end()
    {
        foreach (var digits in new[] { Hex, Hex.ToUpperInvariant() })
        {
            foreach (var prefix in new[] { "", "0x" })
            {
                foreach (var end in new[] { "", "\n", "\r\n" })
                {
                    using var parsed = EvmPrivateKey.Parse(prefix + digits + end, null);
                    using var loaded = EvmPrivateKey.Load(Write(prefix + digits + end), null);
                    Assert.That((parsed.Address, loaded.Address), Is.EqualTo((Address, Address)));
                }
            }
        }
    }

    [Test]
    public void A_key_is_read_from_its_Fernet_token()
    {
        using var key = EvmPrivateKey.Parse(Hex, null);
        var token = key.Protect(_fernetKey, Time);
        Assert.That(token, Does.Not.Contain(Hex));
        foreach (var end in new[] { "", "\n", "\r\n" })
        {
            using var parsed = EvmPrivateKey.Parse(token + end, _fernetKey);
            using var loaded = EvmPrivateKey.Load(Write(token + end), _fernetKey);
            Assert.That((parsed.Address, loaded.Address), Is.EqualTo((Address, Address)));
        }
    }

    [Test]
    public void A_token_needs_the_Fernet_key_it_was_made_with()
    {
        using var key = EvmPrivateKey.Parse(Hex, null);
        using var other = FernetKey.Create();
        var token = key.Protect(other, Time);
        AssertRefused(() => EvmPrivateKey.Parse(token, null), ErrorCodes.FernetKeyWrong);
        AssertRefused(() => EvmPrivateKey.Parse(token, _fernetKey), ErrorCodes.FernetKeyWrong);
        AssertRefused(() => EvmPrivateKey.Parse(token[..^4], other), ErrorCodes.FernetKeyWrong);
    }

    [TestCase(0)]
    [TestCase(31)]
    [TestCase(33)]
    [TestCase(64)]
    public void A_token_of_another_length_is_no_key(int length) =>
        AssertRefused(() => EvmPrivateKey.Parse(_fernetKey.Encrypt(new byte[length], Time), _fernetKey), ErrorCodes.EvmKeyMalformed);

    [Test]
    public void A_token_of_a_number_that_is_no_key_is_refused()
    {
        AssertRefused(() => EvmPrivateKey.Parse(_fernetKey.Encrypt(new byte[32], Time), _fernetKey), ErrorCodes.EvmKeyMalformed);
        AssertRefused(() => EvmPrivateKey.Parse(_fernetKey.Encrypt(Convert.FromHexString(Order), Time), _fernetKey), ErrorCodes.EvmKeyMalformed);
    }

    [TestCase("")]
    [TestCase("\n")]
    [TestCase("0x")]
    [TestCase(Hex + "\n\n")]
    [TestCase(Hex + "\r")]
    [TestCase(" " + Hex)]
    [TestCase(Hex + " ")]
    [TestCase("0X" + Hex)]
    [TestCase("0x0x" + Hex)]
    [TestCase(Hex + "00")]
    [TestCase("\ufeff" + Hex)]
    [TestCase("db624058fe423a12d4f2c1556df9b70fc39ab3b3608b1b5644230255560ea1c")]
    [TestCase("gb624058fe423a12d4f2c1556df9b70fc39ab3b3608b1b5644230255560ea1c2")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("0x0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase(Order)]
    [TestCase("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142")]
    [TestCase("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Any_other_text_is_no_key_and_is_not_repeated(string text)
    {
        AssertRefused(() => EvmPrivateKey.Parse(text, _fernetKey), ErrorCodes.EvmKeyMalformed);
        AssertRefused(() => EvmPrivateKey.Load(Write(text), _fernetKey), ErrorCodes.EvmKeyMalformed);
    }

    [Test]
    public void A_file_too_long_for_a_key_is_refused() =>
        AssertRefused(() => EvmPrivateKey.Load(Write(new string('a', 513)), _fernetKey), ErrorCodes.EvmKeyMalformed);

    [Test]
    public void The_smallest_and_the_largest_key_are_keys()
    {
        using var one = EvmPrivateKey.Parse(new string('0', 63) + "1", null);
        using var last = EvmPrivateKey.Parse(Order[..^1] + "0", null);
        Assert.That(one.Address.ToString(), Is.EqualTo("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"));
        Assert.That(last.Address.ToString(), Is.EqualTo("0x80C0dbf239224071c59dD8970ab9d542E3414aB2"));
        Assert.That(() => EvmPrivateKey.FromBytes(new byte[31]), Throws.ArgumentException);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Windows has no such modes.")]
    [UnsupportedOSPlatform("windows")]
    public void A_file_open_to_others_is_refused()
    {
        var path = Write(Hex);
        for (var bit = 0; bit < 9; bit++)
        {
            var mode = UnixFileMode.UserRead | (UnixFileMode)(1 << bit);
            File.SetUnixFileMode(path, mode);
            if (bit >= 6) EvmPrivateKey.Load(path, null).Dispose();
            else AssertRefused(() => EvmPrivateKey.Load(path, null), ErrorCodes.EvmKeyExposed);
        }
        // Of a link, what it leads to counts.
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, path);
        AssertRefused(() => EvmPrivateKey.Load(link, null), ErrorCodes.EvmKeyExposed);
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        EvmPrivateKey.Load(link, null).Dispose();
    }

    [Test]
    [Platform("Linux")]
    public void What_is_no_file_is_refused_at_once()
    {
        AssertRefused(() => EvmPrivateKey.Load(Path.Combine(_folder, "missing"), null), ErrorCodes.EvmKeyUnreadable);
        AssertRefused(() => EvmPrivateKey.Load(Path.Combine(_folder, "missing", "deeper"), null), ErrorCodes.EvmKeyUnreadable);
        AssertRefused(() => EvmPrivateKey.Load(_folder, null), ErrorCodes.EvmKeyUnreadable);
        AssertRefused(() => EvmPrivateKey.Load("/dev/zero", null), ErrorCodes.EvmKeyUnreadable);
        var pipe = Path.Combine(_folder, "pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", ["-m", "600", pipe])) make.WaitForExit();
        AssertRefused(() => EvmPrivateKey.Load(pipe, null), ErrorCodes.EvmKeyUnreadable);
    }

    [Test]
    public void New_keys_differ_and_show_their_account_alone()
    {
        using var first = EvmPrivateKey.Create();
        using var second = EvmPrivateKey.Create();
        Assert.That(first.Address, Is.Not.EqualTo(second.Address));
        Assert.That(first.ToString(), Is.EqualTo($"EvmPrivateKey of {first.Address}"));
    }

    [Test]
    public void A_disposed_key_does_nothing_more()
    {
        var key = EvmPrivateKey.Parse(Hex, null);
        key.Dispose();
        key.Dispose();
        Assert.That(() => key.Sign(new byte[32]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => key.Protect(_fernetKey, Time), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(key.Address, Is.EqualTo(Address), "the account is no secret");
    }

    private static void AssertRefused(Func<EvmPrivateKey> read, string code)
    {
        var error = Assert.Throws<KeyAccessException>(() => read().Dispose())!;
        Assert.That(error.Code, Is.EqualTo(code));
        Assert.That(error.ToString(), Does.Not.Contain(Hex[..8]).And.Not.Contain(Hex[^12..]).IgnoreCase);
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "key");
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text), ownerOnly: true);
        return path;
    }
}
