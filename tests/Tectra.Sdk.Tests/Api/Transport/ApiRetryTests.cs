using System.Net;
using System.Net.Http.Headers;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Transport;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Api.Transport;

public sealed class ApiRetryTests
{
    private static readonly TectraOptions Patient = FakeRegistry.Options with { AttemptTimeout = TimeSpan.FromMinutes(10), TotalTimeout = TimeSpan.FromMinutes(30) };

    private static readonly Func<HttpResponseMessage> Account = () => FakeRegistry.Json("""{"user_id":"u-1","email":"a@b.example","org_name":null,"org_type":null,"created_at":"x"}""");

    [TestCase(408)]
    [TestCase(429)]
    [TestCase(502)]
    [TestCase(503)]
    [TestCase(504)]
    public async Task What_passes_is_tried_again(int status)
    {
        var time = new ManualTime(SignedRecord.Clock.Now);
        Func<HttpResponseMessage> refusal = () => new HttpResponseMessage((HttpStatusCode)status);
        using var registry = new FakeRegistry(refusal, refusal, refusal, refusal, Account);
        using var client = registry.Client(Patient, time);
        await PlayAsync(time, client.GetAccountAsync().AsTask());
        Assert.That(registry.Sent, Has.Count.EqualTo(5));
        Assert.That(registry.Sent.Select(sent => (sent.Verb, sent.Address, sent.Authorization)).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Pauses_grow_between_attempts()
    {
        var time = new ManualTime(SignedRecord.Clock.Now);
        var attempts = 0;
        var task = ApiRetry.Repeated(Patient, time, () => 1).ExecuteAsync(_ =>
        {
            attempts++;
            return ValueTask.FromResult(new HttpResponseMessage(HttpStatusCode.BadGateway));
        }).AsTask();
        var pauses = await PlayAsync(time, task);
        Assert.That(attempts, Is.EqualTo(5));
        Assert.That(pauses.Select(pause => pause.TotalMilliseconds), Is.EqualTo(new[] { 250, 500, 1000, 2000 }));
    }

    [TestCase(400)]
    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(409)]
    [TestCase(413)]
    [TestCase(422)]
    [TestCase(500)]
    [TestCase(301)]
    public void What_does_not_pass_is_not_tried_again(int status)
    {
        using var registry = new FakeRegistry(() => new HttpResponseMessage((HttpStatusCode)status), Account);
        using var client = registry.Client();
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>());
        Assert.That(registry.Sent, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Registering_finding_and_revoking_are_repeated_with_the_same_bytes()
    {
        using var record = SignedRecord.Create();
        var request = new RegistrationRequest(record.Bundle.Envelope, null);
        var receipt = $$"""{"record_id":"{{record.Certificate.RecordId}}","already_registered":true,"sha256":"","perceptual_hash":"","signature_hex":"","timestamp":"","blockchain_status":"pending"}""";
        var batch = $$"""{"results":[{"record_id":"{{record.Certificate.RecordId}}","status":"registered","error":null}]}""";
        var calls = new (Func<TectraApiClient, Task> Call, string Answer)[]
        {
            (client => client.RegisterAsync(request).AsTask(), receipt),
            (client => client.RegisterBatchAsync([request]).AsTask(), batch),
            (client => client.FindAsync(record.Delivered, new LookupOptions()).AsTask(), """{"items":[]}"""),
            (client => client.RevokeAsync(record.Certificate.RecordId, "why").AsTask(), """{"timestamp":"2026-11-20T16:00:00.000Z","reason":"why"}"""),
        };
        foreach (var (call, answer) in calls)
        {
            var time = new ManualTime(SignedRecord.Clock.Now);
            using var registry = new FakeRegistry((attempt, _) => attempt == 0 ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Task.FromResult(FakeRegistry.Json(answer)));
            using var client = registry.Client(Patient, time);
            await PlayAsync(time, call(client));
            Assert.That(registry.Sent, Has.Count.EqualTo(2));
            Assert.That(registry.Sent[1], Is.EqualTo(registry.Sent[0]));
        }
    }

    [Test]
    public void What_makes_something_new_is_sent_once()
    {
        var id = RecordId.Create(TimeProvider.System).ToString();
        var calls = new Func<TectraApiClient, Task>[]
        {
            client => client.RegisterAccountAsync("a@b.example", "password").AsTask(),
            client => client.LoginAsync("a@b.example", "password").AsTask(),
            client => client.RequestPasswordResetAsync("a@b.example").AsTask(),
            client => client.ResetPasswordAsync("token", "password").AsTask(),
            client => client.CreateApiKeyAsync("ci", []).AsTask(),
            client => client.RevokeApiKeyAsync(id).AsTask(),
            client => client.CreateWebhookAsync(new Uri("https://hook.example"), []).AsTask(),
            client => client.DeleteWebhookAsync(id).AsTask(),
            client => client.TestWebhookAsync(id).AsTask(),
            client => client.PingAsync().AsTask(),
        };
        foreach (var call in calls)
        {
            using var registry = new FakeRegistry(() => FakeRegistry.Problem(503, "registry_unavailable", "Later."));
            using var client = registry.Client();
            Assert.That(async () => await call(client), Throws.InstanceOf<RegistryException>());
            Assert.That(registry.Sent, Has.Count.EqualTo(1));
        }
    }

    [Test]
    public void A_signing_key_is_registered_once_though_the_account_is_asked_for_again()
    {
        using var key = SigningKey.Create();
        using var registry = new FakeRegistry(Account, () => FakeRegistry.Problem(503, "registry_unavailable", "Later."));
        using var client = registry.Client();
        Assert.That(async () => await client.RegisterSigningKeyAsync(key, "production"), Throws.InstanceOf<RegistryException>());
        Assert.That(registry.Sent.Select(sent => sent.Verb), Is.EqualTo(new[] { "GET", "POST" }));
    }

    [Test]
    public async Task A_pause_that_the_registry_asks_for_is_kept()
    {
        var time = new ManualTime(SignedRecord.Clock.Now);
        using var registry = new FakeRegistry(() => FakeRegistry.Problem(429, "rate_limited", retryAfter: TimeSpan.FromSeconds(20)), () => AtDate(time.GetUtcNow().AddSeconds(12)), Account);
        using var client = registry.Client(Patient, time);
        var pauses = await PlayAsync(time, client.GetAccountAsync().AsTask());
        Assert.That(pauses[0], Is.InRange(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20.25)));
        Assert.That(pauses[1], Is.InRange(TimeSpan.FromSeconds(11), TimeSpan.FromSeconds(12.25)), "a date has whole seconds");
    }

    [Test]
    public void A_longer_pause_is_left_to_the_caller()
    {
        using var registry = new FakeRegistry(() => FakeRegistry.Problem(429, "rate_limited", "Come back in an hour.", TimeSpan.FromHours(1)), Account);
        using var client = registry.Client();
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("rate_limited").And.Message.Contain("in an hour"));
        Assert.That(registry.Sent, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_hanging_attempt_is_given_up_and_in_the_end_all_of_them()
    {
        var time = new ManualTime(SignedRecord.Clock.Now);
        var options = FakeRegistry.Options with { AttemptTimeout = TimeSpan.FromSeconds(10), TotalTimeout = TimeSpan.FromSeconds(25) };
        var attempts = 0;
        var task = ApiRetry.Repeated(options, time, () => 1).ExecuteAsync(async cancellation =>
        {
            attempts++;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Account();
        }).AsTask();
        foreach (var pause in new[] { 250, 500 })
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await UntilAsync(() => time.NextTimer == TimeSpan.FromMilliseconds(pause), "an attempt that hangs is followed by a pause");
            var before = attempts;
            time.Advance(TimeSpan.FromMilliseconds(pause));
            await UntilAsync(() => attempts == before + 1, "a pause is followed by an attempt");
        }
        time.Advance(TimeSpan.FromSeconds(4.24));
        Assert.That(task.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(0.01));
        Assert.That(async () => await task, Throws.InstanceOf<Polly.Timeout.TimeoutRejectedException>(), "after 25 seconds in all");
        Assert.That(attempts, Is.EqualTo(3));
    }

    [Test]
    public async Task A_registry_that_hangs_is_called_unreachable()
    {
        var time = new ManualTime(SignedRecord.Clock.Now);
        using var registry = new FakeRegistry(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Account();
        });
        using var client = registry.Client(FakeRegistry.Options with { MaxRetries = 0 }, time);
        var task = client.GetAccountAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(29.9));
        await Task.Yield();
        Assert.That(task.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(async () => await task, Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("registry_unreachable").And.Message.Contain("in time"));
    }

    [Test]
    public void Without_retries_there_is_one_attempt()
    {
        using var registry = new FakeRegistry(() => new HttpResponseMessage(HttpStatusCode.BadGateway), Account);
        using var client = registry.Client(Patient with { MaxRetries = 0 });
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>());
        Assert.That(registry.Sent, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_cancellation_takes_effect_at_once_in_an_attempt_and_in_a_pause()
    {
        using var hanging = new FakeRegistry(async (_, cancellation) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return Account();
        });
        using var refusing = new FakeRegistry(() => new HttpResponseMessage(HttpStatusCode.BadGateway));
        foreach (var registry in new[] { hanging, refusing })
        {
            using var client = registry.Client(Patient, new ManualTime(SignedRecord.Clock.Now));
            using var source = new CancellationTokenSource();
            var task = client.GetAccountAsync(source.Token).AsTask();
            Assert.That(task.IsCompleted, Is.False);
            source.Cancel();
            Assert.That(async () => await task, Throws.InstanceOf<OperationCanceledException>());
            Assert.That(registry.Sent, Has.Count.EqualTo(1));
            Assert.That(async () => await client.GetAccountAsync(source.Token), Throws.InstanceOf<OperationCanceledException>());
            Assert.That(registry.Sent, Has.Count.EqualTo(1), "nothing is sent for who has left already");
        }
    }

    [Test]
    public void Pauses_have_full_jitter_and_a_limit()
    {
        Assert.That(ApiRetry.Delay(0, null, 0), Is.EqualTo(TimeSpan.Zero));
        Assert.That(ApiRetry.Delay(0, null, 1), Is.EqualTo(TimeSpan.FromMilliseconds(250)));
        Assert.That(ApiRetry.Delay(3, null, 0.5), Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(ApiRetry.Delay(TectraOptions.MostRetries, null, 1), Is.EqualTo(TimeSpan.FromSeconds(8)));
        Assert.That(ApiRetry.Delay(0, TimeSpan.FromSeconds(3), 0), Is.EqualTo(TimeSpan.FromSeconds(3)));
        var samples = Enumerable.Range(0, 1000).Select(_ => ApiRetry.UniformRandom()).ToList();
        Assert.That(samples, Is.All.InRange(0.0, 1.0));
        Assert.That(samples.Average(), Is.InRange(0.4, 0.6));
    }

    private static HttpResponseMessage AtDate(DateTimeOffset date)
    {
        var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter = new RetryConditionHeaderValue(date);
        return response;
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        for (var patience = 0; !condition() && patience < 5000; patience++) await Task.Delay(1);
        Assert.That(condition(), Is.True, what);
    }

    /// <summary>Moves the clock from timer to timer until the task is done, and tells the pauses (timers of less than a minute).</summary>
    private static async Task<List<TimeSpan>> PlayAsync(ManualTime time, Task task)
    {
        var pauses = new List<TimeSpan>();
        for (var patience = 0; !task.IsCompleted && patience < 5000; patience++)
        {
            if (time.NextTimer is { } next && next < TimeSpan.FromMinutes(1))
            {
                pauses.Add(next);
                time.Advance(next);
            }
            await Task.WhenAny(task, Task.Delay(1));
        }
        Assert.That(task.IsCompleted, Is.True, "it hangs");
        await task;
        return pauses;
    }
}
