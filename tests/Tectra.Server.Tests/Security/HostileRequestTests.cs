using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tectra.Server.Http;

namespace Tectra.Server.Tests.Security;

/// <summary>Requests that are malformed on purpose.</summary>
internal sealed class HostileRequestTests(string engine) : ServerTests(engine)
{
    private const string Verify = "/api/v1/verify", Login = "/api/v1/auth/login";

    private static readonly string Digest = Tenant.Digest("x").ToString();

    private Tenant _tenant = null!;

    [OneTimeSetUp]
    public async Task CreateTenant() => _tenant = await Tenant.CreateAsync(Server);

    [OneTimeTearDown]
    public void DisposeTenant() => _tenant.Dispose();

    private static IEnumerable<TestCaseData> MalformedBodies()
    {
        foreach (var (name, text) in new (string, string)[]
        {
            ("nothing", ""), ("white space", "  \r\n"), ("null", "null"), ("an array", "[]"), ("a number", "1"), ("a text", "\"x\""), ("no JSON", "{"), ("rubbish", "\u0000\u0001"),
            ("something behind it", $$"""{"sha256":"{{Digest}}"} x"""), ("twice", $$"""{"sha256":"{{Digest}}"}{"sha256":"{{Digest}}"}"""),
            ("a comment", $$"""{"sha256":"{{Digest}}"/*x*/}"""), ("a trailing comma", $$"""{"sha256":"{{Digest}}",}"""), ("single quotes", $$"""{'sha256':'{{Digest}}'}"""),
            ("an unknown field", $$"""{"sha256":"{{Digest}}","admin":true}"""), ("a field twice", $$"""{"sha256":"{{Digest}}","sha256":"{{Digest}}"}"""),
            ("a field twice, once escaped", $$"""{"sha256":"{{Digest}}","\u0073ha256":"{{Digest}}"}"""), ("a field in capitals", $$"""{"SHA256":"{{Digest}}"}"""),
            ("a field of another case style", $$"""{"sha256":"{{Digest}}","perceptualRadius":3}"""), ("a prototype", $$$"""{"sha256":"{{{Digest}}}","__proto__":{"admin":true}}"""),
            ("a huge number", $$"""{"sha256":"{{Digest}}","width":{{new string('9', 5000)}}}"""), ("a fraction", $$"""{"sha256":"{{Digest}}","width":1.5}"""),
            ("a number as a text", $$"""{"sha256":"{{Digest}}","width":"1"}"""), ("not a number", $$"""{"sha256":"{{Digest}}","width":NaN}"""), ("a null where none may be", """{"sha256":null}"""),
            ("a lone surrogate", """{"sha256":"\ud800"}"""), ("half of a pair in a name", """{"\ud800":1}"""), ("deep objects", string.Concat(Enumerable.Repeat("""{"watermark":""", 5000)) + new string('}', 5000)),
            ("deep arrays", $$"""{"sha256":"{{Digest}}","watermark":{{new string('[', 20000)}}{{new string(']', 20000)}}}"""), ("a deep array that never ends", new string('[', 60000)),
        })
        {
            yield return new TestCaseData(Encoding.UTF8.GetBytes(text)).SetArgDisplayNames(name);
        }
        yield return new TestCaseData(new byte[] { 0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D }).SetArgDisplayNames("wrong UTF-8 in a name");
        yield return new TestCaseData((byte[])[.. "{\"sha256\":\""u8, 0xFF, 0xFE, .. "\"}"u8]).SetArgDisplayNames("wrong UTF-8 in a text");
        yield return new TestCaseData((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($$"""{"sha256":"{{Digest}}"}""")]).SetArgDisplayNames("a byte order mark");
        yield return new TestCaseData(Encoding.Unicode.GetBytes($$"""{"sha256":"{{Digest}}"}""")).SetArgDisplayNames("UTF-16");
        yield return new TestCaseData((byte[])[0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0]).SetArgDisplayNames("compressed bytes");
    }

    [TestCaseSource(nameof(MalformedBodies))]
    public async Task A_malformed_body_is_refused_without_telling_what_the_program_is_made_of(byte[] body)
    {
        var answer = await PostBytesAsync(Verify, body);
        Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((400, "request_malformed")), answer.Text);
        Assert.That(answer.Text, Does.Not.Contain("System.").And.Not.Contain("Tectra.").And.Not.Contain("Exception"));
        Assert.That(answer.Text, Has.Length.LessThan(1000));
    }

    [TestCase(null)]
    [TestCase("text/plain")]
    [TestCase("text/json")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data; boundary=x")]
    [TestCase("application/json; charset=utf-16")]
    [TestCase("application/json; charset=iso-8859-1")]
    [TestCase("application/xml")]
    public async Task A_body_that_is_not_announced_as_JSON_is_refused(string? contentType)
    {
        var answer = await PostBytesAsync(Verify, Encoding.UTF8.GetBytes($$"""{"sha256":"{{Digest}}"}"""), contentType);
        Assert.That(((int)answer.Status, answer.Code), Is.EqualTo((415, "media_type_unsupported")), answer.Text);
    }

    [TestCase("application/json")]
    [TestCase("application/json; charset=utf-8")]
    [TestCase("Application/JSON;charset=\"UTF-8\"")]
    public async Task JSON_is_announced_in_any_spelling_that_HTTP_has(string contentType) =>
        Assert.That((await PostBytesAsync(Verify, Encoding.UTF8.GetBytes($$"""{"sha256":"{{Digest}}"}"""), contentType)).Status, Is.EqualTo(HttpStatusCode.OK));

    [Test]
    public async Task A_body_that_is_too_long_is_refused_whether_or_not_it_says_so()
    {
        await IsTooLongAsync(Login, ApiEndpoint.SmallBody, null);
        await IsTooLongAsync(Verify, ApiEndpoint.MediumBody, null);
        await IsTooLongAsync("/api/v1/register", ApiEndpoint.MediumBody, _tenant.Token);
        await IsTooLongAsync("/api/v1/register-batch", Server.Options.MaxBatchBytes, _tenant.Token);

        async Task IsTooLongAsync(string path, int limit, string? credentials)
        {
            // A long chunked body is cut off while it is being sent, which another test does.
            foreach (var isChunked in limit > ApiEndpoint.MediumBody ? new[] { false } : [false, true])
            {
                // The frames of chunks count as well.
                var fits = await PostBytesAsync(path, Spaces(isChunked ? limit - (limit / 8) : limit), credentials: credentials, isChunked: isChunked);
                Assert.That(fits.Code, Is.EqualTo("request_malformed"), "it was read to its end");
                var tooLong = await PostBytesAsync(path, Spaces(limit + 1), credentials: credentials, isChunked: isChunked);
                Assert.That(((int)tooLong.Status, tooLong.Code), Is.EqualTo((413, "request_too_large")), $"{path} {isChunked}");
            }
        }

        static byte[] Spaces(int length) => [.. Enumerable.Repeat((byte)' ', length)];
    }

    [Test]
    public async Task An_endless_body_is_cut_off()
    {
        var request = $"POST {Verify} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{string.Concat(Enumerable.Repeat($"10000\r\n{new string(' ', 0x10000)}\r\n", 64))}";
        // The connection breaks while the client still writes; the answer may be lost with it.
        Assert.That(await RawHttp.SendAsync(Server.Address, request), Is.Empty.Or.StartWith("HTTP/1.1 413"));
        Assert.That((await Server.GetAsync("/health")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase("Idempotency-Key: a\nb")]
    [TestCase("Idempotency-Key: a\rb")]
    [TestCase("Idempotency-Key: a\0b")]
    [TestCase("Idempotency-Key: a\r\n b")]
    [TestCase("Idempotency-Key: \u00FCmlaut")]
    [TestCase("Idempotency-Key: a\tb")]
    [TestCase("Idempotency-Key:")]
    [TestCase("Idempotency-Key: a\r\nIdempotency-Key: b")]
    public async Task A_header_that_holds_what_it_may_not_is_refused(string header)
    {
        var body = Tenant.Body(_tenant.Sign("header"));
        var answer = await RawHttp.SendAsync(Server.Address, RawHttp.Request("POST", "/api/v1/register", $"Authorization: Bearer {_tenant.Token}\r\n{header}", body));
        Assert.That(answer, Does.StartWith("HTTP/1.1 400"));
        Assert.That((await Server.GetAsync($"/api/v1/content-records?sha256={Tenant.Digest("header")}", _tenant.Token))["items"].GetArrayLength(), Is.Zero);
    }

    [TestCase("Authorization: Bearer iai_\nX-Admin: 1", "401")] // a line feed ends a header: this is two
    [TestCase("Authorization: Bearer iai_\rX-Admin: 1", "400")]
    [TestCase("Authorization: Bearer iai_\0", "400")]
    [TestCase("Authorization: Bearer \u00FC\u00FC\u00FC", "40")]
    [TestCase("Authorization: Bearer\t", "401")]
    public async Task Credentials_that_hold_what_they_may_not_are_refused(string header, string status) =>
        Assert.That(await RawHttp.SendAsync(Server.Address, RawHttp.Request("GET", "/api/v1/auth/me", header)), Does.StartWith($"HTTP/1.1 {status}"));

    [Test]
    public async Task Headers_and_addresses_without_end_are_refused()
    {
        Assert.That(await RawHttp.SendAsync(Server.Address, RawHttp.Request("GET", "/health", $"X: {new string('x', 20_000)}")), Does.StartWith("HTTP/1.1 431"));
        Assert.That(await RawHttp.SendAsync(Server.Address, RawHttp.Request("GET", "/health", string.Join("\r\n", Enumerable.Range(0, 100).Select(i => $"X{i}: x")))), Does.StartWith("HTTP/1.1 431"));
        Assert.That(await RawHttp.SendAsync(Server.Address, RawHttp.Request("GET", $"/health?{new string('x', 17_000)}", "X: x")), Does.StartWith("HTTP/1.1 414"));
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n")]
    [TestCase("GET /health HTTP/9.9\r\nHost: x\r\n\r\n")]
    [TestCase("rubbish\r\n\r\n")]
    [TestCase("POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [TestCase("POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}")]
    [TestCase("POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")]
    [TestCase("POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip\r\n\r\n")]
    public async Task What_is_no_HTTP_is_refused(string request) => Assert.That(await RawHttp.SendAsync(Server.Address, request), Does.Match("^HTTP/1.1 [45]"));

    [Test]
    public async Task Addresses_and_methods_that_do_not_exist_are_answered_with_problems()
    {
        foreach (var path in new[] { "/", "/api", "/api/v2/verify", "/api/v1/keys", "/API/V1/verify/x", "/api/v1/content-records/a/b", "/..%2f..%2fetc%2fpasswd", "/health/ready/x" })
        {
            var missing = await Server.GetAsync(path);
            Assert.That(((int)missing.Status, missing.Code), Is.EqualTo((404, "not_found")), path);
        }
        var wrong = await Server.SendAsync(HttpMethod.Put, Verify, "{}", null);
        Assert.That(((int)wrong.Status, wrong.Code), Is.EqualTo((405, "method_not_allowed")));
        Assert.That(wrong.Message.Content.Headers.Allow, Is.EqualTo(new[] { "POST" }));
        Assert.That(wrong.Get("title"), Is.EqualTo("Method Not Allowed"));
        Assert.That(wrong.Get("type"), Is.EqualTo("about:blank"));
        Assert.That(wrong["status"].GetInt32(), Is.EqualTo(405));
        Assert.That((int)(await Server.SendAsync(HttpMethod.Trace, "/health", null, null)).Status, Is.EqualTo(405));
    }

    [Test]
    public async Task Answers_are_never_kept_nor_taken_for_anything_but_JSON()
    {
        foreach (var answer in new[] { await Server.GetAsync("/health"), await Server.GetAsync("/api/v1/auth/me", _tenant.Token), await Server.GetAsync("/api/v1/auth/me"), await Server.GetAsync("/nothing") })
        {
            Assert.That(answer.Message.Headers.CacheControl!.NoStore, Is.True);
            Assert.That(answer.Message.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(answer.Message.Headers.Contains("Server"), Is.False);
            Assert.That(answer.Message.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
        }
    }

    private async Task<Answer> PostBytesAsync(string path, byte[] body, string? contentType = "application/json", string? credentials = null, bool isChunked = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (credentials is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials);
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.ExpectContinue = !isChunked; // waits for leave to send, so that a refusal arrives
        return await Server.SendAsync(request);
    }
}
