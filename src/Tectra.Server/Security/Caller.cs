using Tectra.Registry.Records;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;

namespace Tectra.Server.Security;

/// <summary>Who sent a request, once that is proven. Immutable.</summary>
/// <param name="Account">The account.</param>
/// <param name="ApiKey">The API key that was used; null after a login.</param>
internal sealed record Caller(StoredAccount Account, StoredApiKey? ApiKey)
{
    public string UserId => Account.UserId;

    /// <summary>What counts the requests: the key, or the account.</summary>
    public string Id => ApiKey?.Id ?? UserId;

    /// <summary>Whether a scope is granted: by a login any, by a key its own, and any to one with <c>admin</c>.</summary>
    public bool Has(string scope) => ApiKey is null || HasWord(ApiKey.Scopes, scope) || HasWord(ApiKey.Scopes, ApiScopes.Admin);

    /// <summary>What their certificates may claim.</summary>
    public Registrant ToRegistrant() => new(Account.UserId, Account.OrgName, Account.OrgType);

    private static bool HasWord(string words, string word)
    {
        foreach (var range in words.AsSpan().Split(' '))
        {
            if (words.AsSpan(range).SequenceEqual(word)) return true;
        }
        return false;
    }
}
