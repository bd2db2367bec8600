using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tectra.Sdk.Api.Transport;

/// <summary>Turns an error answer (problem details, RFC 9457) into a typed exception that says what to do next.</summary>
internal static class ApiProblem
{
    private const int MaxProblemBytes = 64 * 1024, MaxCodeLength = 64, MaxDetailLength = 1000;

    /// <summary>The exception that an answer other than 2xx stands for. The answer's body is in memory.</summary>
    public static async ValueTask<TectraException> ReadAsync(ApiCall call, HttpResponseMessage response, string? credential, CancellationToken cancellationToken)
    {
        var problem = await ReadProblemAsync(response, cancellationToken).ConfigureAwait(false);
        var code = problem?.Code is { } given && IsCode(given) ? given : CodeOf(response.StatusCode, credential is not null);
        var detail = problem?.Code is null || string.IsNullOrWhiteSpace(problem.Detail)
            ? DetailOf(code, (int)response.StatusCode)
            : Clean(problem.Detail, credential is null ? call.Secrets : [.. call.Secrets, credential]);
        var message = Advice(code, call) is { } advice ? $"{detail} {advice}" : detail;
        return code is ErrorCodes.CertificateMalformed or ErrorCodes.EvidenceMalformed
            ? new InvalidEvidenceException(code, message)
            : new RegistryException(code, message);
    }

    /// <summary>The problem of an answer; null if it has none that can be read.</summary>
    private static async ValueTask<ProblemDocument?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > MaxProblemBytes) return null;
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json")) return null;
        try
        {
            return await response.Content.ReadFromJsonAsync(Wire.LenientJson.ProblemDocument, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the status says enough
        }
    }

    /// <summary>What a status means when the answer names no code: a proxy's answer, perhaps.</summary>
    private static string CodeOf(HttpStatusCode status, bool hasCredential) => status switch
    {
        HttpStatusCode.Unauthorized => hasCredential ? ErrorCodes.CredentialsInvalid : ErrorCodes.AuthenticationRequired,
        HttpStatusCode.Forbidden => ErrorCodes.ScopeMissing,
        HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestUriTooLong => ErrorCodes.RequestTooLarge,
        HttpStatusCode.TooManyRequests => ErrorCodes.RateLimited,
        HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError => ErrorCodes.RegistryUnavailable,
        _ => ErrorCodes.RegistryAnswerMalformed,
    };

    private static string DetailOf(string code, int status) => code switch
    {
        ErrorCodes.AuthenticationRequired => "The registry wants to know who asks.",
        ErrorCodes.CredentialsInvalid => "The registry does not accept the credentials: they are wrong, expired or revoked.",
        ErrorCodes.ScopeMissing => "The registry does not allow this with the credentials given.",
        ErrorCodes.RequestTooLarge => "The request is longer than the registry reads. Send less at once.",
        ErrorCodes.RateLimited => "The registry has had too many requests. Wait before the next one.",
        ErrorCodes.RegistryUnavailable => $"The registry can't answer now (HTTP status {status}). Try again later.",
        ErrorCodes.RegistryAnswerMalformed => $"HTTP status {status} without a reason is not how a registry answers. Check TECTRA_API_URL, and what lies between here and there.",
        _ => $"The registry refused (HTTP status {status}).",
    };

    /// <summary>What to do about it here, which the registry can't know.</summary>
    private static string? Advice(string code, ApiCall call) => code switch
    {
        ErrorCodes.AuthenticationRequired => "Set TECTRA_API_KEY to an API key of your account, or log in.",
        ErrorCodes.CredentialsInvalid when call.Access != ApiAccess.Anonymous => "Check TECTRA_API_KEY.",
        ErrorCodes.ScopeMissing => "Use an API key with the scope that is missing, or log in.",
        _ => null,
    };

    private static bool IsCode(string text) => text.Length is > 0 and <= MaxCodeLength && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>A text from outside, fit for a log: of bounded length, on one line, without what was kept secret on the way.</summary>
    private static string Clean(string detail, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets) detail = detail.Replace(secret, "(secret)", StringComparison.Ordinal);
        if (detail.Length > MaxDetailLength) detail = string.Concat(detail.AsSpan(0, MaxDetailLength), "…");
        return string.Create(detail.Length, detail, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
    }
}
