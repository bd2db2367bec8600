using Microsoft.AspNetCore.Http;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Endpoints;

/// <summary>An account's webhooks. Another account's are answered like webhooks that don't exist.</summary>
internal sealed class WebhookEndpoints(WebhookService webhooks)
{
    private const string Tag = "webhooks", Path = "/api/v1/webhooks";

    public static void Map(ApiRoutes routes, WebhookService webhooks)
    {
        var endpoints = new WebhookEndpoints(webhooks);
        routes.Map(new ApiEndpoint("POST", Path, Tag, "Make a webhook. Its secret is in this answer and nowhere else.", Access.Scope)
        {
            Scope = ApiScopes.Admin,
            Request = typeof(NewWebhookDocument),
            Answers = [new(StatusCodes.Status201Created, typeof(Webhook))],
            Problems = [StatusCodes.Status422UnprocessableEntity],
        }, endpoints.CreateAsync);
        routes.Map(new ApiEndpoint("GET", Path, Tag, "The account's webhooks, without their secrets.", Access.Scope)
        {
            Scope = ApiScopes.Read,
            Answers = [new(StatusCodes.Status200OK, typeof(WebhookListDocument))],
        }, endpoints.ListAsync);
        routes.Map(new ApiEndpoint("DELETE", $"{Path}/{{id}}", Tag, "Remove a webhook. What waits for it is given up.", Access.Scope)
        {
            Scope = ApiScopes.Admin,
            Answers = [new(StatusCodes.Status204NoContent, null)],
            Problems = [StatusCodes.Status404NotFound],
        }, endpoints.RemoveAsync);
        routes.Map(new ApiEndpoint("POST", $"{Path}/{{id}}/test", Tag, "Send webhook.test to a webhook, once. How it went is among the deliveries.", Access.Scope)
        {
            Scope = ApiScopes.Admin,
            Answers = [new(StatusCodes.Status202Accepted, typeof(WebhookDelivery))],
            Problems = [StatusCodes.Status404NotFound],
        }, endpoints.TestAsync);
        routes.Map(new ApiEndpoint("GET", $"{Path}/{{id}}/deliveries", Tag, "A webhook's latest deliveries, at most 100, newest first.", Access.Scope)
        {
            Scope = ApiScopes.Read,
            Answers = [new(StatusCodes.Status200OK, typeof(WebhookDeliveryListDocument))],
            Problems = [StatusCodes.Status404NotFound],
        }, endpoints.ListDeliveriesAsync);
    }

    private static string User(HttpContext context) => Authentication.GetCaller(context).UserId;

    private async Task CreateAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.NewWebhookDocument).ConfigureAwait(false);
        var webhook = await webhooks.CreateAsync(User(context), document.Url, document.Events, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status201Created, webhook, Wire.Json.Webhook).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext context)
    {
        var found = await webhooks.ListAsync(User(context), context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, new WebhookListDocument([.. found]), Wire.Json.WebhookListDocument).ConfigureAwait(false);
    }

    private async Task RemoveAsync(HttpContext context)
    {
        await webhooks.RemoveAsync(User(context), RouteValues.Id(context), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task TestAsync(HttpContext context)
    {
        var delivery = await webhooks.TestAsync(User(context), RouteValues.Id(context), context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status202Accepted, delivery, Wire.Json.WebhookDelivery).ConfigureAwait(false);
    }

    private async Task ListDeliveriesAsync(HttpContext context)
    {
        var found = await webhooks.ListDeliveriesAsync(User(context), RouteValues.Id(context), context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, new WebhookDeliveryListDocument([.. found]), Wire.Json.WebhookDeliveryListDocument).ConfigureAwait(false);
    }
}
