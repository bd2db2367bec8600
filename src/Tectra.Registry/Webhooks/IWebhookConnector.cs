using System.Net;
using System.Net.Sockets;

namespace Tectra.Registry.Webhooks;

/// <summary>Opens connections to addresses that have been checked: the one place where webhooks touch the network. Thread-safe.</summary>
internal interface IWebhookConnector
{
    /// <summary>A connection that its caller closes.</summary>
    /// <exception cref="SocketException">Nobody takes it.</exception>
    ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken);
}

/// <summary>Opens sockets.</summary>
internal sealed class SocketConnector : IWebhookConnector
{
    public async ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
