using System.Globalization;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Keys;

namespace Tectra.Server;

/// <summary>
/// How a server runs. Every value is checked when it is set: one that is out of range throws. A limit of requests a minute is
/// switched off by 0. Immutable.
/// </summary>
public sealed record ServerOptions
{
    /// <summary>A database and the operator's Fernet key; everything else has a default.</summary>
    /// <param name="database">A folder for SQLite, or <c>postgres://user:password@host:port/database</c>.</param>
    /// <param name="fernetKey">The key that protects the servers' own secrets in the database. The caller disposes of it after the server.</param>
    /// <exception cref="ArgumentException">The database isn't named.</exception>
    public ServerOptions(string database, FernetKey fernetKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(database);
        ArgumentNullException.ThrowIfNull(fernetKey);
        Database = database;
        FernetKey = fernetKey;
    }

    /// <summary>A folder for SQLite, or an address of PostgreSQL's. It may hold a password.</summary>
    public string Database { get; }

    /// <summary>The key that protects the servers' own secrets in the database. All servers of one database have the same.</summary>
    public FernetKey FernetKey { get; }

    /// <summary>
    /// Where to listen: <c>http://host:port</c>, at least one; port 0 takes a free one. TLS ends at a reverse proxy.
    /// </summary>
    public IReadOnlyList<string> Urls
    {
        get;
        init => field = value is { Count: > 0 } && value.All(IsUrl) ? [.. value] : throw OutOfRange(nameof(Urls), "addresses such as http://127.0.0.1:8080; TLS ends at a reverse proxy");
    } = ["http://127.0.0.1:8080"];

    /// <summary>The longest body of a batch of registrations, 64 KiB to 64 MiB. Other requests have lower limits of their own.</summary>
    public int MaxBatchBytes { get; init => field = Within(value, 64 * 1024, 64 * 1024 * 1024, nameof(MaxBatchBytes)); } = 16 * 1024 * 1024;

    /// <summary>Requests that need no key, a minute and address.</summary>
    public int PublicRequestsPerMinute { get; init => field = Within(value, 0, MaxRate, nameof(PublicRequestsPerMinute)); } = 600;

    /// <summary>Verifications and lookups without a key of the scope <c>verify</c>, a minute and address.</summary>
    public int VerificationsPerMinute { get; init => field = Within(value, 0, MaxRate, nameof(VerificationsPerMinute)); } = 600;

    /// <summary>Requests to make an account, log in, or reset a password, a minute and address; also refused credentials.</summary>
    public int AuthAttemptsPerMinute { get; init => field = Within(value, 0, MaxRate, nameof(AuthAttemptsPerMinute)); } = 30;

    /// <summary>Logins and requests for a reset, a minute and account, wherever they come from.</summary>
    public int AccountAttemptsPerMinute { get; init => field = Within(value, 0, MaxRate, nameof(AccountAttemptsPerMinute)); } = 10;

    /// <summary>Requests a minute of one API key, or of one account's tokens.</summary>
    public int KeyRequestsPerMinute { get; init => field = Within(value, 0, MaxRate, nameof(KeyRequestsPerMinute)); } = 6_000;

    /// <summary>How often pending records are anchored, 50 ms to a day.</summary>
    public TimeSpan AnchoringInterval { get; init => field = Within(value, TimeSpan.FromMilliseconds(50), TimeSpan.FromDays(1), nameof(AnchoringInterval)); } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many records have to wait for batches to be formed before the interval ends, 1 to a million; five full batches unless it is
    /// set, so that a burst is anchored when it is over rather than in its midst. Each server counts those that it registered.
    /// </summary>
    public int AnchoringRecords { get; init => field = Within(value, 1, 1_000_000, nameof(AnchoringRecords)); } = 5 * Registry.Batching.BatchForming.MaxLeaves;

    /// <summary>The chain on which batches are anchored; null for the registry's own ledger.</summary>
    public EvmAnchoringOptions? Chain { get; init; }

    /// <summary>Whether a registry that anchored on a chain goes back to its ledger. Without this, a server that isn't told of the chain doesn't start.</summary>
    public bool BackToLedger { get; init; }

    /// <summary>How late a server may see what other servers wrote, 0 to a minute. Its own writes it sees at once.</summary>
    public TimeSpan MaxStaleness { get; init => field = Within(value, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(MaxStaleness)); } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many records are kept in memory at least, and twice as many at most, at some five kilobytes each; 0 to ten million.</summary>
    public int CachedRecords { get; init => field = Within(value, 0, 10_000_000, nameof(CachedRecords)); } = 20_000;

    /// <summary>
    /// Reverse proxies whose <c>X-Forwarded-For</c> is believed: addresses or networks such as <c>10.0.0.0/8</c>. Without them
    /// the header counts for nothing.
    /// </summary>
    public IReadOnlyList<string> TrustedProxies
    {
        get;
        init => field = value is not null && value.All(text => TryParseNetwork(text, out _))
            ? [.. value]
            : throw OutOfRange(nameof(TrustedProxies), "IP addresses or networks such as 10.0.0.0/8");
    } = [];

    /// <summary>Whether webhooks may have <c>http</c> addresses too: their events then travel in the clear.</summary>
    public bool AllowInsecureWebhooks { get; init; }

    /// <summary>
    /// Networks that webhooks may reach although they are not public, such as <c>10.1.2.0/24</c>: whoever has an account can make this
    /// server post there.
    /// </summary>
    public IReadOnlyList<string> WebhookNetworks
    {
        get;
        init => field = value is not null && value.All(text => TryParseNetwork(text, out _))
            ? [.. value]
            : throw OutOfRange(nameof(WebhookNetworks), "IP addresses or networks such as 10.0.0.0/8");
    } = [];

    private const int MaxRate = 1_000_000_000;

    /// <summary>Whether the database is PostgreSQL's.</summary>
    internal bool IsPostgres => PostgresAddress.IsPostgres(Database);

    /// <summary>What it is for; never the database's password.</summary>
    public override string ToString() => $"ServerOptions {string.Join(' ', Urls)}";

    /// <summary>An address or a network as a network.</summary>
    internal static bool TryParseNetwork(string? text, out System.Net.IPNetwork network)
    {
        if (System.Net.IPAddress.TryParse(text, out var address))
        {
            network = new System.Net.IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }
        return System.Net.IPNetwork.TryParse(text, out network);
    }

    private static bool IsUrl(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http", PathAndQuery: "/", UserInfo: "" };

    private static T Within<T>(T value, T min, T max, string name)
        where T : IComparable<T> =>
        value.CompareTo(min) < 0 || value.CompareTo(max) > 0 ? throw OutOfRange(name, string.Create(CultureInfo.InvariantCulture, $"{min} to {max}")) : value;

    private static ArgumentOutOfRangeException OutOfRange(string name, string allowed) => new(name, $"{name} is {allowed}.");
}
