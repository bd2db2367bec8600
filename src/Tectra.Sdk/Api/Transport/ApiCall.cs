using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Tectra.Sdk.Api.Transport;

/// <summary>Whether a request names its sender.</summary>
internal enum ApiAccess
{
    /// <summary>If there are credentials.</summary>
    Public,

    /// <summary>Always; without credentials it isn't sent.</summary>
    Account,

    /// <summary>Never: the request is there to get credentials.</summary>
    Anonymous,
}

/// <summary>One request of the API. Immutable; it can be sent more than once.</summary>
/// <param name="Operation">Its name in spans and metrics.</param>
/// <param name="Method">The verb.</param>
/// <param name="Path">The path below the registry's address, escaped, with its query.</param>
internal sealed record ApiCall(string Operation, HttpMethod Method, string Path)
{
    /// <summary>Whether sending it twice does the same as sending it once.</summary>
    public bool IsRepeatable { get; init; }

    public ApiAccess Access { get; init; } = ApiAccess.Account;

    /// <summary>The JSON body, or null.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Passwords and tokens in the body, which no message may repeat.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    public static ApiCall Get(string operation, string path, ApiAccess access) => new(operation, HttpMethod.Get, path) { IsRepeatable = true, Access = access };

    public static ApiCall Post<T>(string operation, string path, ApiAccess access, T body, JsonTypeInfo<T> type) =>
        new(operation, HttpMethod.Post, path) { Access = access, Body = JsonSerializer.SerializeToUtf8Bytes(body, type) };

    public static ApiCall Delete(string operation, string path) => new(operation, HttpMethod.Delete, path);

    /// <summary>The operation only: the path may hold ids, the body secrets.</summary>
    public override string ToString() => Operation;
}
