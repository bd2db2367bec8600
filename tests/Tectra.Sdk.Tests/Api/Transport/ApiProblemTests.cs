using System.Net;
using System.Text;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Transport;
using Tectra.Sdk.Content;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Api.Transport;

public sealed class ApiProblemTests
{
    private static readonly TectraOptions Once = FakeRegistry.Options with { MaxRetries = 0 };

    [TestCase(409, "record_conflict", "record_conflict")]
    [TestCase(422, "key_not_registered", "key_not_registered")]
    [TestCase(422, "a_code_of_a_newer_registry", "a_code_of_a_newer_registry")]
    [TestCase(400, "request_malformed", "request_malformed")]
    [TestCase(401, "credentials_invalid", "credentials_invalid")]
    [TestCase(403, "scope_missing", "scope_missing")]
    [TestCase(503, "registry_unavailable", "registry_unavailable")]
    [TestCase(401, null, "credentials_invalid")]
    [TestCase(403, null, "scope_missing")]
    [TestCase(404, null, "registry_answer_malformed")]
    [TestCase(400, null, "registry_answer_malformed")]
    [TestCase(302, null, "registry_answer_malformed")]
    [TestCase(413, null, "request_too_large")]
    [TestCase(414, null, "request_too_large")]
    [TestCase(429, null, "rate_limited")]
    [TestCase(408, null, "registry_unavailable")]
    [TestCase(500, null, "registry_unavailable")]
    [TestCase(422, "Not A Code\r\n", "registry_answer_malformed")]
    public void A_refusal_has_the_registrys_code_or_that_of_its_status(int status, string? code, string expected)
    {
        var error = Error(() => FakeRegistry.Problem(status, code, "Because."));
        Assert.That((error.GetType(), error.Code), Is.EqualTo((typeof(RegistryException), expected)));
        if (code == expected) Assert.That(error.Message, Does.StartWith("Because."));
    }

    [Test]
    public void A_malformed_certificate_is_evidence_that_is_invalid()
    {
        var error = Error(() => FakeRegistry.Problem(422, "certificate_malformed", "The width is no number."));
        Assert.That(error, Is.InstanceOf<InvalidEvidenceException>().With.Message.EqualTo("The width is no number."));
    }

    [Test]
    public void What_to_do_next_is_said()
    {
        Assert.That(Error(() => FakeRegistry.Problem(401, "credentials_invalid", "No such key.")).Message, Is.EqualTo("No such key. Check TECTRA_API_KEY."));
        Assert.That(Error(() => FakeRegistry.Problem(401, "authentication_required", "Who?")).Message, Does.Contain("TECTRA_API_KEY"));
        Assert.That(Error(() => new HttpResponseMessage(HttpStatusCode.NotFound)).Message, Does.Contain("TECTRA_API_URL"));
        using var registry = new FakeRegistry(() => FakeRegistry.Problem(401, "credentials_invalid", "The address or the password is wrong."));
        using var client = registry.Client(Once);
        Assert.That(async () => await client.LoginAsync("a@b.example", "pw"), Throws.InstanceOf<RegistryException>().With.Message.EqualTo("The address or the password is wrong."));
    }

    [Test]
    public async Task No_message_repeats_a_secret_whatever_the_registry_echoes()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Problem(400, "request_malformed", $"Bad header Bearer {FakeRegistry.ApiKey} with hunter2hunter2\r\nand more " + new string('x', 5000)));
        using var client = registry.Client(Once);
        var calls = new Func<Task>[]
        {
            async () => await client.GetAccountAsync(),
            async () => await client.LoginAsync("a@b.example", "hunter2hunter2"),
            async () => await client.RegisterAccountAsync("a@b.example", "hunter2hunter2"),
            async () => await client.ResetPasswordAsync("reset token", "hunter2hunter2"),
            async () => await client.ResetPasswordAsync("hunter2hunter2", "new password"),
        };
        foreach (var call in calls)
        {
            var secret = registry.Sent.Count == 0 ? FakeRegistry.ApiKey : "hunter2hunter2";
            var error = await CatchAsync(call);
            Assert.That(error.ToString(), Does.Not.Contain(secret));
            Assert.That(error.Message, Does.Not.Contain('\n').And.Length.LessThan(1200));
        }
        Assert.That($"{client} {FakeRegistry.Options}", Does.Not.Contain(FakeRegistry.ApiKey));
    }

    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("<html>")]
    [TestCase("{\"email\":\"a@b.example\"}")]
    [TestCase("{\"user_id\":1,\"email\":\"a\",\"created_at\":\"x\",\"org_name\":null,\"org_type\":null}")]
    [TestCase("{\"user_id\":null,\"email\":\"a\",\"created_at\":\"x\",\"org_name\":null,\"org_type\":null}")]
    [TestCase("")]
    public void An_answer_that_is_none_is_called_so(string body) =>
        Assert.That(Error(() => FakeRegistry.Json(body)).Code, Is.EqualTo("registry_answer_malformed"));

    [Test]
    public void Answers_in_another_charset_or_with_another_meaning_are_malformed()
    {
        Assert.That(Error(() => new HttpResponseMessage { Content = new StringContent("{}") { Headers = { ContentType = new("application/json") { CharSet = "nonsense" } } } }).Code, Is.EqualTo("registry_answer_malformed"));
        using var record = SignedRecord.Create();
        var request = new RegistrationRequest(record.Bundle.Envelope, null);
        var bad = new (Func<TectraApiClient, Task> Call, string Answer)[]
        {
            (client => client.RegisterBatchAsync([request, request]).AsTask(), """{"results":[{"record_id":null,"status":"refused","error":{"code":"a","message":"b"}}]}"""),
            (client => client.RegisterBatchAsync([request]).AsTask(), """{"results":[{"record_id":null,"status":"registered","error":null}]}"""),
            (client => client.RegisterBatchAsync([request]).AsTask(), """{"results":[null]}"""),
            (client => client.FindAsync(record.Delivered, new LookupOptions()).AsTask(), """{"items":[{"type":"other"}]}"""),
            (client => client.FindAsync(record.Delivered, new LookupOptions()).AsTask(), """{"items":[null]}"""),
            (client => client.ListRecordsAsync(new RecordFilter()).AsTask(), """{"items":[null],"next_cursor":null}"""),
            (client => client.ListApiKeysAsync().AsTask(), """{"items":[null]}"""),
            (client => client.ListOriginTypesAsync().AsTask(), """{"items":[null]}"""),
            (client => client.FindAsync(record.Delivered, new LookupOptions()).AsTask(), $$"""{"items":[{{string.Join(',', Enumerable.Repeat(Encoding.UTF8.GetString(record.Bundle.ToJson()), 257))}}]}"""),
            (client => client.VerifyOnServerAsync(record.Delivered).AsTask(), "\"yes\""),
            (client => client.VerifyOnServerAsync(record.Delivered).AsTask(), "null"),
            (client => client.RevokeAsync(record.Certificate.RecordId, "").AsTask(), """{"timestamp":"yesterday","reason":""}"""),
            (client => client.GetRegistryInfoAsync().AsTask(), """{"ledger_public_key":"00","anchoring":"ledger"}"""),
            (client => client.LoginAsync("a@b.example", "pw").AsTask(), """{"access_token":"a\nb","token_type":"Bearer","expires_in":1,"user_id":"u"}"""),
        };
        foreach (var (call, answer) in bad)
        {
            using var registry = new FakeRegistry(() => FakeRegistry.Json(answer));
            using var client = registry.Client();
            Assert.That(async () => await call(client), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("registry_answer_malformed"), answer[..Math.Min(60, answer.Length)]);
            Assert.That(registry.Sent, Has.Count.EqualTo(1), "asking again would not help");
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_answer_over_the_limit_is_refused_before_it_is_in_memory(bool saysSo)
    {
        var stream = new EndlessStream();
        var error = Error(() =>
        {
            var content = new StreamContent(stream);
            if (saysSo) content.Headers.ContentLength = ApiTransport.MaxAnswerBytes + 1L;
            return new HttpResponseMessage { Content = content };
        });
        Assert.That(error.Code, Is.EqualTo("registry_answer_malformed"));
        Assert.That(stream.Given, Is.LessThan(ApiTransport.MaxAnswerBytes + (1 << 20)));
        if (saysSo) Assert.That(stream.Given, Is.Zero);
    }

    [Test]
    public void An_answer_that_breaks_off_is_no_connection()
    {
        var error = Error(() => new HttpResponseMessage { Content = new StreamContent(new BrokenStream()) });
        Assert.That(error.Code, Is.EqualTo("registry_unreachable"));
        Assert.That(error.Message, Does.Contain("registry.example").And.Contain("TECTRA_API_URL"));
    }

    [Test]
    public void A_reason_or_a_filter_that_is_too_long_is_not_sent()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Json("{}"));
        using var client = registry.Client();
        Assert.That(async () => await client.RevokeAsync(RecordId.Create(TimeProvider.System), new string('x', 1025)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(async () => await client.ListRecordsAsync(new RecordFilter { Limit = 201 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => RecordSearch.ByPerceptualHash(default, 13), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(registry.Sent, Is.Empty);
    }

    private static TectraException Error(Func<HttpResponseMessage> answer)
    {
        using var registry = new FakeRegistry(answer);
        using var client = registry.Client(Once);
        return (TectraException)CatchAsync(async () => await client.GetAccountAsync()).Result;
    }

    private static async Task<Exception> CatchAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (TectraException e)
        {
            return e;
        }
        throw new AssertionException("it did not fail");
    }

    private sealed class EndlessStream : MemoryStream
    {
        public long Given { get; private set; }

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }

        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            var buffer = new byte[81920];
            while (true) await destination.WriteAsync(buffer.AsMemory(0, await ReadAsync(buffer, cancellationToken)), cancellationToken);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override bool CanSeek => false;

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new IOException("The connection was reset.");
    }
}
