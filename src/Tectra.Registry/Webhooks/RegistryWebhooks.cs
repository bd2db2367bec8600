using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tectra.Registry.Storage;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Webhooks;

/// <summary>Everything that webhooks are, put together. Disposed of when <see cref="RunAsync"/> has ended. Thread-safe.</summary>
internal sealed class RegistryWebhooks : IDisposable
{
    private const int RandomSteps = 1 << 24;

    private readonly WebhookSender _sender;

    /// <param name="store">The registry's database.</param>
    /// <param name="key">The server's own key, which seals the webhooks' secrets; its owner disposes of it.</param>
    /// <param name="options">What the operator allows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log: ids, statuses and errors, never an address or a secret.</param>
    /// <param name="resolver">Finds hosts' addresses; null for the system's.</param>
    /// <param name="connector">Opens connections; null for sockets.</param>
    /// <param name="random">Numbers from 0 up to 1, for the jitter of retries; null for random ones.</param>
    public RegistryWebhooks(
        IWebhookStore store,
        FernetKey key,
        WebhookOptions options,
        TimeProvider time,
        ILogger logger,
        IHostResolver? resolver = null,
        IWebhookConnector? connector = null,
        Func<double>? random = null)
    {
        var guard = new WebhookTargetGuard(options, resolver ?? new SystemHostResolver(), connector ?? new SocketConnector());
        var schedule = new RetrySchedule(options.RetryDelays, random ?? (() => RandomNumberGenerator.GetInt32(RandomSteps) / (double)RandomSteps));
        _sender = new WebhookSender(guard, options, key, time);
        Service = new WebhookService(store, guard, options, key, Signal, time);
        Dispatcher = new WebhookDispatcher(store, _sender, options, schedule, Signal, time, logger);
        Verified = new VerifiedEvents(store, Signal, time, logger);
    }

    /// <summary>To be set after what may have left an event: a registration, an anchoring.</summary>
    public WebhookSignal Signal { get; } = new();

    /// <summary>What users do with their webhooks.</summary>
    public WebhookService Service { get; }

    /// <summary>Delivers.</summary>
    public WebhookDispatcher Dispatcher { get; }

    /// <summary>Is told of verifications.</summary>
    public VerifiedEvents Verified { get; }

    /// <summary>Delivers, and writes down verifications, until it is cancelled; attempts that are under way then are finished first.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(Dispatcher.RunAsync(cancellationToken), Verified.RunAsync(cancellationToken));

    public void Dispose()
    {
        _sender.Dispose();
        Signal.Dispose();
    }
}
