using Microsoft.AspNetCore.Http;
using Tectra.Registry.Accounts;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Endpoints;

/// <summary>API keys. Only who has logged in manages them: a stolen key can't make itself another one.</summary>
internal sealed class ApiKeyEndpoints(ApiKeyService keys)
{
    private const string Tag = "api keys", Path = "/api/v1/keys/api-keys";

    public static void Map(ApiRoutes routes, ApiKeyService keys)
    {
        var endpoints = new ApiKeyEndpoints(keys);
        routes.Map(new ApiEndpoint("POST", Path, Tag, "Make an API key. Its secret is in this answer and nowhere else.", Access.Login)
        {
            Request = typeof(NewApiKeyDocument),
            Answers = [new(StatusCodes.Status201Created, typeof(CreatedApiKey))],
            Problems = [StatusCodes.Status422UnprocessableEntity],
        }, endpoints.CreateAsync);
        routes.Map(new ApiEndpoint("GET", Path, Tag, "The account's API keys, without their secrets.", Access.Login)
        {
            Answers = [new(StatusCodes.Status200OK, typeof(ApiKeyListDocument))],
        }, endpoints.ListAsync);
        routes.Map(new ApiEndpoint("DELETE", $"{Path}/{{id}}", Tag, "Revoke an API key. It is refused from the next request on.", Access.Login)
        {
            Answers = [new(StatusCodes.Status204NoContent, null)],
            Problems = [StatusCodes.Status404NotFound],
        }, endpoints.RevokeAsync);
    }

    private static ApiKeyInfo ToDocument(StoredApiKey key) => new(
        key.Id,
        key.Name,
        key.Prefix,
        key.Scopes.Split(' '),
        key.CreatedAt,
        key.LastUsedMilliseconds is { } used ? UtcTimestamp.From(DateTimeOffset.FromUnixTimeMilliseconds(used)).ToString() : null,
        key.RevokedAt);

    private async Task CreateAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.NewApiKeyDocument).ConfigureAwait(false);
        var (key, secret) = await keys.CreateAsync(Authentication.GetCaller(context).UserId, document.Name, document.Scopes, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(
            context, StatusCodes.Status201Created, new CreatedApiKey(key.Id, key.Name, key.Scopes.Split(' '), secret, key.CreatedAt), Wire.Json.CreatedApiKey).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext context)
    {
        var found = await keys.ListAsync(Authentication.GetCaller(context).UserId, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, new ApiKeyListDocument([.. found.Select(ToDocument)]), Wire.Json.ApiKeyListDocument).ConfigureAwait(false);
    }

    private async Task RevokeAsync(HttpContext context)
    {
        await keys.RevokeAsync(Authentication.GetCaller(context).UserId, RouteValues.Id(context), context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
