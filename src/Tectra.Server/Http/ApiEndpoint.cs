using Microsoft.AspNetCore.Http.Metadata;

namespace Tectra.Server.Http;

/// <summary>Who may call an endpoint.</summary>
internal enum Access
{
    /// <summary>Anybody; credentials aren't looked at.</summary>
    Anonymous,

    /// <summary>Anybody; credentials raise the limits, and wrong ones are refused.</summary>
    Public,

    /// <summary>Any account, by a login or with any of its API keys.</summary>
    Account,

    /// <summary>An account after a login, or with an API key that has <see cref="ApiEndpoint.Scope"/>.</summary>
    Scope,

    /// <summary>An account after a login; no API key will do.</summary>
    Login,
}

/// <summary>What a request without an API key is counted as.</summary>
internal enum RateClass
{
    None,
    Public,
    Verification,
    Authentication,
}

/// <summary>A parameter in the query or a header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it means, with its limits.</param>
/// <param name="IsHeader">Whether it is a header.</param>
internal sealed record ApiParameter(string Name, string Description, bool IsHeader = false);

/// <summary>An answer other than a problem.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The document; null where there is none.</param>
internal sealed record ApiAnswer(int Status, Type? Body);

/// <summary>
/// One endpoint of the API: what the pipeline and the OpenAPI document need to know of it. It is the endpoint's metadata. Immutable.
/// </summary>
internal sealed record ApiEndpoint(string Method, string Path, string Tag, string Summary, Access Access) : IRequestSizeLimitMetadata
{
    /// <summary>The longest body of an ordinary request, in bytes.</summary>
    public const int SmallBody = 64 * 1024;

    /// <summary>The longest body of a request with one certificate or one observation, in bytes.</summary>
    public const int MediumBody = 512 * 1024;

    /// <summary>The scope that <see cref="Access.Scope"/> asks of an API key.</summary>
    public string? Scope { get; init; }

    public RateClass Rate { get; init; } = RateClass.Public;

    /// <summary>The document that is sent; null where there is no body.</summary>
    public Type? Request { get; init; }

    public int MaxBodyBytes { get; init; } = SmallBody;

    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    public IReadOnlyList<ApiAnswer> Answers { get; init; } = [];

    /// <summary>The statuses of problems that this endpoint answers with beside those that any may.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];

    long? IRequestSizeLimitMetadata.MaxRequestBodySize => MaxBodyBytes;
}
