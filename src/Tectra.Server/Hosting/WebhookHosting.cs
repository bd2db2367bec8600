using Microsoft.Extensions.Hosting;
using Tectra.Registry.Webhooks;

namespace Tectra.Server.Hosting;

/// <summary>Delivers to webhooks while the server runs. Attempts that are under way when it stops are finished first.</summary>
internal sealed class WebhookHosting(RegistryWebhooks webhooks) : BackgroundService
{
    /// <summary>What the operator allows webhooks.</summary>
    public static WebhookOptions OptionsOf(ServerOptions options)
    {
        var networks = new List<System.Net.IPNetwork>();
        foreach (var text in options.WebhookNetworks)
        {
            if (ServerOptions.TryParseNetwork(text, out var network)) networks.Add(network);
        }
        return new WebhookOptions { AllowInsecure = options.AllowInsecureWebhooks, AllowedNetworks = networks };
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => webhooks.RunAsync(stoppingToken);
}
