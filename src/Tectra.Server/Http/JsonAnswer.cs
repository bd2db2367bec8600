using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tectra.Server.Http;

/// <summary>Writes answers. They are never cached by anything on the way, and never taken for anything but JSON.</summary>
internal static class JsonAnswer
{
    public const string JsonType = "application/json; charset=utf-8", ProblemType = "application/problem+json";

    private static readonly StringValues NoStore = "no-store", NoSniff = "nosniff";

    public static Task WriteAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type) => WriteAsync(context, StatusCodes.Status200OK, document, type);

    public static Task WriteAsync<T>(HttpContext context, int status, T document, JsonTypeInfo<T> type) =>
        WriteAsync(context, status, JsonSerializer.SerializeToUtf8Bytes(document, type), JsonType);

    /// <summary>Writes bytes that are JSON already.</summary>
    public static Task WriteAsync(HttpContext context, int status, ReadOnlyMemory<byte> json, string contentType)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = json.Length;
        response.Headers.CacheControl = NoStore;
        response.Headers.XContentTypeOptions = NoSniff;
        return response.Body.WriteAsync(json, context.RequestAborted).AsTask();
    }
}
