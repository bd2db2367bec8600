using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Registry.Webhooks;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Tests.Webhooks;

/// <summary>A registry on a database of its own, with webhooks whose clock stands still and that may post to this machine.</summary>
internal sealed class WebhookFixture : IAsyncDisposable
{
    public const string User = "user-1";

    private readonly SigningKey _ledgerKey = SigningKey.Create();
    private readonly Dictionary<string, SigningKey> _signingKeys = [];

    private WebhookFixture(TestDatabase database, WebhookOptions options)
    {
        Database = database;
        Options = options;
    }

    public static WebhookOptions LocalOptions { get; } = new()
    {
        AllowInsecure = true,
        AllowedNetworks = [IPNetwork.Parse("127.0.0.1/32")],
        PollInterval = TimeSpan.FromMilliseconds(50),
    };

    public TestDatabase Database { get; }

    public WebhookOptions Options { get; }

    public FixedTime Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero));

    public FernetKey Key { get; } = FernetKey.Create();

    public ListLogger Logger { get; } = new();

    public SqlRegistryStore Store { get; private set; } = null!;

    public ContentRegistry Registry { get; private set; } = null!;

    public RegistryWebhooks Webhooks { get; private set; } = null!;

    public WebhookService Service => Webhooks.Service;

    public WebhookDispatcher Dispatcher => Webhooks.Dispatcher;

    public static async Task<WebhookFixture> CreateAsync(string engine, WebhookOptions? options = null)
    {
        var fixture = new WebhookFixture(await TestDatabase.CreateAsync(engine), options ?? LocalOptions);
        fixture.Store = await fixture.Database.OpenStoreAsync();
        fixture.Registry = new ContentRegistry(fixture.Store, new StoredLedger(fixture.Store, fixture._ledgerKey, fixture.Clock), null, RegistryCaching.None, fixture.Clock, NullLogger.Instance);
        fixture.Webhooks = fixture.CreateWebhooks(fixture.Store);
        return fixture;
    }

    /// <summary>Webhooks as another process would have them, on a store of its own or on this one.</summary>
    public RegistryWebhooks CreateWebhooks(IWebhookStore store, double random = 0.5) => new(store, Key, Options, Clock, Logger, random: () => random);

    public ValueTask<Webhook> CreateWebhookAsync(string url, string user = User, params string[] events) =>
        Service.CreateAsync(user, url, events.Length > 0 ? events : [WebhookEvents.ContentSigned], default);

    /// <summary>Signs and registers a picture that nobody has seen.</summary>
    public async Task<RecordId> RegisterAsync(string name = "picture", string user = User)
    {
        if (!_signingKeys.TryGetValue(user, out var key))
        {
            key = _signingKeys[user] = SigningKey.Create();
            await Registry.RegisterKeyAsync(new NewSigningKey($"key-of-{user}", key.PublicKey, user, "production", null, UtcTimestamp.From(Clock.Now)), default);
        }
        var builder = new CertificateBuilder(key, new SignerIdentity(user), Clock);
        var fingerprint = await builder.SignFingerprintAsync(new ContentFingerprint(Digest(name), new PerceptualHash(0x0123456789ABCDEF), 10, 10));
        var signed = await builder.SignCertificateAsync(fingerprint, new ContentClaims { Origin = OriginType.DigitalArtwork, MediaType = "image/png" });
        var outcome = (await Registry.RegisterAsync([new RegistrationRequest(signed.Envelope, null)], null, null, default))[0];
        return outcome.GetReceipt().RecordId;
    }

    public static Sha256Digest Digest(string name) => Sha256Digest.Compute(System.Text.Encoding.UTF8.GetBytes(name));

    public async ValueTask DisposeAsync()
    {
        Webhooks.Dispose();
        await Registry.DisposeAsync();
        Key.Dispose();
        _ledgerKey.Dispose();
        foreach (var key in _signingKeys.Values) key.Dispose();
        await Database.DisposeAsync();
    }
}

/// <summary>Keeps every line at every level, with the exceptions.</summary>
internal sealed class ListLogger : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
}
