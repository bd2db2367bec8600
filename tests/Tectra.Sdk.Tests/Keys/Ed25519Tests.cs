using System.Text.Json;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Tests.Keys;

public sealed class Ed25519Tests
{
    private static readonly JsonElement Vectors = TestData.Json("vectors/ed25519-rfc8032.json");

    [Test]
    public void Every_RFC_8032_vector_signs_and_verifies()
    {
        var count = 0;
        foreach (var vector in Vectors.GetProperty("vectors").EnumerateArray())
        {
            var name = vector.GetProperty("name").GetString();
            using var key = SigningKey.FromSeed(Hex(vector, "secret"));
            var message = Hex(vector, "message_hex");
            Assert.That(key.PublicKey.ToArray(), Is.EqualTo(Hex(vector, "public")), name);
            Assert.That(key.Sign(message).ToArray(), Is.EqualTo(Hex(vector, "signature")), name);
            Assert.That(key.PublicKey.Verify(message, Hex(vector, "signature")), Is.True, name);
            count++;
        }
        Assert.That(count, Is.EqualTo(5));
        Report.Line($"ed25519: {count} vectors of RFC 8032 sign and verify");
    }

    [Test]
    public void Every_negative_vector_is_refused_without_an_exception()
    {
        var count = 0;
        foreach (var vector in Vectors.GetProperty("negative").EnumerateArray())
        {
            var key = new PublicKey(Hex(vector, "public"));
            Assert.That(key.Verify(Hex(vector, "message_hex"), Hex(vector, "signature")), Is.False, vector.GetProperty("name").GetString());
            count++;
        }
        Assert.That(count, Is.EqualTo(12));
        Report.Line($"ed25519: {count} negative vectors refused");
    }

    [Test]
    public void Keys_of_small_order_verify_nothing()
    {
        // The identity point as public key with R = identity, S = 0 would "verify" under a naive implementation.
        var identity = new byte[32];
        identity[0] = 1;
        var signature = new byte[64];
        signature[0] = 1;
        Assert.That(new PublicKey(identity).Verify("anything"u8, signature), Is.False);
    }

    [Test]
    public void Random_keys_differ_and_their_text_form_never_shows_the_secret()
    {
        using var first = SigningKey.Create();
        using var second = SigningKey.Create();
        Assert.Multiple(() =>
        {
            Assert.That(first.PublicKey, Is.Not.EqualTo(second.PublicKey));
            Assert.That(first.ToString(), Is.EqualTo($"SigningKey {first.PublicKey.KeyId}"));
            Assert.That(first.PublicKey.KeyId, Has.Length.EqualTo(16));
        });
    }

    [Test]
    public void A_disposed_key_signs_nothing()
    {
        var key = SigningKey.Create();
        key.Dispose();
        key.Dispose();
        Assert.That(() => key.Sign("x"u8), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void One_key_signs_from_many_threads()
    {
        using var key = SigningKey.Create();
        var message = new byte[64];
        var expected = key.Sign(message);
        var same = 0;
        Parallel.For(0, 2000, _ =>
        {
            if (key.Sign(message) == expected) Interlocked.Increment(ref same);
        });
        Assert.That(same, Is.EqualTo(2000));
    }

    [Test]
    public void Disposing_while_others_sign_ends_in_signatures_or_ObjectDisposedException_only()
    {
        for (var round = 0; round < 50; round++)
        {
            var key = SigningKey.Create();
            var message = new byte[32];
            var expected = key.Sign(message);
            var wrong = 0;
            Parallel.For(0, 64, i =>
            {
                try
                {
                    if (i == 32) key.Dispose();
                    else if (key.Sign(message) != expected) Interlocked.Increment(ref wrong);
                }
                catch (ObjectDisposedException)
                {
                    // The expected end.
                }
            });
            Assert.That(wrong, Is.Zero);
        }
    }

    [Test]
    public void Wrong_lengths_are_misuse()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => SigningKey.FromSeed(new byte[31]), Throws.ArgumentException);
            Assert.That(() => new PublicKey(new byte[33]), Throws.ArgumentException);
            Assert.That(() => new Signature(new byte[63]), Throws.ArgumentException);
            Assert.That(Signature.TryParse(new string('A', 128), out _), Is.False);
        });
    }

    private static byte[] Hex(JsonElement vector, string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
}
