using System.Net;
using System.Net.Sockets;
using Tectra.Sdk;

namespace Tectra.Registry.Webhooks;

/// <summary>
/// Decides what webhooks may reach: a customer names the address, so without this the server could be made to call its own
/// network (server-side request forgery). An address is checked when it is connected to, and the connection goes to the very
/// address that was checked: a name that answers differently the next time gains nothing. Thread-safe.
/// </summary>
internal sealed class WebhookTargetGuard
{
    /// <summary>The length of a webhook's address in characters.</summary>
    public const int MaxUrlLength = 2048;

    private const int MaxHostLength = 253; // of a name in the DNS (RFC 1035, section 2.3.4)
    private const int MaxTriedAddresses = 4;

    private readonly WebhookOptions _options;
    private readonly IHostResolver _resolver;
    private readonly IWebhookConnector _connector;

    public WebhookTargetGuard(WebhookOptions options, IHostResolver resolver, IWebhookConnector connector)
    {
        _options = options;
        _resolver = resolver;
        _connector = connector;
    }

    /// <summary>Reads a webhook's address. What its host's name leads to is left to <see cref="ConnectAsync"/>.</summary>
    /// <exception cref="RegistryException">It may not be a webhook's (<c>webhook_url_refused</c>).</exception>
    public Uri Check(string url)
    {
        if (url.Length > MaxUrlLength) throw Refused($"The address has more than {MaxUrlLength} characters.");
        // Only what every reader of addresses understands alike: Uri itself would trim, turn and encode the rest.
        if (!url.All(c => c is > ' ' and <= '~' and not '\\')) throw Refused("The address has characters other than visible ASCII. Encode them, and a host's name in Punycode.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp) || uri.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic)
            throw Refused("The address is not an absolute https address.");
        if (uri.Scheme == Uri.UriSchemeHttp && !_options.AllowInsecure) throw Refused("The address is http. This registry posts to https addresses only.");
        if (url.Contains('#', StringComparison.Ordinal)) throw Refused("The address has a fragment, which is never sent. Leave it out.");
        var rest = url.AsSpan(uri.Scheme.Length);
        if (!rest.StartsWith(Uri.SchemeDelimiter)) throw Refused("The address lacks the // before its host.");
        rest = rest[Uri.SchemeDelimiter.Length..];
        var end = rest.IndexOfAny('/', '?');
        if ((end < 0 ? rest : rest[..end]).Contains('@')) throw Refused("The address has a user name. Leave it out: deliveries are authenticated by their signature.");
        if (uri.IdnHost.Length > MaxHostLength) throw Refused($"The host's name has more than {MaxHostLength} characters.");
        if (IPAddress.TryParse(uri.IdnHost, out var address) && !IsAllowed(address)) throw Refused("The address is in a network that webhooks may not reach.");
        return uri;
    }

    /// <summary>Whether webhooks may reach an address: a public one, or one of the operator's exceptions.</summary>
    public bool IsAllowed(IPAddress address)
    {
        var plain = Plain(address);
        return _options.AllowedNetworks.Any(network => network.Contains(plain)) || PublicAddress.Contains(plain);
    }

    /// <summary>
    /// Connects to a host, if every one of its addresses is allowed: a name with one that isn't is refused as a whole. They are
    /// tried one after the other, each for its share of an attempt's time.
    /// </summary>
    /// <exception cref="RegistryException">Webhooks may not reach the host (<c>webhook_url_refused</c>).</exception>
    /// <exception cref="SocketException">Nobody takes the connection.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var addresses = await FindAsync(host.Host, cancellationToken).ConfigureAwait(false);
        var tried = Math.Min(addresses.Count, MaxTriedAddresses);
        for (var i = 0; ; i++)
        {
            using var share = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            share.CancelAfter(_options.AttemptTimeout / tried);
            try
            {
                return await _connector.ConnectAsync(new IPEndPoint(addresses[i], host.Port), share.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException && i + 1 < tried && !cancellationToken.IsCancellationRequested)
            {
                // The next address may answer.
            }
        }
    }

    /// <summary>An IPv4-mapped address is the IPv4 address: that is what the system would connect to.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static RegistryException Refused(string message, Exception? cause = null) => new(ErrorCodes.WebhookUrlRefused, message, cause);

    private async ValueTask<IReadOnlyList<IPAddress>> FindAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var found = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolver.ResolveAsync(host, cancellationToken).ConfigureAwait(false);
            if (found.Count > 0 && found.All(IsAllowed)) return [.. found.Select(Plain)];
        }
        catch (SocketException e)
        {
            throw NotPublic(e);
        }
        throw NotPublic(null);
    }

    /// <summary>One message for both, so that nobody learns from it which names exist inside the operator's network.</summary>
    private static RegistryException NotPublic(SocketException? cause) => Refused("The host's name must lead to an address, and to public ones only.", cause);
}
