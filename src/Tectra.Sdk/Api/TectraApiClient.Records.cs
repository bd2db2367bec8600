using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Api.Transport;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <content>Records: registering, finding, listing, revoking.</content>
public sealed partial class TectraApiClient
{
    private const string Records = "api/v1/content-records";

    /// <inheritdoc/>
    public ValueTask<RegistrationReceipt> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var call = ApiCall.Post("register", "api/v1/register", ApiAccess.Account, RegistrationDocument.From(request), Wire.Json.RegistrationDocument) with { IsRepeatable = true };
        return _transport.SendAsync(call, Wire.LenientJson.RegistrationReceiptDocument, RegistrationReceiptDocument.ToReceipt, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<RegistrationOutcome>> RegisterBatchAsync(IReadOnlyList<RegistrationRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count is < 1 or > ITectraApi.MaxBatch) throw new ArgumentException($"A batch has 1 to {ITectraApi.MaxBatch} records.", nameof(requests));
        var document = new RegistrationBatchDocument([.. requests.Select(RegistrationDocument.From)]);
        var call = ApiCall.Post("register_batch", "api/v1/register-batch", ApiAccess.Account, document, Wire.Json.RegistrationBatchDocument) with { IsRepeatable = true };
        return _transport.SendAsync<RegistrationOutcomesDocument, IReadOnlyList<RegistrationOutcome>>(
            call,
            Wire.LenientJson.RegistrationOutcomesDocument,
            answer => answer.Results.Length == requests.Count
                ? RegistrationOutcomesDocument.ToOutcomes(answer)
                : throw new FormatException($"It has {answer.Results.Length} results for {requests.Count} records."),
            cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<EvidenceBundle>> FindAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken = default)
    {
        var call = Observation("find", "api/v1/evidence/find", observed, options);
        return _transport.SendAsync(call, Wire.LenientJson.EvidenceListDocument, answer => Bundles(answer, LookupOptions.MaxCandidates), cancellationToken);
    }

    /// <summary>Lets the registry judge what was observed. It trusts any signer, and its own ledger.</summary>
    public ValueTask<ServerVerdict> VerifyOnServerAsync(ObservedContent observed, LookupOptions? options = null, CancellationToken cancellationToken = default)
    {
        var call = Observation("verify", "api/v1/verify", observed, options ?? new LookupOptions());
        return _transport.SendAsync(call, Wire.LenientJson.JsonElement, Verdict, cancellationToken);

        static ServerVerdict Verdict(JsonElement report)
        {
            var document = report.Deserialize(Wire.LenientJson.VerificationReportDocument) ?? throw new FormatException("It is null.");
            return new ServerVerdict(document.Authentic, document.Confidence, document.Verdict, document.RecordId is { } id ? RecordId.Parse(id) : null, report);
        }
    }

    /// <inheritdoc/>
    public ValueTask<EvidenceBundle?> GetEvidenceAsync(RecordId recordId, CancellationToken cancellationToken = default) => FindRecordAsync(
        ApiCall.Get("evidence", $"{Records}/{recordId}/evidence", ApiAccess.Public),
        call => _transport.SendAsync(call, Wire.LenientJson.EvidenceBundleDocument, document => Of(recordId, EvidenceBundleDocument.ToBundle(document)), cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<EvidenceBundle>> GetCustodyChainAsync(RecordId recordId, CancellationToken cancellationToken = default) => await FindRecordAsync(
        ApiCall.Get("chain", $"{Records}/{recordId}/chain", ApiAccess.Public),
        call => _transport.SendAsync(call, Wire.LenientJson.EvidenceListDocument, answer => Bundles(answer, ITectraApi.MaxCustodyLinks + 1), cancellationToken)).ConfigureAwait(false) ?? [];

    /// <inheritdoc/>
    public ValueTask<Revocation> RevokeAsync(RecordId recordId, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, Revocation.MaxReasonLength, nameof(reason));
        var query = reason.Length == 0 ? "" : $"?reason={Uri.EscapeDataString(reason)}";
        var call = ApiCall.Delete("revoke", $"{Records}/{recordId}{query}") with { IsRepeatable = true };
        return _transport.SendAsync(call, Wire.LenientJson.RevocationDocument, ToRevocation, cancellationToken);
    }

    /// <summary>One page of the account's own records.</summary>
    public ValueTask<RecordPage> ListRecordsAsync(RecordFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var query = new StringBuilder(Page(filter.Limit, filter.Cursor));
        foreach (var (name, value) in new[]
        {
            ("origin_type", filter.OriginType), ("status", filter.Status), ("from", filter.From), ("until", filter.Until), ("sha256", filter.Sha256), ("public_key", filter.PublicKey),
        })
        {
            if (value is not null) query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        return SendForPageAsync(ApiCall.Get("list_records", $"{Records}?{query}", ApiAccess.Account), cancellationToken);
    }

    /// <summary>One of the account's own records, or null if there is none of that id.</summary>
    public ValueTask<RecordDetail?> GetRecordAsync(RecordId recordId, CancellationToken cancellationToken = default) => FindRecordAsync(
        ApiCall.Get("record", $"{Records}/{recordId}", ApiAccess.Account),
        call => _transport.SendAsync(
            call,
            Wire.LenientJson.RecordDetailDocument,
            document => new RecordDetail(document.Record, Of(recordId, EvidenceBundleDocument.ToBundle(document.Evidence))),
            cancellationToken));

    /// <summary>Anybody's certificate by its record's id, or null if there is none.</summary>
    public ValueTask<PublicCertificate?> GetCertificateAsync(RecordId recordId, CancellationToken cancellationToken = default) => FindRecordAsync(
        ApiCall.Get("certificate", $"{Records}/{recordId}/certificate", ApiAccess.Public),
        call => _transport.SendAsync(
            call,
            Wire.LenientJson.PublicCertificateDocument,
            document => ToCertificate(recordId, document),
            cancellationToken));

    /// <summary>
    /// A video's segments in time order, as the registry derived them from the certificate; empty if the record is a picture's, or if there is no
    /// such record. Whoever doesn't trust the registry derives them from the evidence: <see cref="VideoFingerprint.Chain"/>.
    /// </summary>
    public async ValueTask<IReadOnlyList<SegmentRecord>> GetSegmentsAsync(RecordId recordId, CancellationToken cancellationToken = default) => await FindRecordAsync(
        ApiCall.Get("segments", $"{Records}/{recordId}/segments", ApiAccess.Public),
        call => _transport.SendAsync(call, Wire.LenientJson.SegmentListDocument, SegmentListDocument.ToSegments, cancellationToken)).ConfigureAwait(false) ?? [];

    /// <summary>One page of everybody's records that match.</summary>
    public ValueTask<RecordPage> SearchAsync(RecordSearch search, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        return SendForPageAsync(ApiCall.Get("search", $"{Records}/public/search?{search.Query}&{Page(search.Limit, search.Cursor)}", ApiAccess.Public), cancellationToken);
    }

    private static ApiCall Observation(string operation, string path, ObservedContent observed, LookupOptions options)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(options);
        return ApiCall.Post(operation, path, ApiAccess.Public, ObservationDocument.From(observed, options), Wire.Json.ObservationDocument) with { IsRepeatable = true };
    }

    private static string Page(int limit, string? cursor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, RecordFilter.MaxLimit);
        return string.Create(CultureInfo.InvariantCulture, $"limit={limit}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
    }

    private ValueTask<RecordPage> SendForPageAsync(ApiCall call, CancellationToken cancellationToken) =>
        _transport.SendAsync(call, Wire.LenientJson.RecordPage, page => page with { Items = Wire.WithoutNulls(page.Items) }, cancellationToken);

    /// <summary>Null when the registry says that there is no such record; a 404 of anything else is an error.</summary>
    private static async ValueTask<T?> FindRecordAsync<T>(ApiCall call, Func<ApiCall, ValueTask<T>> send)
        where T : class
    {
        try
        {
            return await send(call).ConfigureAwait(false);
        }
        catch (RegistryException e) when (e.Code == ErrorCodes.RecordUnknown)
        {
            return null;
        }
    }

    private static IReadOnlyList<EvidenceBundle> Bundles(EvidenceListDocument answer, int most) => answer.Items.Length <= most
        ? [.. Wire.WithoutNulls(answer.Items).Select(EvidenceBundleDocument.ToBundle)]
        : throw new FormatException($"It has {answer.Items.Length} bundles; at most {most} are read.");

    private static EvidenceBundle Of(RecordId recordId, EvidenceBundle bundle)
    {
        RequireRecord(recordId, bundle.Envelope);
        return bundle;
    }

    private static PublicCertificate ToCertificate(RecordId recordId, PublicCertificateDocument document)
    {
        var envelope = DsseEnvelopeDocument.ToEnvelope(document.Certificate);
        RequireRecord(recordId, envelope);
        return new PublicCertificate(envelope, document.BlockchainStatus, document.BlockchainTx, document.Revocation is { } revocation ? ToRevocation(revocation) : null);
    }

    /// <summary>Another record than the one that was asked for is no answer, however valid it is.</summary>
    private static void RequireRecord(RecordId recordId, DsseEnvelope envelope)
    {
        if (Certificate.FromPayload(envelope.Payload).RecordId != recordId) throw new FormatException("It is about another record than the one asked for.");
    }

    private static Revocation ToRevocation(RevocationDocument document) => new(UtcTimestamp.Parse(document.Timestamp), document.Reason);
}
