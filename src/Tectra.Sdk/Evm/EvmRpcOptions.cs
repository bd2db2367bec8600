using System.Collections.Immutable;

namespace Tectra.Sdk.Evm;

/// <summary>
/// Which nodes are asked about a chain, and how. Immutable. A value that can't be used throws an <see cref="ArgumentException"/> that
/// doesn't repeat it; nothing is clamped.
/// </summary>
public sealed record EvmRpcOptions
{
    /// <summary>The most <see cref="Urls"/>.</summary>
    public const int MaxUrls = 16;

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10), LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>
    /// The nodes' JSON-RPC addresses, 1 to 16, https or http. They may hold keys in path or query, which no message repeats. Nodes of
    /// different operators are worth more than several of one.
    /// </summary>
    public required ImmutableArray<Uri> Urls
    {
        get;
        init
        {
            Require(!value.IsDefault && value.Length is >= 1 and <= MaxUrls, nameof(Urls), $"must have 1 to {MaxUrls} addresses.");
            foreach (var url in value)
            {
                ArgumentNullException.ThrowIfNull(url, nameof(Urls));
                if (JsonRpcClient.Problem(url) is { } problem) throw new ArgumentException(problem, nameof(Urls));
            }
            Require(value.Distinct().Count() == value.Length, nameof(Urls), "must not name a node twice.");
            field = value;
        }
    }

    /// <summary>
    /// How many nodes must answer; null for all. Those that do answer must agree, however many that are: one that says something else is
    /// never outvoted.
    /// </summary>
    public int? RequiredAgreement
    {
        get;
        init
        {
            Require(value is null or (>= 1 and <= MaxUrls), nameof(RequiredAgreement), $"must be 1 to {MaxUrls}.");
            field = value;
        }
    }

    /// <summary>How long one call may take (10 ms to an hour).</summary>
    public TimeSpan Timeout
    {
        get;
        init
        {
            Require(value >= ShortestTimeout && value <= LongestTimeout, nameof(Timeout), "must be 10 ms to 1 h.");
            field = value;
        }
    } = JsonRpcClient.DefaultTimeout;

    /// <summary>The nodes' schemes and hosts; never a secret.</summary>
    public override string ToString() => Urls.IsDefault ? nameof(EvmRpcOptions) : string.Join(", ", Urls.Select(url => url.GetLeftPart(UriPartial.Authority)));

    private static void Require(bool condition, string option, string problem)
    {
        if (!condition) throw new ArgumentException($"{option} {problem}", option);
    }
}
