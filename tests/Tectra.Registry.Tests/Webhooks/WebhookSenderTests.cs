using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tectra.Registry.Storage;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Tests.Webhooks;

/// <summary>Single attempts, against a receiver on this machine.</summary>
public sealed class WebhookSenderTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, WebhookSigner.SecretBytes).Select(i => (byte)i)];
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"event\":\"webhook.test\",\"data\":{\"name\":\"Größe\"}}");

    private readonly FixedTime _clock = new(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero));
    private FernetKey _key = null!;

    [OneTimeSetUp]
    public void CreateKey() => _key = FernetKey.Create();

    [OneTimeTearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public async Task What_is_posted_is_the_body_with_the_standards_headers_and_nothing_that_tells_of_the_server()
    {
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        Assert.That(await SendAsync(receiver.Url), Is.EqualTo(new AttemptOutcome(204, null)));
        var request = receiver.Requests.Single();
        Assert.That(request.RequestLine, Is.EqualTo("POST /hooks?token=query-secret HTTP/1.1"));
        Assert.That(request.Body, Is.EqualTo(Body));
        Assert.That(request.Headers, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["host"] = $"127.0.0.1:{receiver.Port}",
            ["content-type"] = "application/json",
            ["content-length"] = $"{Body.Length}",
            ["user-agent"] = "Tectra-Webhooks/1",
            ["connection"] = "close",
            ["webhook-id"] = "evt_1",
            ["webhook-timestamp"] = "1795190400",
            ["webhook-signature"] = WebhookSigner.Sign(Secret, "evt_1", 1795190400, Body),
        }));
    }

    [TestCase(200, true)]
    [TestCase(202, true)]
    [TestCase(299, true)]
    [TestCase(300, false)]
    [TestCase(304, false)]
    [TestCase(400, false)]
    [TestCase(404, false)]
    [TestCase(410, false)]
    [TestCase(500, false)]
    [TestCase(599, false)]
    public async Task Only_2xx_is_success(int status, bool success)
    {
        await using var receiver = new HttpReceiver(_ => $"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n");
        var outcome = await SendAsync(receiver.Url);
        Assert.That(outcome.Status, Is.EqualTo(status));
        Assert.That(outcome.Error is null, Is.EqualTo(success));
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(303)]
    [TestCase(307)]
    [TestCase(308)]
    public async Task Redirects_are_not_followed(int status)
    {
        await using var other = new HttpReceiver(_ => HttpReceiver.Ok);
        await using var receiver = new HttpReceiver(_ => $"HTTP/1.1 {status} Elsewhere\r\nLocation: {other.Url}\r\nContent-Length: 0\r\n\r\n");
        var outcome = await SendAsync(receiver.Url);
        Assert.That(outcome, Is.EqualTo(new AttemptOutcome(status, $"The receiver answered {status}: redirects are not followed. Make a webhook for the address it leads to.")));
        Assert.That(other.Connections, Is.Zero);
    }

    [TestCase("120", 120)]
    [TestCase("Fri, 20 Nov 2026 16:05:00 GMT", 300)]
    [TestCase("Fri, 20 Nov 2026 15:00:00 GMT", -3600)]
    [TestCase("soon", null)]
    [TestCase("99999999999999999999", null)]
    public async Task Retry_After_is_read_as_seconds_or_as_a_date(string text, int? seconds)
    {
        await using var receiver = new HttpReceiver(_ => $"HTTP/1.1 503 Busy\r\nRetry-After: {text}\r\nContent-Length: 0\r\n\r\n");
        Assert.That((await SendAsync(receiver.Url)).RetryAfter, Is.EqualTo(seconds is { } number ? TimeSpan.FromSeconds(number) : (TimeSpan?)null));
    }

    [Test]
    public async Task A_receiver_that_says_nothing_ends_the_attempt_in_time()
    {
        await using var receiver = new HttpReceiver(_ => "") { Answer = async (_, cancellationToken) => await NeverAsync(cancellationToken) };
        Assert.That(await SendAsync(receiver.Url, Local with { AttemptTimeout = TimeSpan.FromMilliseconds(300) }), Is.EqualTo(new AttemptOutcome(null, "No answer within 0.3 seconds.")));
    }

    [Test]
    public async Task A_connection_that_nobody_takes_ends_the_attempt_in_time()
    {
        var network = new FakeNetwork { Connecting = async (_, cancellationToken) => await NeverConnectedAsync(cancellationToken) };
        var outcome = await SendAsync("http://127.0.0.1/", Local with { AttemptTimeout = TimeSpan.FromMilliseconds(300) }, network);
        Assert.That(outcome, Is.EqualTo(new AttemptOutcome(null, "No answer within 0.3 seconds.")));
    }

    [Test]
    public async Task A_refused_connection_says_so()
    {
        string url;
        await using (var receiver = new HttpReceiver(_ => HttpReceiver.Ok)) url = receiver.Url;
        Assert.That(await SendAsync(url), Is.EqualTo(new AttemptOutcome(null, "The connection failed (ConnectionRefused).")));
    }

    [TestCase("", "The receiver ended the connection before it answered.")]
    [TestCase("SSH-2.0-OpenSSH_9.2\r\n", "The answer is not HTTP/1.1.")]
    [TestCase("HTTP/1.1 200 OK\r\nA", "The receiver ended the connection before it answered.")]
    public async Task Something_that_is_not_HTTP_is_a_failure(string answer, string error)
    {
        await using var receiver = new HttpReceiver(_ => answer);
        Assert.That(await SendAsync(receiver.Url), Is.EqualTo(new AttemptOutcome(null, error)));
    }

    [Test]
    public async Task The_head_of_an_answer_is_limited_and_its_body_is_not_read()
    {
        await using var endless = new HttpReceiver(_ => $"HTTP/1.1 200 OK\r\nX-Long: {new string('x', 40_000)}\r\n\r\n");
        Assert.That((await SendAsync(endless.Url)).Error, Is.EqualTo("The answer's head is longer than 16 kB."));
        await using var promising = new HttpReceiver(_ => "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nthe rest never comes");
        Assert.That(await SendAsync(promising.Url), Is.EqualTo(new AttemptOutcome(200, null)));
    }

    [Test]
    public async Task Cookies_are_not_kept_and_every_attempt_has_its_own_connection()
    {
        await using var receiver = new HttpReceiver(_ => "HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\n\r\n");
        using var sender = Sender(Local, null);
        for (var i = 0; i < 3; i++) await sender.SendAsync(Delivery(receiver.Url));
        Assert.That(receiver.Connections, Is.EqualTo(3));
        Assert.That(receiver.Requests.Select(request => request.Headers.Keys), Has.None.Contains("cookie"));
    }

    [Test]
    public async Task An_address_that_is_not_allowed_any_more_is_not_connected_to()
    {
        var network = new FakeNetwork { Names = { ["inside.example"] = new Queue<string[]>([["10.0.0.1"]]) } };
        Assert.That((await SendAsync("http://receiver.example/", new WebhookOptions(), network)).Error, Does.Contain("http"));
        Assert.That((await SendAsync("https://127.0.0.1/", new WebhookOptions(), network)).Error, Does.Contain("may not reach"));
        Assert.That((await SendAsync("https://inside.example/", new WebhookOptions(), network)).Error, Is.EqualTo("The host's name must lead to an address, and to public ones only."));
        Assert.That(network.Attempts, Is.Empty);
    }

    [Test]
    public async Task A_secret_of_another_key_fails_without_a_request()
    {
        using var other = FernetKey.Create();
        var network = new FakeNetwork();
        using var sender = Sender(Local, network);
        var outcome = await sender.SendAsync(Delivery("http://127.0.0.1/") with { SecretToken = other.Encrypt(Secret, _clock) });
        Assert.That(outcome.Error, Does.Contain("secret"));
        Assert.That(network.Attempts, Is.Empty);
    }

    [Test]
    public async Task TLS_asks_for_the_hosts_name_at_the_address_that_was_checked_and_checks_the_certificate_against_it()
    {
        using var root = Certify("Test root", null, null);
        using var named = Certify("receiver.example", root, null);
        var asked = new List<string?>();
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        receiver.Wrap = stream => HandshakeAsync(stream, named, asked);
        var network = new FakeNetwork { Connecting = async (_, cancellationToken) => await new SocketConnector().ConnectAsync(new IPEndPoint(IPAddress.Loopback, receiver.Port), cancellationToken) };
        foreach (var host in new[] { "receiver.example", "other.example" }) network.Names[host] = new Queue<string[]>([["93.184.216.34"], ["93.184.216.34"]]);
        var trusting = new WebhookOptions { TrustedRoots = [root] };

        Assert.That(await SendAsync("https://receiver.example/", trusting, network), Is.EqualTo(new AttemptOutcome(204, null)));
        Assert.That((await SendAsync("https://other.example/", trusting, network)).Error, Does.StartWith("The TLS handshake failed."), "a certificate of another name");
        Assert.That((await SendAsync("https://receiver.example/", new WebhookOptions(), network)).Error, Does.StartWith("The TLS handshake failed."), "a root that nobody trusts");
        Assert.That(asked, Is.EqualTo(new[] { "receiver.example", "other.example", "receiver.example" }));
        Assert.That(network.Attempts.Select(attempt => $"{attempt}").Distinct(), Is.EqualTo(new[] { "93.184.216.34:443" }));
        Assert.That(receiver.Requests, Has.Count.EqualTo(1), "nothing is posted where the certificate is wrong");
    }

    [Test]
    public async Task Checking_a_certificate_fetches_nothing_from_where_the_certificate_says()
    {
        await using var bait = new HttpReceiver(_ => HttpReceiver.Ok);
        using var root = Certify("Test root", null, null);
        using var intermediate = Certify("Test intermediate", root, null);
        using var leaf = Certify("receiver.example", intermediate, bait.Url);
        await using var receiver = new HttpReceiver(_ => HttpReceiver.Ok);
        receiver.Wrap = stream => HandshakeAsync(stream, leaf, []);
        var network = new FakeNetwork
        {
            Names = { ["receiver.example"] = new Queue<string[]>([["93.184.216.34"]]) },
            Connecting = async (_, cancellationToken) => await new SocketConnector().ConnectAsync(new IPEndPoint(IPAddress.Loopback, receiver.Port), cancellationToken),
        };
        var outcome = await SendAsync("https://receiver.example/", new WebhookOptions { TrustedRoots = [root] }, network);
        Assert.That(outcome.Error, Does.StartWith("The TLS handshake failed."), "the intermediate certificate isn't there");
        Assert.That(bait.Connections, Is.Zero);
    }

    private static WebhookOptions Local => WebhookFixture.LocalOptions;

    private static async Task<string> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return "";
    }

    private static async Task<Stream> NeverConnectedAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return Stream.Null;
    }

    private static async Task<Stream> HandshakeAsync(Stream stream, X509Certificate2 certificate, List<string?> asked)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(
            (_, hello, _, _) =>
            {
                lock (asked) asked.Add(hello.ServerName);
                return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, [], offline: true) });
            },
            null);
        return tls;
    }

    /// <summary>A certificate by an issuer, or by itself; perhaps with an address where its issuer's certificate can be fetched.</summary>
    private static X509Certificate2 Certify(string name, X509Certificate2? issuer, string? issuerUrl)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var isHost = name.EndsWith(".example", StringComparison.Ordinal);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(!isHost, false, 0, true));
        if (isHost)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }
        if (issuerUrl is not null) request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(null, [issuerUrl]));
        // The system's own clock judges certificates.
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1), until = from.AddDays(30 - (isHost ? 2 : 0) - (issuer is null ? 0 : 1));
        if (issuer is null) return request.CreateSelfSigned(from, until);
        using var issued = request.Create(issuer, from.AddMinutes(1), until, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    private async Task<AttemptOutcome> SendAsync(string url, WebhookOptions? options = null, FakeNetwork? network = null)
    {
        using var sender = Sender(options ?? Local, network);
        return await sender.SendAsync(Delivery(url));
    }

    private WebhookSender Sender(WebhookOptions options, FakeNetwork? network) => new(
        new WebhookTargetGuard(options, (IHostResolver?)network ?? new SystemHostResolver(), (IWebhookConnector?)network ?? new SocketConnector()), options, _key, _clock);

    private ClaimedDelivery Delivery(string url) => new("delivery-1", "evt_1", "webhook.test", Body, url, _key.Encrypt(Secret, _clock), 1, "webhook-1");
}
