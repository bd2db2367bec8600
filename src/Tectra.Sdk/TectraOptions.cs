using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Tectra.Sdk;

/// <summary>
/// Where the registry is, who asks, and how long to try. Immutable. A value that can't be used throws an
/// <see cref="ArgumentException"/> that names the option; nothing is clamped.
/// </summary>
public sealed record TectraOptions
{
    /// <summary>The configuration section that <see cref="Load(IConfiguration?)"/> reads.</summary>
    public const string SectionName = "Tectra";

    /// <summary>The most <see cref="MaxRetries"/>.</summary>
    public const int MostRetries = 10;

    private const int MaxApiKeyLength = 4096;
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10), LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>
    /// The registry's address, such as <c>https://registry.example/</c>: https, or http on this machine, or any http if
    /// <see cref="AllowInsecureHttp"/> is set. Variable <c>TECTRA_API_URL</c>.
    /// </summary>
    public required Uri ApiUrl
    {
        get;
        init
        {
            // The address isn't repeated: what is wrong with it may be the password in it.
            Require(value is { IsAbsoluteUri: true } && value.Scheme is "https" or "http", nameof(ApiUrl), "must be an https address, such as https://registry.example/.");
            Require(value.UserInfo.Length == 0 && value.Query.Length == 0 && value.Fragment.Length == 0, nameof(ApiUrl), "must not hold a user name, a query or a fragment; credentials go into ApiKey.");
            field = value.AbsoluteUri.EndsWith('/') ? value : new Uri(value.AbsoluteUri + "/");
        }
    }

    /// <summary>The API key, beginning <c>iai_</c>; null asks without one. Variable <c>TECTRA_API_KEY</c>.</summary>
    public string? ApiKey
    {
        get;
        init
        {
            Require(value is null || IsCredential(value), nameof(ApiKey), $"must have 1 to {MaxApiKeyLength} visible ASCII characters.");
            field = value;
        }
    }

    /// <summary>The id, a UUID, under which the registry keeps the encrypted signing key. Variable <c>TECTRA_SIGNING_KEY_ID</c>.</summary>
    public string? SigningKeyId
    {
        get;
        init
        {
            Require(value is null || Guid.TryParseExact(value, "D", out _), nameof(SigningKeyId), "must be a UUID with hyphens, as the registry gave it.");
            field = value;
        }
    }

    /// <summary>The Fernet key that opens the signing key; it never leaves this process. Variable <c>TECTRA_FERNET_KEY</c>.</summary>
    public string? FernetKey
    {
        get;
        init
        {
            Require(value is null || IsFernetKey(value), nameof(FernetKey), "must be 32 bytes in base64url.");
            field = value;
        }
    }

    /// <summary>How long one attempt may take, the answer's body included (10 ms to an hour).</summary>
    public TimeSpan AttemptTimeout
    {
        get;
        init
        {
            Require(value >= ShortestTimeout && value <= LongestTimeout, nameof(AttemptTimeout), "must be 10 ms to 1 h.");
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>How long a request may take with its retries and the pauses between them; not shorter than <see cref="AttemptTimeout"/>.</summary>
    public TimeSpan TotalTimeout
    {
        get;
        init
        {
            Require(value >= ShortestTimeout && value <= LongestTimeout, nameof(TotalTimeout), "must be 10 ms to 1 h.");
            field = value;
        }
    } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request that can safely be repeated is repeated (0 to <see cref="MostRetries"/>).</summary>
    public int MaxRetries
    {
        get;
        init
        {
            Require(value is >= 0 and <= MostRetries, nameof(MaxRetries), $"must be 0 to {MostRetries}.");
            field = value;
        }
    } = 4;

    /// <summary>
    /// The folder of the outbox, on a disk that outlives this process; null for none. One account, one outbox. Variable
    /// <c>TECTRA_OUTBOX</c>.
    /// </summary>
    public string? OutboxDirectory
    {
        get;
        init
        {
            Require(value is null || (value.Length > 0 && !value.Contains('\0', StringComparison.Ordinal)), nameof(OutboxDirectory), "must be a path.");
            field = value;
        }
    }

    /// <summary>Allows http to other machines. The API key then travels in the clear: for closed test networks only.</summary>
    public bool AllowInsecureHttp { get; init; }

    /// <summary>Reads the section <see cref="SectionName"/> of the configuration, and the environment's variables, which win.</summary>
    /// <param name="configuration">The application's configuration, or null to read the variables only.</param>
    /// <exception cref="ArgumentException">A value is missing or can't be used; the message names the option.</exception>
    public static TectraOptions Load(IConfiguration? configuration = null) => Load(configuration, Environment.GetEnvironmentVariable);

    /// <summary>Names the address and what is set; never a secret.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"TectraOptions {{ ApiUrl = {ApiUrl}, ApiKey = {Shown(ApiKey)}, SigningKeyId = {SigningKeyId}, FernetKey = {Shown(FernetKey)}, AttemptTimeout = {AttemptTimeout}, TotalTimeout = {TotalTimeout}, MaxRetries = {MaxRetries}, OutboxDirectory = {OutboxDirectory}, AllowInsecureHttp = {AllowInsecureHttp} }}");

    internal static TectraOptions Load(IConfiguration? configuration, Func<string, string?> variable)
    {
        var section = configuration?.GetSection(SectionName);
        string? Text(string option, string? name) => NullIfEmpty(name is null ? null : variable(name)) ?? NullIfEmpty(section?[option]);
        T Read<T>(string option, T standard)
            where T : ISpanParsable<T>
        {
            if (Text(option, null) is not { } text) return standard;
            Require(T.TryParse(text, CultureInfo.InvariantCulture, out var value), option, $"'{text}' can't be read as {(typeof(T) == typeof(TimeSpan) ? "a time such as 00:00:30" : typeof(T) == typeof(int) ? "a whole number" : "true or false")}.");
            return value!;
        }
        var standard = new TectraOptions { ApiUrl = new Uri("https://localhost/") };
        var address = Text(nameof(ApiUrl), "TECTRA_API_URL");
        Require(address is not null, nameof(ApiUrl), "is missing. Set it to the registry's address, such as https://registry.example/.");
        Require(Uri.TryCreate(address, UriKind.Absolute, out var url), nameof(ApiUrl), "must be an https address, such as https://registry.example/.");
        var options = new TectraOptions
        {
            ApiUrl = url!,
            ApiKey = Text(nameof(ApiKey), "TECTRA_API_KEY"),
            SigningKeyId = Text(nameof(SigningKeyId), "TECTRA_SIGNING_KEY_ID"),
            FernetKey = Text(nameof(FernetKey), "TECTRA_FERNET_KEY"),
            OutboxDirectory = Text(nameof(OutboxDirectory), "TECTRA_OUTBOX"),
            AttemptTimeout = Read(nameof(AttemptTimeout), standard.AttemptTimeout),
            TotalTimeout = Read(nameof(TotalTimeout), standard.TotalTimeout),
            MaxRetries = Read(nameof(MaxRetries), standard.MaxRetries),
            AllowInsecureHttp = Read(nameof(AllowInsecureHttp), false),
        };
        options.Validate();
        return options;
    }

    /// <summary>Checks what depends on more than one option.</summary>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    internal void Validate()
    {
        Require(ApiUrl.Scheme == "https" || ApiUrl.IsLoopback || AllowInsecureHttp, nameof(ApiUrl), $"http://{ApiUrl.Authority}/ would send the API key in the clear. Use https, or set AllowInsecureHttp in a closed test network.");
        Require(TotalTimeout >= AttemptTimeout, nameof(TotalTimeout), "must not be shorter than AttemptTimeout.");
    }

    /// <summary>Whether a text can stand in an Authorization header.</summary>
    internal static bool IsCredential(string text) => text.Length is > 0 and <= MaxApiKeyLength && text.All(c => c is > ' ' and < '\x7F');

    private static bool IsFernetKey(string text)
    {
        try
        {
            Keys.FernetKey.Parse(text).Dispose();
            return true;
        }
        catch (KeyAccessException)
        {
            return false;
        }
    }

    private static string Shown(string? secret) => secret is null ? "none" : "set";

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static void Require(bool holds, string option, string message)
    {
        if (!holds) throw new ArgumentException($"{SectionName}:{option}{VariableOf(option)} {message}", option);
    }

    private static string VariableOf(string option) => option switch
    {
        nameof(ApiUrl) => " (TECTRA_API_URL)",
        nameof(ApiKey) => " (TECTRA_API_KEY)",
        nameof(SigningKeyId) => " (TECTRA_SIGNING_KEY_ID)",
        nameof(FernetKey) => " (TECTRA_FERNET_KEY)",
        nameof(OutboxDirectory) => " (TECTRA_OUTBOX)",
        _ => "",
    };
}
