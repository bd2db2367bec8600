using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Tectra.Registry.Webhooks;

namespace Tectra.Registry.Tests.Webhooks;

/// <summary>Names and connections of a test's own: nothing is asked and nothing is sent.</summary>
internal sealed class FakeNetwork : IHostResolver, IWebhookConnector
{
    /// <summary>What a name leads to, each time it is asked.</summary>
    public Dictionary<string, Queue<string[]>> Names { get; } = [];

    /// <summary>Every connection that was attempted.</summary>
    public ConcurrentQueue<IPEndPoint> Attempts { get; } = [];

    public int Resolutions { get; private set; }

    /// <summary>What a connection attempt ends with.</summary>
    public Func<IPEndPoint, CancellationToken, Task<Stream>> Connecting { get; set; } = (_, _) => throw new SocketException((int)SocketError.ConnectionRefused);

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Resolutions++;
        if (!Names.TryGetValue(host, out var answers) || answers.Count == 0) throw new SocketException((int)SocketError.HostNotFound);
        return ValueTask.FromResult<IReadOnlyList<IPAddress>>([.. answers.Dequeue().Select(IPAddress.Parse)]);
    }

    public async ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        Attempts.Enqueue(endPoint);
        return await Connecting(endPoint, cancellationToken);
    }
}
