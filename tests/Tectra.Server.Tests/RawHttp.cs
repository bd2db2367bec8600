using System.Net.Sockets;
using System.Text;

namespace Tectra.Server.Tests;

/// <summary>Sends bytes that no HTTP client would send.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Sends a request in Latin-1 and reads until the server closes the connection.</summary>
    public static async Task<string> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        using var patience = new CancellationTokenSource(Patience);
        using var answer = new MemoryStream();
        var reading = stream.CopyToAsync(answer, patience.Token);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), patience.Token);
            await reading;
        }
        catch (IOException)
        {
            // The server has had enough and closed the connection: what it said before counts.
            await Task.WhenAny(reading);
        }
        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>A request with one header more, which may hold anything.</summary>
    public static string Request(string method, string path, string header, string body = "") =>
        $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
}
