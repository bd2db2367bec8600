using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tectra.Sdk.Interop;

namespace Tectra.Sdk.Keys;

/// <summary>
/// A Fernet key (Fernet specification, version 0x80: AES-128-CBC, then HMAC-SHA256): 32 bytes in guarded memory, the first
/// half signs, the second encrypts. Zeroed by <see cref="Dispose"/>. Use from several threads is allowed.
/// </summary>
public sealed class FernetKey : IDisposable
{
    /// <summary>The length of a key in bytes.</summary>
    public const int LengthBytes = 32;

    /// <summary>How far ahead of this machine's clock a token may be when a lifetime is checked.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(60);

    private const byte Version = 0x80;
    private const int IvBytes = 16, HmacBytes = 32, BlockBytes = 16, HalfKeyBytes = 16;
    private const int HeaderBytes = 1 + sizeof(ulong) + IvBytes;
    private const int MinTokenBytes = HeaderBytes + BlockBytes + HmacBytes;

    private static readonly SearchValues<char> OutsideAlphabet = SearchValues.Create("+/ \t\r\n");

    private readonly GuardedMemory _key;

    private FernetKey(GuardedMemory key) => _key = key;

    /// <summary>A new random key.</summary>
    public static FernetKey Create() => new(GuardedMemory.Create(LengthBytes, 0, static (secret, _) => RandomNumberGenerator.Fill(secret)));

    /// <summary>Takes over 32 bytes; the caller zeroes its own copy.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> isn't 32 bytes long.</exception>
    public static FernetKey FromBytes(ReadOnlySpan<byte> key)
    {
        if (key.Length != LengthBytes) throw new ArgumentException("A Fernet key has 32 bytes.", nameof(key));
        return new FernetKey(GuardedMemory.Create(LengthBytes, key, static (secret, key) => key.CopyTo(secret)));
    }

    /// <summary>Reads a key in base64url, with or without its final <c>=</c>.</summary>
    /// <exception cref="KeyAccessException">The text isn't such a key (<c>fernet_key_malformed</c>).</exception>
    public static FernetKey Parse(ReadOnlySpan<char> text)
    {
        Span<byte> key = stackalloc byte[LengthBytes];
        try
        {
            // DecodeFromChars reports a text of another length through its status and count, never by writing past the span.
            var status = Base64Url.DecodeFromChars(text.Trim(), key, out _, out var written);
            if (status != OperationStatus.Done || written != LengthBytes)
            {
                throw new KeyAccessException(
                    ErrorCodes.FernetKeyMalformed,
                    "The Fernet key is not 32 bytes in base64url. Check TECTRA_FERNET_KEY or the key file for a cut or changed text.");
            }
            return FromBytes(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>
    /// The key in base64url with its final <c>=</c>, as bytes that the caller must zero: the form it is stored in.
    /// </summary>
    public byte[] Export()
    {
        var text = new byte[Base64Url.GetEncodedLength(LengthBytes) + 1];
        _key.Read(text, static (secret, text) => Base64Url.EncodeToUtf8(secret, text));
        text[^1] = (byte)'=';
        return text;
    }

    /// <summary>Encrypts <paramref name="plaintext"/> with a random IV, stamped with the current second.</summary>
    public string Encrypt(ReadOnlySpan<byte> plaintext, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Span<byte> iv = stackalloc byte[IvBytes];
        RandomNumberGenerator.Fill(iv);
        return Encrypt(plaintext, iv, time.GetUtcNow());
    }

    /// <summary>Decrypts a token into a new array; false when the token is malformed or wasn't made with this key.</summary>
    public bool TryDecrypt(string token, [NotNullWhen(true)] out byte[]? plaintext) => TryDecrypt(token, null, default, out plaintext);

    /// <summary>
    /// Decrypts a token that may be at most <paramref name="lifetime"/> old and at most <see cref="MaxClockSkew"/> ahead of
    /// the clock; false when it is older, malformed, or wasn't made with this key.
    /// </summary>
    public bool TryDecrypt(string token, TimeSpan lifetime, TimeProvider time, [NotNullWhen(true)] out byte[]? plaintext)
    {
        ArgumentNullException.ThrowIfNull(time);
        return TryDecrypt(token, lifetime, time.GetUtcNow(), out plaintext);
    }

    /// <summary>Zeroes and frees the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Says only what it is; never the secret.</summary>
    public override string ToString() => "FernetKey";

    internal string Encrypt(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> iv, DateTimeOffset now)
    {
        var paddedLength = ((plaintext.Length / BlockBytes) + 1) * BlockBytes;
        var token = new byte[HeaderBytes + paddedLength + HmacBytes];
        token[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(token.AsSpan(1), (ulong)now.ToUnixTimeSeconds());
        iv.CopyTo(token.AsSpan(1 + sizeof(ulong)));
        _key.Read(new EncryptState(plaintext, token), static (key, state) =>
        {
            using var aes = Aes.Create();
            aes.SetKey(key[HalfKeyBytes..]);
            aes.EncryptCbc(state.Plaintext, state.Token.AsSpan(1 + sizeof(ulong), IvBytes), state.Token.AsSpan(HeaderBytes));
            HMACSHA256.HashData(key[..HalfKeyBytes], state.Token.AsSpan(0, state.Token.Length - HmacBytes), state.Token.AsSpan(state.Token.Length - HmacBytes));
        });
        return Encode(token);
    }

    private static string Encode(ReadOnlySpan<byte> token) => Convert.ToBase64String(token).Replace('+', '-').Replace('/', '_');

    private bool TryDecrypt(string token, TimeSpan? lifetime, DateTimeOffset now, [NotNullWhen(true)] out byte[]? plaintext)
    {
        ArgumentNullException.ThrowIfNull(token);
        plaintext = null;
        if (!TryDecode(token, out var bytes)) return false;
        if (lifetime is { } limit)
        {
            var stamp = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(1));
            if (stamp > (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
            var age = now - DateTimeOffset.FromUnixTimeSeconds((long)stamp);
            if (age > limit || age < -MaxClockSkew) return false;
        }
        var state = new DecryptState(bytes);
        _key.Read(state, static (key, state) => state.Plaintext = Open(key, state.Token));
        plaintext = state.Plaintext;
        return plaintext is not null;
    }

    private static bool TryDecode(string token, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        // The specification's alphabet is base64url with padding; anything else, white space included, isn't a token.
        if (token.Length % 4 != 0 || token.AsSpan().ContainsAny(OutsideAlphabet)) return false;
        var buffer = new byte[token.Length / 4 * 3];
        if (!Convert.TryFromBase64String(token.Replace('-', '+').Replace('_', '/'), buffer, out var written)) return false;
        // The last character may have spare bits, which the decoder ignores: only their one spelling with zeros is the token.
        if (!string.Equals(Encode(buffer.AsSpan(0, written)), token, StringComparison.Ordinal)) return false;
        if (written < MinTokenBytes || (written - HeaderBytes - HmacBytes) % BlockBytes != 0 || buffer[0] != Version) return false;
        bytes = buffer[..written];
        return true;
    }

    private static byte[]? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> token)
    {
        Span<byte> hmac = stackalloc byte[HmacBytes];
        HMACSHA256.HashData(key[..HalfKeyBytes], token[..^HmacBytes], hmac);
        if (!CryptographicOperations.FixedTimeEquals(hmac, token[^HmacBytes..])) return null;
        using var aes = Aes.Create();
        aes.SetKey(key[HalfKeyBytes..]);
        var ciphertext = token[HeaderBytes..^HmacBytes];
        var buffer = new byte[ciphertext.Length];
        try
        {
            // Padding is checked only behind a valid HMAC, so its error tells an attacker nothing.
            var length = aes.DecryptCbc(ciphertext, token.Slice(1 + sizeof(ulong), IvBytes), buffer);
            return buffer[..length];
        }
        catch (CryptographicException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }

    private readonly ref struct EncryptState(ReadOnlySpan<byte> plaintext, byte[] token)
    {
        public ReadOnlySpan<byte> Plaintext { get; } = plaintext;

        public byte[] Token { get; } = token;
    }

    private sealed class DecryptState(byte[] token)
    {
        public byte[] Token { get; } = token;

        public byte[]? Plaintext { get; set; }
    }
}
