using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Accounts;

/// <summary>API keys: random secrets of which only the digest is stored. Thread-safe.</summary>
internal sealed class ApiKeyService
{
    /// <summary>What every secret begins with.</summary>
    public const string SecretStart = "iai_";

    /// <summary>The most keys of an account, revoked ones included.</summary>
    public const int MaxKeys = 10_000;

    private const int SecretBytes = 32, PrefixLength = 12, MaxRemembered = 10_000;
    private const long UsedEveryMilliseconds = 60_000;

    private static readonly int SecretLength = SecretStart.Length + Base64Url.GetEncodedLength(SecretBytes);

    private readonly IAccountStore _store;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, long> _used = []; // when this process last wrote a key's time of use

    public ApiKeyService(IAccountStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    /// <summary>Makes a key.</summary>
    /// <returns>The key, and its secret, which is nowhere else.</returns>
    /// <exception cref="RegistryException">The name or the scopes break their rules (<c>request_malformed</c>), or there are too many (<c>limit_reached</c>).</exception>
    public async ValueTask<(StoredApiKey Key, string Secret)> CreateAsync(string userId, string name, IReadOnlyCollection<string> scopes, CancellationToken cancellationToken)
    {
        AccountTexts.CheckName(name, "key's name");
        if (scopes.Count == 0 || scopes.Distinct().Count() < scopes.Count || scopes.Any(scope => !ApiScopes.All.Contains(scope)))
            throw new RegistryException(ErrorCodes.RequestMalformed, $"A key has at least one of these scopes, each once: {string.Join(", ", ApiScopes.All)}.");
        if ((await _store.ListApiKeysAsync(userId, cancellationToken).ConfigureAwait(false)).Count >= MaxKeys)
            throw new RegistryException(ErrorCodes.LimitReached, $"An account has at most {MaxKeys} API keys, revoked ones included.");
        var now = _time.GetUtcNow();
        var secret = SecretStart + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var key = new StoredApiKey(
            Guid.CreateVersion7(now).ToString("D", CultureInfo.InvariantCulture),
            userId,
            name,
            secret[..PrefixLength],
            Digest(secret),
            string.Join(' ', ApiScopes.All.Where(scopes.Contains)),
            UtcTimestamp.From(now).ToString(),
            null,
            null);
        await _store.AddApiKeyAsync(key, cancellationToken).ConfigureAwait(false);
        return (key, secret);
    }

    /// <summary>An account's keys, oldest first.</summary>
    public ValueTask<IReadOnlyList<StoredApiKey>> ListAsync(string userId, CancellationToken cancellationToken) => _store.ListApiKeysAsync(userId, cancellationToken);

    /// <summary>Revokes a key: no request after this is answered with it, by whichever process.</summary>
    /// <exception cref="RegistryException">The account has no such key (<c>not_found</c>).</exception>
    public async ValueTask RevokeAsync(string userId, string id, CancellationToken cancellationToken)
    {
        if (!await _store.RevokeApiKeyAsync(userId, id, UtcTimestamp.From(_time.GetUtcNow()), cancellationToken).ConfigureAwait(false))
            throw new RegistryException(ErrorCodes.NotFound, "This account has no such API key.");
    }

    /// <summary>The key of a secret and its account; null if there is none or it was revoked.</summary>
    public async ValueTask<KnownApiKey?> AuthenticateAsync(string secret, CancellationToken cancellationToken)
    {
        if (secret.Length != SecretLength || !secret.StartsWith(SecretStart, StringComparison.Ordinal)) return null;
        var digest = Digest(secret);
        // The database finds by the digest, of which an attacker knows nothing: how long that takes tells nothing about the secret.
        if (await _store.FindApiKeyAsync(digest, cancellationToken).ConfigureAwait(false) is not { } found) return null;
        if (!AreSame(found.Key.SecretSha256, digest) || found.Key.RevokedAt is not null) return null;
        await NoteUsedAsync(found.Key, cancellationToken).ConfigureAwait(false);
        return found;
    }

    private static bool AreSame(Sha256Digest left, Sha256Digest right)
    {
        Span<byte> leftBytes = stackalloc byte[Sha256Digest.LengthBytes], rightBytes = stackalloc byte[Sha256Digest.LengthBytes];
        left.CopyTo(leftBytes);
        right.CopyTo(rightBytes);
        return CryptographicOperations.FixedTimeEquals(leftBytes, rightBytes);
    }

    private static Sha256Digest Digest(string secret) => Sha256Digest.Compute(Encoding.UTF8.GetBytes(secret));

    /// <summary>At most one request a minute writes, however many come at once.</summary>
    private async ValueTask NoteUsedAsync(StoredApiKey key, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var last = Math.Max(key.LastUsedMilliseconds ?? 0, _used.TryGetValue(key.Id, out var written) ? written : 0);
        if (now - last < UsedEveryMilliseconds) return;
        if (_used.Count >= MaxRemembered) _used.Clear();
        if (!(written == 0 ? _used.TryAdd(key.Id, now) : _used.TryUpdate(key.Id, now, written))) return;
        await _store.SetApiKeyUsedAsync(key.Id, now, cancellationToken).ConfigureAwait(false);
    }
}
