using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tectra.Sdk;
using Tectra.Sdk.Api;

namespace Tectra.Server.Http;

/// <summary>The one place that knows which HTTP status an error has, and how it is written (RFC 9457).</summary>
internal static class Problems
{
    private const int RetryAfterSeconds = 5;

    /// <summary>The status of a code. What isn't listed is content that the registry refuses.</summary>
    public static int StatusOf(string code) => code switch
    {
        ErrorCodes.RequestMalformed => StatusCodes.Status400BadRequest,
        ErrorCodes.AuthenticationRequired or ErrorCodes.CredentialsInvalid => StatusCodes.Status401Unauthorized,
        ErrorCodes.ScopeMissing => StatusCodes.Status403Forbidden,
        ErrorCodes.NotFound or ErrorCodes.RecordUnknown => StatusCodes.Status404NotFound,
        ErrorCodes.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        ErrorCodes.RecordConflict or ErrorCodes.EmailTaken => StatusCodes.Status409Conflict,
        ErrorCodes.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorCodes.MediaTypeUnsupported => StatusCodes.Status415UnsupportedMediaType,
        ErrorCodes.RateLimited => StatusCodes.Status429TooManyRequests,
        ErrorCodes.InternalError => StatusCodes.Status500InternalServerError,
        ErrorCodes.RegistryUnavailable or ErrorCodes.LedgerDamaged => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    /// <summary>Answers with an error.</summary>
    /// <param name="context">The request; nothing of the answer may be sent yet.</param>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="detail">What is wrong and what to do, for people; never a secret.</param>
    public static Task WriteAsync(HttpContext context, string code, string detail)
    {
        var status = StatusOf(code);
        var response = context.Response;
        if (status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = code == ErrorCodes.CredentialsInvalid ? "Bearer error=\"invalid_token\"" : "Bearer";
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable && response.Headers.RetryAfter.Count == 0)
            response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var problem = new ProblemDocument("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, code);
        return JsonAnswer.WriteAsync(context, status, JsonSerializer.SerializeToUtf8Bytes(problem, Wire.Json.ProblemDocument), JsonAnswer.ProblemType);
    }

    /// <summary>Answers for a status that the framework set without a body.</summary>
    public static Task WriteAsync(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => WriteAsync(context, ErrorCodes.NotFound, "There is nothing at this address. GET /openapi/v1.json lists what there is."),
        StatusCodes.Status405MethodNotAllowed => WriteAsync(context, ErrorCodes.MethodNotAllowed, "This address doesn't take that method; the Allow header names those it takes."),
        StatusCodes.Status413PayloadTooLarge => WriteAsync(context, ErrorCodes.RequestTooLarge, "The request is longer than this address reads."),
        StatusCodes.Status415UnsupportedMediaType => WriteAsync(context, ErrorCodes.MediaTypeUnsupported, "Send JSON in UTF-8, as Content-Type: application/json."),
        StatusCodes.Status429TooManyRequests => WriteAsync(context, ErrorCodes.RateLimited, "Too many requests. Wait before the next one."),
        < StatusCodes.Status500InternalServerError => WriteAsync(context, ErrorCodes.RequestMalformed, "The request isn't HTTP as it should be."),
        _ => WriteAsync(context, ErrorCodes.InternalError, "The server failed. Its log says why."),
    };
}
