using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Tests.Keys;

public sealed class FernetTests
{
    [Test]
    public void Every_vector_of_the_specification_behaves()
    {
        int generated = 0, verified = 0, refused = 0;
        foreach (var vector in TestData.Json("vectors/fernet/generate.json").EnumerateArray())
        {
            using var key = Key(vector);
            var iv = vector.GetProperty("iv").EnumerateArray().Select(value => (byte)value.GetInt32()).ToArray();
            Assert.That(key.Encrypt(Encoding.UTF8.GetBytes(Text(vector, "src")), iv, Now(vector)), Is.EqualTo(Text(vector, "token")));
            generated++;
        }
        foreach (var vector in TestData.Json("vectors/fernet/verify.json").EnumerateArray())
        {
            using var key = Key(vector);
            Assert.That(key.TryDecrypt(Text(vector, "token"), Lifetime(vector), new FixedTime(Now(vector)), out var plaintext), Is.True);
            Assert.That(Encoding.UTF8.GetString(plaintext!), Is.EqualTo(Text(vector, "src")));
            verified++;
        }
        foreach (var vector in TestData.Json("vectors/fernet/invalid.json").EnumerateArray())
        {
            using var key = Key(vector);
            Assert.That(
                key.TryDecrypt(Text(vector, "token"), Lifetime(vector), new FixedTime(Now(vector)), out var plaintext), Is.False, Text(vector, "desc"));
            Assert.That(plaintext, Is.Null);
            refused++;
        }
        Assert.That((generated, verified, refused), Is.EqualTo((1, 1, 8)));
        Report.Line($"fernet: {generated} generate, {verified} verify, {refused} invalid vectors behave");
    }

    [Test]
    public void Lifetime_and_clock_skew_are_inclusive_at_their_limits()
    {
        using var key = FernetKey.Create();
        var made = new FixedTime(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var token = key.Encrypt("x"u8, made);
        bool At(double seconds) => key.TryDecrypt(token, TimeSpan.FromSeconds(60), new FixedTime(made.Now.AddSeconds(seconds)), out _);
        Assert.Multiple(() =>
        {
            Assert.That(At(60), Is.True);
            Assert.That(At(60.001), Is.False, "expired");
            Assert.That(At(-60), Is.True);
            Assert.That(At(-60.001), Is.False, "from the future");
            Assert.That(key.TryDecrypt(token, out _), Is.True, "without a lifetime the clock doesn't matter");
        });
    }

    [Test]
    public void Round_trips_at_every_length_around_a_block()
    {
        using var key = FernetKey.Create();
        for (var length = 0; length <= 49; length++)
        {
            var plaintext = new byte[length];
            new Random(length).NextBytes(plaintext);
            Assert.That(key.TryDecrypt(key.Encrypt(plaintext, TimeProvider.System), out var decrypted), Is.True);
            Assert.That(decrypted, Is.EqualTo(plaintext));
        }
    }

    [Test]
    public void Every_changed_character_of_a_token_is_noticed()
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        using var key = FernetKey.Create();
        var token = key.Encrypt("the quick brown fox"u8, TimeProvider.System);
        var length = token.TrimEnd('=').Length;
        Assert.That(length % 4, Is.EqualTo(3), "the last character has two bits to spare");
        for (var i = 0; i < length; i++)
        {
            // All other 63, since some of them differ in the spare bits alone.
            foreach (var other in Alphabet.Where(c => c != token[i]))
                Assert.That(key.TryDecrypt(token[..i] + other + token[(i + 1)..], out _), Is.False, $"character {i}: {other}");
        }
        foreach (var odd in new[] { "", "=", "gAAA", token + "\n", " " + token, token[..^4], token + "AAAA", token.Replace('=', 'A') })
            Assert.That(key.TryDecrypt(odd, out _), Is.False, odd);
    }

    [Test]
    public void Keys_are_exported_and_parsed_with_and_without_padding()
    {
        using var key = FernetKey.Create();
        var text = Encoding.ASCII.GetString(key.Export());
        Assert.That(text, Has.Length.EqualTo(44).And.EndsWith("="));
        var token = key.Encrypt("x"u8, TimeProvider.System);
        foreach (var spelling in new[] { text, text.TrimEnd('='), text + "\n" })
        {
            using var parsed = FernetKey.Parse(spelling);
            Assert.That(parsed.TryDecrypt(token, out _), Is.True);
        }
        foreach (var bad in new[] { "", "abc", text[..^5], text + text, "!" + text[1..] })
        {
            Assert.That(
                () => FernetKey.Parse(bad), Throws.TypeOf<KeyAccessException>().With.Property("Code").EqualTo("fernet_key_malformed"), bad);
        }
        Assert.That(key.ToString(), Is.EqualTo("FernetKey"));
    }

    [Test]
    public void A_private_key_at_rest_opens_with_its_Fernet_key_only()
    {
        using var fernet = FernetKey.Create();
        using var other = FernetKey.Create();
        using var key = SigningKey.Create();
        var stored = EncryptedPrivateKey.Protect(key, fernet, TimeProvider.System);
        using var opened = stored.Unprotect(fernet);
        Assert.Multiple(() =>
        {
            Assert.That(opened.Sign("m"u8), Is.EqualTo(key.Sign("m"u8)));
            Assert.That(() => stored.Unprotect(other), Throws.TypeOf<KeyAccessException>().With.Property("Code").EqualTo("fernet_key_wrong"));
            Assert.That(stored.ToString(), Does.Not.Contain(stored.Token));
        });
        using var stranger = SigningKey.Create();
        var swapped = stored with { PublicKey = stranger.PublicKey };
        Assert.That(() => swapped.Unprotect(fernet), Throws.TypeOf<KeyAccessException>().With.Property("Code").EqualTo("signing_key_damaged"));
        var short31 = stored with { Token = fernet.Encrypt(new byte[31], TimeProvider.System) };
        Assert.That(() => short31.Unprotect(fernet), Throws.TypeOf<KeyAccessException>().With.Property("Code").EqualTo("signing_key_damaged"));
    }

    private static FernetKey Key(JsonElement vector) => FernetKey.Parse(Text(vector, "secret"));

    private static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;

    private static DateTimeOffset Now(JsonElement vector) => DateTimeOffset.Parse(Text(vector, "now"), CultureInfo.InvariantCulture);

    private static TimeSpan Lifetime(JsonElement vector) => TimeSpan.FromSeconds(vector.GetProperty("ttl_sec").GetInt32());
}
