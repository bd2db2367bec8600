using Tectra.Sdk.Certificates;

namespace Tectra.Sdk.Api;

/// <summary>The JSON form of a registration.</summary>
/// <param name="Certificate">The signed certificate.</param>
/// <param name="Metadata">The metadata text, or null.</param>
/// <param name="WatermarkPayload">What the client embedded; checked against the fingerprint signature if it is there.</param>
/// <param name="OriginalFilename">The source's file name, or null.</param>
internal sealed record RegistrationDocument(
    DsseEnvelopeDocument Certificate, string? Metadata = null, string? WatermarkPayload = null, string? OriginalFilename = null)
{
    public static RegistrationDocument From(RegistrationRequest request) => new(
        DsseEnvelopeDocument.From(request.Envelope), request.MetadataJson, request.WatermarkPayload?.ToString(), request.OriginalFileName);

    /// <exception cref="FormatException">The envelope is malformed, or a text is too long.</exception>
    public static RegistrationRequest ToRequest(RegistrationDocument document)
    {
        if (document.OriginalFilename is { Length: > RegistrationRequest.MaxFileNameLength })
            throw new FormatException($"A file name has at most {RegistrationRequest.MaxFileNameLength} characters.");
        return new RegistrationRequest(DsseEnvelopeDocument.ToEnvelope(document.Certificate), document.Metadata)
        {
            OriginalFileName = document.OriginalFilename,
            WatermarkPayload = document.WatermarkPayload is { } payload ? Content.WatermarkPayload.Parse(payload) : null,
        };
    }
}

/// <summary>The JSON form of several registrations.</summary>
internal sealed record RegistrationBatchDocument(RegistrationDocument[] Records);

/// <summary>The answer to a registration.</summary>
internal sealed record RegistrationReceiptDocument(
    string RecordId, bool AlreadyRegistered, string Sha256, string PerceptualHash, string SignatureHex, string Timestamp, string BlockchainStatus)
{
    public static RegistrationReceiptDocument From(RegistrationReceipt receipt, Certificate certificate, string blockchainStatus) => new(
        receipt.RecordId.ToString(),
        receipt.AlreadyRegistered,
        certificate.Fingerprint.Sha256.ToString(),
        certificate.Fingerprint.PerceptualHash.ToString(),
        certificate.FingerprintSignature.ToString(),
        certificate.Timestamp.ToString(),
        blockchainStatus);

    public static RegistrationReceipt ToReceipt(RegistrationReceiptDocument document) =>
        new(Content.RecordId.Parse(document.RecordId), document.AlreadyRegistered);
}

/// <summary>The answer to several registrations, in their order.</summary>
internal sealed record RegistrationOutcomesDocument(RegistrationOutcomeDocument[] Results)
{
    /// <exception cref="FormatException">An outcome is null, unknown or incomplete.</exception>
    public static IReadOnlyList<RegistrationOutcome> ToOutcomes(RegistrationOutcomesDocument document) => [.. Wire.WithoutNulls(document.Results).Select(RegistrationOutcomeDocument.ToOutcome)];
}

/// <summary>How one of several registrations ended.</summary>
internal sealed record RegistrationOutcomeDocument(string? RecordId, string Status, RefusalDocument? Error)
{
    private const string Registered = "registered", AlreadyRegistered = "already_registered", Refused = "refused";

    public static RegistrationOutcomeDocument From(RegistrationOutcome outcome) => outcome switch
    {
        { Receipt: { } receipt } => new RegistrationOutcomeDocument(receipt.RecordId.ToString(), receipt.AlreadyRegistered ? AlreadyRegistered : Registered, null),
        { Refusal: { } refusal } => new RegistrationOutcomeDocument(null, Refused, new RefusalDocument(refusal.Code, refusal.Message)),
        _ => throw new ArgumentException("An outcome has a receipt or a refusal.", nameof(outcome)),
    };

    public static RegistrationOutcome ToOutcome(RegistrationOutcomeDocument document) => document switch
    {
        { Status: Registered or AlreadyRegistered, RecordId: { } id } =>
            RegistrationOutcome.Registered(new RegistrationReceipt(Content.RecordId.Parse(id), document.Status == AlreadyRegistered)),
        { Status: Refused, Error: { } error } => RegistrationOutcome.Refused(error.Code, error.Message),
        _ => throw new FormatException($"The outcome '{document.Status}' is unknown or incomplete."),
    };
}

/// <summary>Why a record was refused.</summary>
internal sealed record RefusalDocument(string Code, string Message);

/// <summary>The body of every error answer: problem details (RFC 9457) and a stable code.</summary>
internal sealed record ProblemDocument(string? Type, string? Title, int? Status, string? Detail, string? Code);
