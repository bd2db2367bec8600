using System.Buffers.Text;
using System.Net.Sockets;

namespace Tectra.Load;

/// <summary>
/// One kept-alive HTTP/1.1 connection that sends requests made beforehand and reads answers no further than it must: the load
/// must cost as little as possible, since it runs on the same cores as the server. Not thread-safe.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1 << 20];

    private HttpConnection(Socket socket) => _socket = socket;

    public static async Task<HttpConnection> OpenAsync(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        return new HttpConnection(socket);
    }

    /// <summary>Sends a request and waits for the whole answer.</summary>
    /// <returns>The status.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        for (var sent = 0; sent < request.Length;) sent += await _socket.SendAsync(request[sent..]);
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            if (received == 0) throw new IOException("The server closed the connection.");
            length += received;
            if (IsWhole(_buffer.AsSpan(0, length), out var status)) return status;
        }
    }

    /// <summary>The body of the last answer, where its length was given.</summary>
    public ReadOnlySpan<byte> LastBody => _buffer.AsSpan(_bodyStart, _bodyLength);

    private int _bodyStart, _bodyLength;

    public void Dispose() => _socket.Dispose();

    private bool IsWhole(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        if (!Utf8Parser.TryParse(answer.Slice(9, 3), out status, out _)) throw new IOException("The answer has no status.");
        var head = answer[..end];
        var body = answer[(end + 4)..];
        var field = head.IndexOf("Content-Length: "u8);
        if (field < 0) return status is 204 or 304 || body.EndsWith("0\r\n\r\n"u8); // chunked
        if (!Utf8Parser.TryParse(head[(field + 16)..], out int length, out _)) throw new IOException("The answer has no length.");
        (_bodyStart, _bodyLength) = (end + 4, length);
        return body.Length >= length;
    }
}
