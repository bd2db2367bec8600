using Microsoft.AspNetCore.Http;
using Tectra.Registry;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;
using Tectra.Sdk.Verification;
using Tectra.Server.Hosting;
using Tectra.Server.Http;

namespace Tectra.Server.Endpoints;

/// <summary>Judges what a client measured, or hands out the evidence for the client to judge itself.</summary>
internal sealed class VerificationEndpoints(ContentRegistry registry, VerifiedEvents verified)
{
    private const string Tag = "verification";

    public static void Map(ApiRoutes routes, ContentRegistry registry, VerifiedEvents verified)
    {
        var endpoints = new VerificationEndpoints(registry, verified);
        routes.Map(Endpoint("/api/v1/verify", "Judge what was measured on a file by what this registry knows.") with
        {
            Answers = [new(StatusCodes.Status200OK, typeof(VerificationReportDocument))],
        }, endpoints.VerifyAsync);
        routes.Map(Endpoint("/api/v1/evidence/find", "The evidence of the records that a file may be, to be judged by who asks.") with
        {
            Answers = [new(StatusCodes.Status200OK, typeof(EvidenceListDocument))],
        }, endpoints.FindAsync);
    }

    private static ApiEndpoint Endpoint(string path, string summary) => new("POST", path, Tag, summary, Access.Public)
    {
        Rate = RateClass.Verification,
        Request = typeof(ObservationDocument),
        MaxBodyBytes = ApiEndpoint.MediumBody,
    };

    private static async ValueTask<(ObservedContent Observed, LookupOptions Options)> ReadAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.ObservationDocument).ConfigureAwait(false);
        return JsonBody.Convert(document, static sent => (ObservationDocument.ToObserved(sent), ObservationDocument.ToOptions(sent)));
    }

    private async Task VerifyAsync(HttpContext context)
    {
        using var activity = ServerTelemetry.Activities.StartActivity("verify");
        var (observed, options) = await ReadAsync(context).ConfigureAwait(false);
        var judged = await registry.VerifyAsync(observed, options, context.RequestAborted).ConfigureAwait(false);
        verified.Note(judged);
        var report = VerificationReportDocument.From(judged);
        ServerTelemetry.CountVerification(report.Verdict);
        await JsonAnswer.WriteAsync(context, report, Wire.Json.VerificationReportDocument).ConfigureAwait(false);
    }

    private async Task FindAsync(HttpContext context)
    {
        using var activity = ServerTelemetry.Activities.StartActivity("find");
        var (observed, options) = await ReadAsync(context).ConfigureAwait(false);
        var records = await registry.FindAsync(observed, options, context.RequestAborted).ConfigureAwait(false);
        var answer = new EvidenceListDocument([.. records.Select(record => EvidenceBundleDocument.From(record.Evidence.Bundle))]);
        await JsonAnswer.WriteAsync(context, answer, Wire.Json.EvidenceListDocument).ConfigureAwait(false);
    }
}
