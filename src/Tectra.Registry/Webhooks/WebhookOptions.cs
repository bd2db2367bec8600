using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Tectra.Registry.Webhooks;

/// <summary>What the operator allows webhooks, and how persistent they are. Immutable.</summary>
internal sealed record WebhookOptions
{
    /// <summary>Whether addresses may be <c>http</c> too.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Networks that may be reached although they aren't public: the operator's own receivers.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>What receivers' certificates must lead to, instead of the system's roots; empty for these.</summary>
    public X509Certificate2Collection TrustedRoots { get; init; } = [];

    /// <summary>How many webhooks a user may have.</summary>
    public int MaxPerUser { get; init; } = 20;

    /// <summary>How long one attempt may take: finding the address, connecting, sending, and the head of the answer.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after each failed attempt the next one follows; after the last delay's attempt the delivery is given up.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromHours(24),
    ];

    /// <summary>How many attempts are under way at the same time, in this process.</summary>
    public int MaxConcurrent { get; init; } = 128;

    /// <summary>How often the database is asked what is due, when nothing in this process says so.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a claimed delivery is left to the process that claimed it. Longer than an attempt and the noting of its end, so that
    /// only a process that is gone is taken for gone.
    /// </summary>
    public TimeSpan Lease => AttemptTimeout + TimeSpan.FromMinutes(1);
}
