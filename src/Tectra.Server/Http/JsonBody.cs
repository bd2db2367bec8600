using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Server.Http;

/// <summary>Reads the documents that requests carry, strictly: unknown, missing, repeated or misspelt fields are refused.</summary>
internal static class JsonBody
{
    private const int MaxPathLength = 120;

    /// <summary>Reads the body.</summary>
    /// <exception cref="RegistryException">It isn't that document (<c>request_malformed</c>), or isn't announced as JSON (<c>media_type_unsupported</c>).</exception>
    /// <exception cref="BadHttpRequestException">It is too long, or its transport is malformed.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class => (await ReadAsync(context, type, digests: false).ConfigureAwait(false)).Document;

    /// <summary>Reads the body, and the digest of its bytes.</summary>
    /// <inheritdoc cref="ReadAsync{T}(HttpContext, JsonTypeInfo{T})"/>
    public static ValueTask<(T Document, Sha256Digest Digest)> ReadWithDigestAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class => ReadAsync(context, type, digests: true);

    private static async ValueTask<(T Document, Sha256Digest Digest)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, bool digests)
        where T : class
    {
        var body = await ReadToEndAsync(context).ConfigureAwait(false);
        try
        {
            if (body.IsSingleSegment) return Read(body.FirstSpan);
            // Batches come in many segments, and arrays of their length of one's own each time would be the collector's main work.
            var rented = ArrayPool<byte>.Shared.Rent((int)body.Length);
            try
            {
                body.CopyTo(rented);
                return Read(rented.AsSpan(0, (int)body.Length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
        finally
        {
            context.Request.BodyReader.AdvanceTo(body.End);
        }

        (T, Sha256Digest) Read(ReadOnlySpan<byte> json) => (Parse(json, type), digests ? Sha256Digest.Compute(json) : default);
    }

    /// <summary>Turns a document into a value of the domain.</summary>
    /// <exception cref="RegistryException">A field is malformed (<c>request_malformed</c>).</exception>
    public static TValue Convert<TDocument, TValue>(TDocument document, Func<TDocument, TValue> convert)
    {
        try
        {
            return convert(document);
        }
        catch (FormatException e)
        {
            throw Malformed(e.Message, e);
        }
    }

    public static RegistryException Malformed(string message, Exception? cause = null) => new(ErrorCodes.RequestMalformed, message, cause);

    /// <summary>The whole body, still in the connection's own buffers. The server has limited its length.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(HttpContext context)
    {
        if (!IsJson(context.Request.ContentType)) throw new RegistryException(ErrorCodes.MediaTypeUnsupported, "Send JSON in UTF-8, as Content-Type: application/json.");
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (result.IsCompleted) return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool IsJson(string? contentType)
    {
        if (contentType is "application/json" or "application/json; charset=utf-8") return true;
        return MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Malformed("The body is null; it must be an object.");
        }
        catch (JsonException e)
        {
            // Not the exception's own text: it names types of this program and may quote what was sent.
            var path = e.Path is { Length: > MaxPathLength } long_ ? $"{long_[..MaxPathLength]}…" : e.Path ?? "$";
            throw Malformed($"The body isn't the JSON that is read here: see {path}, line {e.LineNumber + 1}. A field is unknown, missing, repeated or of the wrong type, or the text is no JSON.", e);
        }
    }
}
