using System.Collections.Frozen;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Verification;

/// <summary>Which public keys are believed. Immutable.</summary>
public sealed class KeyTrust
{
    private readonly FrozenSet<PublicKey>? _keys;

    private KeyTrust(FrozenSet<PublicKey>? keys) => _keys = keys;

    /// <summary>
    /// Every key is accepted, and reports say that whose key it is wasn't checked. A deliberate choice for "was this signed
    /// by anybody": the names in a certificate are then the signer's own claim.
    /// </summary>
    public static KeyTrust AnyKey { get; } = new(null);

    /// <summary>Whether keys are told apart at all.</summary>
    public bool NamesKeys => _keys is not null;

    /// <summary>Only these keys are accepted; none if the list is empty.</summary>
    public static KeyTrust Only(IEnumerable<PublicKey> keys) => new(keys.ToFrozenSet());

    /// <inheritdoc cref="Only(IEnumerable{PublicKey})"/>
    public static KeyTrust Only(params ReadOnlySpan<PublicKey> keys) => new(keys.ToArray().ToFrozenSet());

    /// <summary>Whether <paramref name="key"/> is accepted.</summary>
    public bool Accepts(PublicKey key) => _keys is null || _keys.Contains(key);
}

/// <summary>Where evidence comes from, which decides what it can say about revocation.</summary>
public enum EvidenceSource
{
    /// <summary>A registry answered just now.</summary>
    Registry,

    /// <summary>A bundle was read from a file: a revocation after it was made can't be seen.</summary>
    Bundle,
}

/// <summary>What a verifier accepts. There is no default: which keys are trusted must be said. Immutable.</summary>
public sealed record VerificationPolicy
{
    /// <summary>The largest Hamming distance at which two watermark payloads are the same.</summary>
    public const int WatermarkRadius = 6;

    /// <summary>The default of <see cref="PerceptualRadius"/>.</summary>
    public const int DefaultPerceptualRadius = 8;

    /// <summary>The largest <see cref="PerceptualRadius"/>: beyond it, unlike pictures match by chance.</summary>
    public const int MaxPerceptualRadius = 12;

    /// <summary>The default of <see cref="SegmentRadius"/>.</summary>
    public const int DefaultSegmentRadius = 10;

    /// <summary>The largest <see cref="SegmentRadius"/>.</summary>
    public const int MaxSegmentRadius = 16;

    /// <summary>The largest <see cref="MinConfirmations"/>.</summary>
    public const int MaxConfirmations = 100_000;

    /// <summary>The share of checks that must pass for a picture to be authentic.</summary>
    public const double AuthenticThreshold = 0.4;

    /// <summary>The share of segments that must verify for a video to be authentic, or else of checks that must pass.</summary>
    public const double AuthenticVideoThreshold = 0.5;

    /// <summary>The share of a picture that must be open to judgement before it is called unaltered.</summary>
    public const double JudgedShareForWhole = 0.95;

    /// <summary>How far ahead of the verifier's clock a signing time may be.</summary>
    public static readonly TimeSpan MaxClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Names what is trusted.</summary>
    /// <param name="signers">The keys whose certificates count.</param>
    /// <param name="anchors">The ledger keys whose entries count.</param>
    public VerificationPolicy(KeyTrust signers, KeyTrust anchors)
    {
        ArgumentNullException.ThrowIfNull(signers);
        ArgumentNullException.ThrowIfNull(anchors);
        Signers = signers;
        Anchors = anchors;
    }

    /// <summary>The keys whose certificates count.</summary>
    public KeyTrust Signers { get; }

    /// <summary>The ledger keys whose entries count.</summary>
    public KeyTrust Anchors { get; }

    /// <summary>The largest Hamming distance (0 to 12 bits) at which two perceptual hashes are of the same picture.</summary>
    public int PerceptualRadius
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxPerceptualRadius);
            field = value;
        }
    } = DefaultPerceptualRadius;

    /// <summary>The largest Hamming distance (0 to 16 bits) at which segments of videos, and most of their frames, look the same.</summary>
    public int SegmentRadius
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxSegmentRadius);
            field = value;
        }
    } = DefaultSegmentRadius;

    /// <summary>The registry contracts whose roots count.</summary>
    public EvmTrust Contracts
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = EvmTrust.AnyGenuineContract;

    /// <summary>
    /// How many blocks must confirm an anchor in a chain, its own block counted (1 to 100,000); null for each chain's
    /// <see cref="Evm.EvmChain.DefaultConfirmations"/>.
    /// </summary>
    public int? MinConfirmations
    {
        get;
        init
        {
            if (value is { } count)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(value));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxConfirmations, nameof(value));
            }
            field = value;
        }
    }

    /// <summary>Whether a registry is asked for every record that matches, even where the bytes name one already; see <see cref="Api.LookupOptions.IsExhaustive"/>.</summary>
    public bool IsExhaustive { get; init; }
}
