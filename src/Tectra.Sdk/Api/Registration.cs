using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>What a client sends to register a record: hashes and signatures, never content. Immutable.</summary>
/// <param name="Envelope">The signed certificate.</param>
/// <param name="MetadataJson">The metadata text whose digest the certificate holds, or null.</param>
public sealed record RegistrationRequest(DsseEnvelope Envelope, string? MetadataJson)
{
    /// <summary>The longest <see cref="OriginalFileName"/>, in characters.</summary>
    public const int MaxFileNameLength = 255;

    /// <summary>The source's file name, for lists and webhooks; not certified, and null unless the client wants it known.</summary>
    public string? OriginalFileName { get; init; }

    /// <summary>What was embedded, for the registry to check against the fingerprint signature; null where nothing was, or to leave that out.</summary>
    public WatermarkPayload? WatermarkPayload { get; init; }
}

/// <summary>What a registry answers to a registration. Immutable.</summary>
/// <param name="RecordId">The record's id.</param>
/// <param name="AlreadyRegistered">True when the very same certificate was registered before; nothing was added.</param>
public sealed record RegistrationReceipt(RecordId RecordId, bool AlreadyRegistered);

/// <summary>How one of several registrations ended: it has either a receipt or a refusal. Immutable.</summary>
public sealed record RegistrationOutcome
{
    private RegistrationOutcome(RegistrationReceipt? receipt, RegistrationRefusal? refusal)
    {
        Receipt = receipt;
        Refusal = refusal;
    }

    /// <summary>The receipt of a record that is registered.</summary>
    public RegistrationReceipt? Receipt { get; }

    /// <summary>Why the record was refused. Sending it again doesn't help.</summary>
    public RegistrationRefusal? Refusal { get; }

    /// <summary>A record that is registered.</summary>
    public static RegistrationOutcome Registered(RegistrationReceipt receipt) => new(receipt, null);

    /// <summary>A record that was refused.</summary>
    public static RegistrationOutcome Refused(string code, string message) => new(null, new RegistrationRefusal(code, message));

    /// <summary>The receipt.</summary>
    /// <exception cref="RegistryException">The record was refused.</exception>
    /// <exception cref="InvalidEvidenceException">It was refused because its certificate is malformed.</exception>
    public RegistrationReceipt GetReceipt() => Receipt ?? throw (Refusal!.Code is ErrorCodes.CertificateMalformed
        ? new InvalidEvidenceException(Refusal.Code, Refusal.Message)
        : new RegistryException(Refusal.Code, Refusal.Message));
}

/// <summary>Why a registry refused a record. Immutable.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong with it and what to do.</param>
public sealed record RegistrationRefusal(string Code, string Message);

/// <summary>How a registry looks for candidates. Immutable.</summary>
public sealed record LookupOptions
{
    /// <summary>The most candidates of one lookup; the nearest are given, of equals the oldest.</summary>
    public const int MaxCandidates = 256;

    /// <summary>The most videos among them; those with most frames in common are given.</summary>
    public const int MaxVideos = 16;

    /// <summary>The largest Hamming distance (0 to 12 bits) at which a perceptual hash makes a candidate.</summary>
    public int PerceptualRadius
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, VerificationPolicy.MaxPerceptualRadius);
            field = value;
        }
    } = VerificationPolicy.DefaultPerceptualRadius;

    /// <summary>
    /// True searches by watermark and picture even if the bytes have named a record: for whether others have signed the same
    /// picture, at the price of the search.
    /// </summary>
    public bool IsExhaustive { get; init; }
}
