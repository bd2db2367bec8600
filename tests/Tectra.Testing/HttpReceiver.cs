using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tectra.Testing;

/// <summary>A request as it came over the wire.</summary>
/// <param name="RequestLine">The first line.</param>
/// <param name="Headers">The headers, names in lower case.</param>
/// <param name="Body">The body's bytes.</param>
public sealed record ReceivedRequest(string RequestLine, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>
/// An HTTP/1.1 server for one request a connection, on a free port of the loopback address, that answers with exactly the bytes it
/// is told to.
/// </summary>
public sealed class HttpReceiver : IAsyncDisposable
{
    /// <summary>An answer.</summary>
    public const string Ok = "HTTP/1.1 204 No Content\r\n\r\n", Error = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private int _connections;

    /// <summary>Listens, and answers with what is made of each request.</summary>
    public HttpReceiver(Func<ReceivedRequest, string> answer, int port = 0)
    {
        Answer = (request, _) => Task.FromResult(answer(request));
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Makes the answer; it may take its time.</summary>
    public Func<ReceivedRequest, CancellationToken, Task<string>> Answer { get; set; }

    /// <summary>What makes of a connection the stream that HTTP is spoken on.</summary>
    public Func<Stream, Task<Stream>> Wrap { get; set; } = Task.FromResult;

    /// <summary>What was received, in order.</summary>
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = [];

    /// <summary>How many connections were made, whatever came over them.</summary>
    public int Connections => _connections;

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>An address of it, with a query that is nobody else's business.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/hooks?token=query-secret");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using (client)
        {
            try
            {
                await using var stream = await Wrap(client.GetStream());
                var request = await ReadAsync(stream);
                Requests.Enqueue(request);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(await Answer(request, _end.Token)), _end.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The sender went away, or the test is over.
            }
        }
    }

    private async Task<ReceivedRequest> ReadAsync(Stream stream)
    {
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        int end;
        while ((end = bytes.ToArray().AsSpan().IndexOf("\r\n\r\n"u8)) < 0) await FillAsync();
        var lines = Encoding.ASCII.GetString([.. bytes[..end]]).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0].ToLowerInvariant(), parts => parts[1]);
        var length = int.Parse(headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
        while (bytes.Count < end + 4 + length) await FillAsync();
        return new ReceivedRequest(lines[0], headers, [.. bytes[(end + 4)..]]);

        async Task FillAsync()
        {
            var read = await stream.ReadAsync(buffer, _end.Token);
            if (read == 0) throw new IOException("The sender ended the connection.");
            bytes.AddRange(buffer.AsSpan(0, read));
        }
    }
}
