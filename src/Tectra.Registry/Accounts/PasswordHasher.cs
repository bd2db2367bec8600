using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Interop;

namespace Tectra.Registry.Accounts;

/// <summary>How a password was compared with its hash.</summary>
/// <param name="IsRight">Whether it is the password.</param>
/// <param name="NeedsRehash">Whether the hash was made with other parameters than today's.</param>
internal readonly record struct PasswordCheck(bool IsRight, bool NeedsRehash);

/// <summary>
/// Argon2id (RFC 9106) by libsodium, in its standard text form. A hash takes much memory on purpose, so only a few run at
/// once and a bounded number waits. Thread-safe.
/// </summary>
internal sealed class PasswordHasher : IDisposable
{
    public const int MinLength = 10, MaxLength = 256;

    /// <summary>Passes and memory: crypto_pwhash_OPSLIMIT_INTERACTIVE and MEMLIMIT_INTERACTIVE, above what OWASP asks for.</summary>
    public const int DefaultPasses = 2, DefaultMemoryBytes = 64 * 1024 * 1024;

    /// <summary>How many hashes run at once, and how many may wait for that.</summary>
    public const int MaxAtOnce = 2, MaxWaiting = 100;

    private readonly ulong _passes;
    private readonly nuint _memoryBytes;
    private readonly string _nobodys;
    private readonly SemaphoreSlim _slots = new(MaxAtOnce);
    private int _waiting;

    public PasswordHasher(int passes = DefaultPasses, int memoryBytes = DefaultMemoryBytes)
    {
        Sodium.EnsureInitialised();
        _passes = (ulong)passes;
        _memoryBytes = (nuint)memoryBytes;
        _nobodys = string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={memoryBytes / 1024},t={passes},p=1${new string('A', 22)}${new string('A', 43)}");
    }

    /// <summary>How many more could run right now.</summary>
    public int FreeSlots => _slots.CurrentCount;

    /// <summary>Hashes a new password with a new salt.</summary>
    /// <exception cref="RegistryException">Too many wait already (<c>rate_limited</c>).</exception>
    public ValueTask<string> HashAsync(string password, CancellationToken cancellationToken) => RunAsync(password, null, (secret, _) => Hash(secret), cancellationToken);

    /// <summary>
    /// Compares a password with a hash; null is nobody's, to which no password belongs and which takes as long as anybody's.
    /// </summary>
    /// <exception cref="RegistryException">Too many wait already (<c>rate_limited</c>).</exception>
    public ValueTask<PasswordCheck> VerifyAsync(string password, string? hash, CancellationToken cancellationToken) =>
        RunAsync(password.Length <= MaxLength ? password : "", password.Length <= MaxLength ? hash : null, Verify, cancellationToken);

    public void Dispose() => _slots.Dispose();

    private async ValueTask<T> RunAsync<T>(string password, string? hash, Func<byte[], string?, T> work, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting) throw new RegistryException(ErrorCodes.RateLimited, "Too many logins at once. Try again in a few seconds.");
            await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        var secret = Encoding.UTF8.GetBytes(password);
        try
        {
            return work(secret, hash);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            _slots.Release();
        }
    }

    private unsafe string Hash(byte[] password)
    {
        Span<byte> text = stackalloc byte[Sodium.PasswordHashBytes];
        fixed (byte* textPointer = text, passwordPointer = password)
        {
            if (Sodium.crypto_pwhash_str_alg(textPointer, passwordPointer, (ulong)password.Length, _passes, _memoryBytes, Sodium.PasswordHashArgon2Id13) != 0)
                throw new InsufficientMemoryException("libsodium could not allocate the memory that a password hash takes.");
        }
        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    private unsafe PasswordCheck Verify(byte[] password, string? hash)
    {
        var known = hash ?? _nobodys;
        Span<byte> text = stackalloc byte[Sodium.PasswordHashBytes];
        text.Clear();
        if (known.Length >= text.Length) throw new InvalidOperationException("A stored password hash is longer than any that is made here.");
        Encoding.ASCII.GetBytes(known, text);
        fixed (byte* textPointer = text, passwordPointer = password)
        {
            var isRight = Sodium.crypto_pwhash_str_verify(textPointer, passwordPointer, (ulong)password.Length) == 0;
            return new PasswordCheck(isRight && hash is not null, Sodium.crypto_pwhash_str_needs_rehash(textPointer, _passes, _memoryBytes) != 0);
        }
    }
}
