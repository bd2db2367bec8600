using Microsoft.AspNetCore.Http;
using Tectra.Registry;
using Tectra.Registry.Storage;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Keys;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Endpoints;

/// <summary>An account's own records. Another account's are answered like records that don't exist.</summary>
internal sealed class RecordEndpoints(ContentRegistry registry)
{
    /// <summary>The path of every record.</summary>
    public const string Path = "/api/v1/content-records";

    public const string Tag = "records";

    private static readonly ApiEndpoint List = new("GET", Path, Tag, "The account's records, newest first. All filters must hold.", Access.Scope)
    {
        Scope = ApiScopes.Read,
        Parameters =
        [
            new("limit", "Records a page, 1 to 200; 50 by default."),
            new("cursor", "The next_cursor of the page before."),
            new("origin_type", "An origin type's code."),
            new("status", "pending, anchored or revoked."),
            new("from", "Registered at or after this time (RFC 3339 in UTC)."),
            new("until", "Registered before this time."),
            new("sha256", "The original's or the delivered file's digest."),
            new("public_key", "A signer's public key."),
        ],
        Answers = [new(StatusCodes.Status200OK, typeof(RecordPage))],
    };

    private static readonly ApiEndpoint Detail = new("GET", $"{Path}/{{id}}", Tag, "One record: its summary, its evidence, and its chain of custody as the registry judges it.", Access.Scope)
    {
        Scope = ApiScopes.Read,
        Answers = [new(StatusCodes.Status200OK, typeof(RecordDetailDocument))],
        Problems = [StatusCodes.Status404NotFound],
    };

    private static readonly ApiEndpoint Revoke = new("DELETE", $"{Path}/{{id}}", Tag, "Revoke a record. Once revoked it stays so; the answer is the revocation that stands.", Access.Scope)
    {
        Scope = ApiScopes.Sign,
        Parameters = [new("reason", "Why, in at most 1024 printable characters; everybody who verifies sees it.")],
        Answers = [new(StatusCodes.Status200OK, typeof(RevocationDocument))],
        Problems = [StatusCodes.Status404NotFound],
    };

    private static readonly ApiEndpoint Stats = new("GET", "/api/v1/dashboard/stats", Tag, "What the account has registered.", Access.Scope)
    {
        Scope = ApiScopes.Read,
        Answers = [new(StatusCodes.Status200OK, typeof(DashboardStats))],
    };

    private const int RecentRecords = 10;

    public static void Map(ApiRoutes routes, ContentRegistry registry)
    {
        var endpoints = new RecordEndpoints(registry);
        routes.Map(List, endpoints.ListAsync);
        routes.Map(Detail, endpoints.DetailAsync);
        routes.Map(Revoke, endpoints.RevokeAsync);
        routes.Map(Stats, endpoints.StatsAsync);
    }

    /// <summary>One page of what a query finds.</summary>
    public static async ValueTask<RecordPage> PageAsync(ContentRegistry registry, RecordQuery query, bool isPublic, CancellationToken cancellationToken)
    {
        // One more than the page holds: if it is there, there is a next page.
        var records = await registry.Store.ListAsync(query with { Limit = query.Limit + 1 }, cancellationToken).ConfigureAwait(false);
        var hasNext = records.Count > query.Limit;
        if (hasNext) records = [.. records.Take(query.Limit)];
        return new RecordPage(await RecordSummaries.OfAsync(registry, records, isPublic, cancellationToken).ConfigureAwait(false), hasNext ? RecordCursor.Format(records[^1].Sequence) : null);
    }

    private async Task ListAsync(HttpContext context)
    {
        var parameters = new QueryReader(context, List);
        var query = WithStatus(parameters.Text("status"), new RecordQuery
        {
            UserId = Authentication.GetCaller(context).UserId,
            OriginType = parameters.PrintableText("origin_type"), // newer signers may know more than this version's catalogue
            FromMilliseconds = parameters.Milliseconds("from"),
            UntilMilliseconds = parameters.Milliseconds("until"),
            Sha256 = parameters.Parse("sha256", static text => Sha256Digest.Parse(text)),
            PublicKey = parameters.Parse("public_key", static text => PublicKey.Parse(text)),
            Before = parameters.Parse("cursor", RecordCursor.Parse),
            Limit = parameters.Number("limit", 1, RecordFilter.MaxLimit) ?? new RecordFilter().Limit,
        });
        await JsonAnswer.WriteAsync(context, await PageAsync(registry, query, isPublic: false, context.RequestAborted).ConfigureAwait(false), Wire.Json.RecordPage).ConfigureAwait(false);
    }

    private static RecordQuery WithStatus(string? status, RecordQuery query) => status switch
    {
        null => query,
        BlockchainStatuses.Pending => query with { IsAnchored = false, IsSubmitted = false },
        BlockchainStatuses.Submitted => query with { IsAnchored = false, IsSubmitted = true },
        BlockchainStatuses.Anchored => query with { IsAnchored = true },
        "revoked" => query with { IsRevoked = true },
        _ => throw JsonBody.Malformed("The status is pending, submitted, anchored or revoked."),
    };

    private async Task DetailAsync(HttpContext context)
    {
        var id = RouteValues.RecordId(context);
        if (await registry.Store.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is not { } stored || stored.UserId != Authentication.GetCaller(context).UserId)
            throw new RegistryException(ErrorCodes.RecordUnknown, $"There is no record {id} here.");
        var chain = await registry.GetChainAsync(id, context.RequestAborted).ConfigureAwait(false);
        var summary = (await RecordSummaries.OfAsync(registry, [stored], isPublic: false, context.RequestAborted).ConfigureAwait(false))[0];
        // As in a report: who has no parent has no chain.
        var links = chain[0].Evidence.Certificate?.ParentRecordId is null ? [] : registry.Judge(chain);
        var answer = new RecordDetailDocument(summary, EvidenceBundleDocument.From(chain[0].Evidence.Bundle), [.. links.Select(CustodyLinkDocument.From)]);
        await JsonAnswer.WriteAsync(context, answer, Wire.Json.RecordDetailDocument).ConfigureAwait(false);
    }

    private async Task RevokeAsync(HttpContext context)
    {
        var reason = new QueryReader(context, Revoke).PrintableText("reason") ?? "";
        if (reason.Length > Revocation.MaxReasonLength) throw JsonBody.Malformed($"The reason has at most {Revocation.MaxReasonLength} characters.");
        var revocation = await registry.RevokeAsync(RouteValues.RecordId(context), reason, Authentication.GetCaller(context).UserId, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, new RevocationDocument(revocation.Timestamp.ToString(), revocation.Reason), Wire.Json.RevocationDocument).ConfigureAwait(false);
    }

    private async Task StatsAsync(HttpContext context)
    {
        var user = Authentication.GetCaller(context).UserId;
        var counts = await registry.Store.CountAsync(user, context.RequestAborted).ConfigureAwait(false);
        var recent = await registry.Store.ListAsync(new RecordQuery { UserId = user, Limit = RecentRecords }, context.RequestAborted).ConfigureAwait(false);
        var answer = new DashboardStats(
            counts.Total, counts.Anchored, counts.Total - counts.Anchored, counts.Revoked, counts.ByOriginType,
            await RecordSummaries.OfAsync(registry, recent, isPublic: false, context.RequestAborted).ConfigureAwait(false));
        await JsonAnswer.WriteAsync(context, answer, Wire.Json.DashboardStats).ConfigureAwait(false);
    }
}
