using Microsoft.AspNetCore.Http;
using Tectra.Registry;
using Tectra.Registry.Records;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;
using Tectra.Server.Http;

namespace Tectra.Server.Endpoints;

/// <summary>What anybody may know of a record: its certificate, its evidence, its chain of custody, a video's segments, and that it exists.</summary>
internal sealed class PublicRecordEndpoints(ContentRegistry registry)
{
    private const string Digest = "sha256", Hash = "perceptual_hash", Radius = "radius", Payload = "payload", Key = "public_key", Limit = "limit", Cursor = "cursor";

    private static readonly ApiEndpoint Search = new("GET", $"{RecordEndpoints.Path}/public/search", RecordEndpoints.Tag, "Records by exactly one of: a digest, a similar picture, a watermark's payload, a public key.", Access.Public)
    {
        Parameters =
        [
            new(Digest, "The original's or the delivered file's digest."),
            new(Hash, "A picture's perceptual hash; the nearest come first, then at most 16 videos with a frame like it."),
            new(Radius, "With perceptual_hash: how many bits may differ, 0 to 12; 8 by default."),
            new(Payload, "A watermark's payload; the nearest come first."),
            new(Key, "A signer's public key; the newest come first, page by page."),
            new(Limit, "Records a page, 1 to 200; 50 by default with public_key. Other searches give at most 256, in one page."),
            new(Cursor, "With public_key: the next_cursor of the page before."),
        ],
        Answers = [new(StatusCodes.Status200OK, typeof(RecordPage))],
    };

    public static void Map(ApiRoutes routes, ContentRegistry registry)
    {
        var endpoints = new PublicRecordEndpoints(registry);
        routes.Map(Endpoint("certificate", "The signed certificate, and what it says.", typeof(PublicCertificateDocument)), endpoints.CertificateAsync);
        routes.Map(Endpoint("evidence", "Everything that an offline verifier needs.", typeof(EvidenceBundleDocument)), endpoints.EvidenceAsync);
        routes.Map(Endpoint("chain", "The evidence of the record, of its parent, and so on.", typeof(EvidenceListDocument)), endpoints.ChainAsync);
        routes.Map(Endpoint("segments", "A video's segments in time order, as they follow from its certificate; none for a picture.", typeof(SegmentListDocument)), endpoints.SegmentsAsync);
        routes.Map(Search, endpoints.SearchAsync);
    }

    private static ApiEndpoint Endpoint(string what, string summary, Type answer) => new("GET", $"{RecordEndpoints.Path}/{{id}}/{what}", RecordEndpoints.Tag, summary, Access.Public)
    {
        Answers = [new(StatusCodes.Status200OK, answer)],
        Problems = [StatusCodes.Status404NotFound],
    };

    private async ValueTask<KnownRecord> GetAsync(HttpContext context)
    {
        var id = RouteValues.RecordId(context);
        return await registry.GetAsync(id, context.RequestAborted).ConfigureAwait(false) ?? throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {id} here.");
    }

    private async Task CertificateAsync(HttpContext context)
    {
        var record = await GetAsync(context).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, PublicCertificateDocument.From(record.Evidence.Bundle, record.IsSubmitted), Wire.Json.PublicCertificateDocument).ConfigureAwait(false);
    }

    private async Task EvidenceAsync(HttpContext context)
    {
        var record = await GetAsync(context).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, EvidenceBundleDocument.From(record.Evidence.Bundle), Wire.Json.EvidenceBundleDocument).ConfigureAwait(false);
    }

    private async Task ChainAsync(HttpContext context)
    {
        var id = RouteValues.RecordId(context);
        var chain = await registry.GetChainAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (chain.Count == 0) throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {id} here.");
        await JsonAnswer.WriteAsync(context, new EvidenceListDocument([.. chain.Select(record => EvidenceBundleDocument.From(record.Evidence.Bundle))]), Wire.Json.EvidenceListDocument).ConfigureAwait(false);
    }

    private async Task SegmentsAsync(HttpContext context)
    {
        var record = await GetAsync(context).ConfigureAwait(false);
        var segments = await registry.Store.ReadSegmentsAsync(record.Sequence, context.RequestAborted).ConfigureAwait(false);
        var answer = new SegmentListDocument(
            [.. segments.Select(segment => new SegmentDocument(segment.Index, segment.StartMilliseconds, segment.EndMilliseconds, segment.Hash.ToString(), segment.AggregateHash.ToString(), segment.FrameCount))]);
        await JsonAnswer.WriteAsync(context, answer, Wire.Json.SegmentListDocument).ConfigureAwait(false);
    }

    private async Task SearchAsync(HttpContext context)
    {
        var parameters = new QueryReader(context, Search);
        string[] given = [.. new[] { Digest, Hash, Payload, Key }.Where(name => parameters.Text(name) is not null)];
        if (given is not [var by]) throw JsonBody.Malformed($"Search by exactly one of {Digest}, {Hash}, {Payload}, {Key}.");
        if (by != Hash && parameters.Text(Radius) is not null) throw JsonBody.Malformed($"The {Radius} goes with {Hash}.");
        if (by != Key && parameters.Text(Cursor) is not null) throw JsonBody.Malformed($"The {Cursor} goes with {Key}; other searches give all they find in one page.");
        var limit = parameters.Number(Limit, 1, RecordFilter.MaxLimit);
        var page = by switch
        {
            Digest => await FindByDigestAsync(parameters.Parse(Digest, static text => Sha256Digest.Parse(text))!.Value, limit, context.RequestAborted).ConfigureAwait(false),
            Hash => await FindByPictureAsync(
                parameters.Parse(Hash, static text => PerceptualHash.Parse(text))!.Value,
                parameters.Number(Radius, 0, VerificationPolicy.MaxPerceptualRadius) ?? VerificationPolicy.DefaultPerceptualRadius,
                limit,
                context.RequestAborted).ConfigureAwait(false),
            Payload => await FindByPayloadAsync(parameters.Parse(Payload, static text => WatermarkPayload.Parse(text))!.Value, limit, context.RequestAborted).ConfigureAwait(false),
            _ => await FindByKeyAsync(
                parameters.Parse(Key, static text => PublicKey.Parse(text))!.Value, parameters.Parse(Cursor, RecordCursor.Parse), limit, context.RequestAborted).ConfigureAwait(false),
        };
        await JsonAnswer.WriteAsync(context, page, Wire.Json.RecordPage).ConfigureAwait(false);
    }

    private async ValueTask<RecordPage> FindByDigestAsync(Sha256Digest digest, int? limit, CancellationToken cancellationToken)
    {
        var sequences = await registry.Store.FindBySha256Async(digest, LookupOptions.MaxCandidates, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(sequences, static _ => 0, limit, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<RecordPage> FindByPictureAsync(PerceptualHash hash, int radius, int? limit, CancellationToken cancellationToken)
    {
        var sequences = await registry.FindPicturesAsync(hash, radius, cancellationToken).ConfigureAwait(false);
        var pictures = await ReadAsync(sequences, record => PerceptualHash.Parse(record.PerceptualHash).DistanceTo(hash), limit, cancellationToken).ConfigureAwait(false);
        var room = (limit ?? LookupOptions.MaxCandidates) - pictures.Items.Count;
        if (room == 0) return pictures;
        var videos = await registry.FindVideosAsync(hash, radius, cancellationToken).ConfigureAwait(false);
        return new RecordPage([.. pictures.Items, .. (await ReadAsync(videos, static _ => 0, room, cancellationToken).ConfigureAwait(false)).Items], null);
    }

    private async ValueTask<RecordPage> FindByPayloadAsync(WatermarkPayload payload, int? limit, CancellationToken cancellationToken)
    {
        var sequences = await registry.FindPayloadsAsync(payload, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(sequences, record => WatermarkPayload.FromSignature(Signature.Parse(record.SignatureHex)).DistanceTo(payload), limit, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The key's owner is looked up first: that the database finds records by.</summary>
    private async ValueTask<RecordPage> FindByKeyAsync(PublicKey key, long? before, int? limit, CancellationToken cancellationToken)
    {
        if (await registry.Store.FindKeyOwnerAsync(key, cancellationToken).ConfigureAwait(false) is not { } userId) return new RecordPage([], null);
        var query = new RecordQuery { UserId = userId, PublicKey = key, Before = before, Limit = limit ?? new RecordFilter().Limit };
        return await RecordEndpoints.PageAsync(registry, query, isPublic: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records by their distance, of equals the oldest first, in one page.</summary>
    private async ValueTask<RecordPage> ReadAsync(IReadOnlyCollection<long> sequences, Func<RecordSummary, int> distance, int? limit, CancellationToken cancellationToken)
    {
        var records = await registry.Store.FindAsync(sequences, cancellationToken).ConfigureAwait(false);
        var summaries = await RecordSummaries.OfAsync(registry, records, isPublic: true, cancellationToken).ConfigureAwait(false);
        return new RecordPage([.. summaries.OrderBy(distance).Take(limit ?? LookupOptions.MaxCandidates)], null);
    }
}
