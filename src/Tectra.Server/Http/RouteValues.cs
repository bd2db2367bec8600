using Microsoft.AspNetCore.Http;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Server.Http;

/// <summary>The <c>{id}</c> of a path. One that can't be an id names nothing, so it is answered like one that doesn't exist.</summary>
internal static class RouteValues
{
    /// <exception cref="RegistryException">It isn't a record id (<c>record_unknown</c>).</exception>
    public static RecordId RecordId(HttpContext context) =>
        Sdk.Content.RecordId.TryParse(Text(context), out var id) ? id : throw new RegistryException(ErrorCodes.RecordUnknown, "There is no such record here.");

    /// <exception cref="RegistryException">It isn't a UUID (<c>not_found</c>).</exception>
    public static string Id(HttpContext context) =>
        Sdk.Content.RecordId.TryParse(Text(context), out var id) ? id.ToString() : throw new RegistryException(ErrorCodes.NotFound, "There is nothing with this id here.");

    private static string? Text(HttpContext context) => context.Request.RouteValues["id"] as string;
}
