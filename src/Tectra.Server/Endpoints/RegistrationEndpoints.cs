using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Tectra.Registry;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Server.Hosting;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Endpoints;

/// <summary>Registers records, one or several at once.</summary>
internal sealed class RegistrationEndpoints(ContentRegistry registry)
{
    private const string Tag = "registration", IdempotencyHeader = "Idempotency-Key";
    private const int MaxIdempotencyKeyLength = 128;

    public static void Map(ApiRoutes routes, ContentRegistry registry, ServerOptions options)
    {
        var endpoints = new RegistrationEndpoints(registry);
        routes.Map(Endpoint("/api/v1/register", "Register a record. Repeating it is safe and adds nothing.") with
        {
            Request = typeof(RegistrationDocument),
            MaxBodyBytes = ApiEndpoint.MediumBody,
            Answers = [new(StatusCodes.Status201Created, typeof(RegistrationReceiptDocument)), new(StatusCodes.Status200OK, typeof(RegistrationReceiptDocument))],
            Problems = [StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity],
        }, endpoints.RegisterAsync);
        routes.Map(Endpoint("/api/v1/register-batch", "Register up to 100 records, in order. One that is refused doesn't stop the others.") with
        {
            Request = typeof(RegistrationBatchDocument),
            MaxBodyBytes = options.MaxBatchBytes,
            Answers = [new(StatusCodes.Status200OK, typeof(RegistrationOutcomesDocument))],
            Problems = [StatusCodes.Status422UnprocessableEntity],
        }, endpoints.RegisterBatchAsync);
    }

    private static ApiEndpoint Endpoint(string path, string summary) => new("POST", path, Tag, summary, Access.Scope)
    {
        Scope = ApiScopes.Sign,
        Parameters = [new(IdempotencyHeader, "A name for the request, 1 to 128 visible ASCII characters: the same name with another body is refused.", IsHeader: true)],
    };

    private static async ValueTask<(T Document, IdempotencyKey? Key)> ReadAsync<T>(HttpContext context, Caller caller, JsonTypeInfo<T> type)
        where T : class
    {
        var header = context.Request.Headers[IdempotencyHeader];
        if (header.Count == 0) return (await JsonBody.ReadAsync(context, type).ConfigureAwait(false), null);
        if (header is not [{ Length: > 0 and <= MaxIdempotencyKeyLength } key] || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw JsonBody.Malformed($"{IdempotencyHeader} is 1 to {MaxIdempotencyKeyLength} visible ASCII characters.");
        var (document, digest) = await JsonBody.ReadWithDigestAsync(context, type).ConfigureAwait(false);
        return (document, new IdempotencyKey(caller.UserId, key, digest));
    }

    private async Task RegisterAsync(HttpContext context)
    {
        using var activity = ServerTelemetry.Activities.StartActivity("register");
        var caller = Authentication.GetCaller(context);
        var (document, idempotencyKey) = await ReadAsync(context, caller, Wire.Json.RegistrationDocument).ConfigureAwait(false);
        var request = JsonBody.Convert(document, RegistrationDocument.ToRequest);
        var outcome = (await registry.RegisterAsync([request], caller.ToRegistrant(), idempotencyKey, context.RequestAborted).ConfigureAwait(false))[0];
        Count(outcome);
        var receipt = outcome.GetReceipt();
        var status = receipt.AlreadyRegistered && await registry.GetAsync(receipt.RecordId, context.RequestAborted).ConfigureAwait(false) is { } known
            ? BlockchainStatuses.Of(known.Evidence.Bundle.Anchor, known.IsSubmitted)
            : BlockchainStatuses.Pending;
        var answer = RegistrationReceiptDocument.From(receipt, Certificate.FromPayload(request.Envelope.Payload), status);
        await JsonAnswer.WriteAsync(
            context, receipt.AlreadyRegistered ? StatusCodes.Status200OK : StatusCodes.Status201Created, answer, Wire.Json.RegistrationReceiptDocument).ConfigureAwait(false);
    }

    private async Task RegisterBatchAsync(HttpContext context)
    {
        using var activity = ServerTelemetry.Activities.StartActivity("register-batch");
        var caller = Authentication.GetCaller(context);
        var (document, idempotencyKey) = await ReadAsync(context, caller, Wire.Json.RegistrationBatchDocument).ConfigureAwait(false);
        if (document.Records.Length is 0 or > ITectraApi.MaxBatch) throw JsonBody.Malformed($"A batch has 1 to {ITectraApi.MaxBatch} records.");
        var requests = JsonBody.Convert(document, sent => sent.Records.Select((record, i) => ToRequest(record, i)).ToArray());
        var outcomes = await registry.RegisterAsync(requests, caller.ToRegistrant(), idempotencyKey, context.RequestAborted).ConfigureAwait(false);
        foreach (var outcome in outcomes) Count(outcome);
        await JsonAnswer.WriteAsync(
            context, new RegistrationOutcomesDocument([.. outcomes.Select(RegistrationOutcomeDocument.From)]), Wire.Json.RegistrationOutcomesDocument).ConfigureAwait(false);
    }

    private static RegistrationRequest ToRequest(RegistrationDocument? document, int index)
    {
        try
        {
            return RegistrationDocument.ToRequest(document ?? throw new FormatException("It is null."));
        }
        catch (FormatException e)
        {
            throw new FormatException($"Record {index} of the batch: {e.Message}", e);
        }
    }

    private static void Count(RegistrationOutcome outcome) =>
        ServerTelemetry.CountRegistration(outcome.Refusal?.Code ?? (outcome.Receipt!.AlreadyRegistered ? "already_registered" : "registered"));
}
