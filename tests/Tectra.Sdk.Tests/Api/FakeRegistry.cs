using System.Net;
using System.Text;
using Tectra.Sdk.Api;

namespace Tectra.Sdk.Tests.Api;

/// <summary>What a client sent.</summary>
internal sealed record SentRequest(string Verb, string Address, string? Body, string? Authorization, string? ContentType);

/// <summary>Stands where the network is: records what is sent, and answers what a test says.</summary>
internal sealed class FakeRegistry : HttpMessageHandler
{
    public const string ApiKey = "iai_secret0123456789";

    private readonly Func<int, CancellationToken, Task<HttpResponseMessage>> _answer;

    public FakeRegistry(Func<int, CancellationToken, Task<HttpResponseMessage>> answer) => _answer = answer;

    /// <summary>Gives these answers in turn, the last one ever after.</summary>
    public FakeRegistry(params Func<HttpResponseMessage>[] answers)
        : this((attempt, _) => Task.FromResult(answers[Math.Min(attempt, answers.Length - 1)]()))
    {
    }

    public List<SentRequest> Sent { get; } = [];

    public static TectraOptions Options { get; } = new() { ApiUrl = new Uri("https://registry.example/base"), ApiKey = ApiKey };

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Problem(int status, string? code, string? detail = null, TimeSpan? retryAfter = null)
    {
        var body = $$"""{"type":"about:blank","title":"No","status":{{status}},"detail":{{Text(detail)}},"code":{{Text(code)}},"trace_id":"7"}""";
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/problem+json") };
        if (retryAfter is { } pause) response.Headers.RetryAfter = new(pause);
        return response;
    }

    public TectraApiClient Client(TectraOptions? options = null, TimeProvider? time = null) => new(options ?? Options, new HttpClient(this), time);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Add(new SentRequest(
            request.Method.Method,
            request.RequestUri!.AbsoluteUri,
            request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.Authorization?.ToString(),
            request.Content?.Headers.ContentType?.ToString()));
        return await _answer(Sent.Count - 1, cancellationToken);
    }

    private static string Text(string? text) => System.Text.Json.JsonSerializer.Serialize(text);
}
