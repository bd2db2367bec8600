using System.Globalization;
using Microsoft.Extensions.Configuration;
using Tectra.Sdk.Keys;

namespace Tectra.Server;

/// <summary>
/// Reads a server's options: the section <c>Tectra:Server</c>, and over it variables of the environment such as
/// <c>TECTRA_ANCHORING_INTERVAL</c> for <c>AnchoringInterval</c>. Lists are separated by commas or given as a section's items.
/// </summary>
public static class ServerConfiguration
{
    private const string Section = "Tectra:Server";

    private static readonly char[] Separators = [',', ';', ' '];

    private static readonly Dictionary<string, Func<ServerOptions, string, ServerOptions>> Settings = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(ServerOptions.Urls)] = (options, text) => options with { Urls = List(text) },
        [nameof(ServerOptions.MaxBatchBytes)] = (options, text) => options with { MaxBatchBytes = Number(text) },
        [nameof(ServerOptions.PublicRequestsPerMinute)] = (options, text) => options with { PublicRequestsPerMinute = Number(text) },
        [nameof(ServerOptions.VerificationsPerMinute)] = (options, text) => options with { VerificationsPerMinute = Number(text) },
        [nameof(ServerOptions.AuthAttemptsPerMinute)] = (options, text) => options with { AuthAttemptsPerMinute = Number(text) },
        [nameof(ServerOptions.AccountAttemptsPerMinute)] = (options, text) => options with { AccountAttemptsPerMinute = Number(text) },
        [nameof(ServerOptions.KeyRequestsPerMinute)] = (options, text) => options with { KeyRequestsPerMinute = Number(text) },
        [nameof(ServerOptions.AnchoringInterval)] = (options, text) => options with { AnchoringInterval = Duration(text) },
        [nameof(ServerOptions.AnchoringRecords)] = (options, text) => options with { AnchoringRecords = Number(text) },
        [nameof(ServerOptions.BackToLedger)] = (options, text) => options with { BackToLedger = bool.Parse(text) },
        [nameof(ServerOptions.MaxStaleness)] = (options, text) => options with { MaxStaleness = Duration(text) },
        [nameof(ServerOptions.CachedRecords)] = (options, text) => options with { CachedRecords = Number(text) },
        [nameof(ServerOptions.TrustedProxies)] = (options, text) => options with { TrustedProxies = List(text) },
        [nameof(ServerOptions.AllowInsecureWebhooks)] = (options, text) => options with { AllowInsecureWebhooks = bool.Parse(text) },
        [nameof(ServerOptions.WebhookNetworks)] = (options, text) => options with { WebhookNetworks = List(text) },
    };

    /// <summary>Reads the options.</summary>
    /// <param name="configuration">Files, environment and arguments, in whatever order the caller likes.</param>
    /// <param name="fernetKey">The key where <c>TECTRA_FERNET_KEY</c> and <c>Tectra:Server:FernetKey</c> give none.</param>
    /// <param name="database">The database where <c>TECTRA_DATABASE</c> and <c>Tectra:Server:Database</c> name none.</param>
    /// <exception cref="ArgumentException">A setting is missing, unknown, malformed or out of range; the message names it.</exception>
    /// <exception cref="Sdk.KeyAccessException">The Fernet key is malformed (<c>fernet_key_malformed</c>).</exception>
    public static ServerOptions Read(IConfiguration configuration, FernetKey? fernetKey = null, string? database = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(Section);
        foreach (var child in section.GetChildren())
        {
            if (!Settings.ContainsKey(child.Key) && !ChainConfiguration.Names.Contains(child.Key) && child.Key is not (nameof(ServerOptions.Database) or nameof(ServerOptions.FernetKey)))
            {
                throw new ArgumentException(
                    $"There is no setting {Section}:{child.Key}. There are: Database, FernetKey, {string.Join(", ", Settings.Keys.Concat(ChainConfiguration.Names))}.", nameof(configuration));
            }
        }
        var options = new ServerOptions(
            Find(configuration, nameof(ServerOptions.Database)) ?? database ?? throw Missing(nameof(ServerOptions.Database)),
            Find(configuration, nameof(ServerOptions.FernetKey)) is { } text ? FernetKey.Parse(text) : fernetKey ?? throw Missing(nameof(ServerOptions.FernetKey)));
        foreach (var (name, apply) in Settings)
        {
            if (Find(configuration, name) is { } value) options = Apply(name, value, isSecret: false, () => apply(options, value));
        }
        return options with { Chain = ChainConfiguration.Read(name => Find(configuration, name)) };
    }

    /// <summary>Does something with a setting; what is wrong with it comes out with its name.</summary>
    /// <exception cref="ArgumentException">It is malformed or out of range.</exception>
    internal static T Apply<T>(string name, string value, bool isSecret, Func<T> apply)
    {
        try
        {
            return apply();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw new ArgumentException($"The setting {name} (or {Variable(name)}){(isSecret ? "" : $" is '{value}'")}: {e.Message}", name, e);
        }
    }

    /// <summary>Seconds, or hours, minutes and seconds between colons.</summary>
    internal static TimeSpan Duration(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        ? TimeSpan.FromSeconds(seconds)
        : TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Items between commas, semicolons or spaces.</summary>
    internal static string[] List(string text) => text.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>The environment's name for a setting: <c>AnchoringInterval</c> is <c>TECTRA_ANCHORING_INTERVAL</c>.</summary>
    internal static string Variable(string name) =>
        $"TECTRA{string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? $"_{c}" : char.ToUpperInvariant(c).ToString()))}";

    private static string? Find(IConfiguration configuration, string name)
    {
        if (configuration[Variable(name)] is { Length: > 0 } variable) return variable;
        var section = configuration.GetSection($"{Section}:{name}");
        if (section.Value is { Length: > 0 } value) return value;
        var items = section.GetChildren().Select(child => child.Value).OfType<string>().ToList();
        return items.Count > 0 ? string.Join(',', items) : null;
    }

    private static ArgumentException Missing(string name) => new($"The setting {name} is missing. Set {Variable(name)}, or {Section}:{name}.");
}
