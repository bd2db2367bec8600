using System.Diagnostics;
using System.Text;

namespace Tectra.Load;

/// <summary>What a load found.</summary>
/// <param name="PerSecond">Requests answered a second.</param>
/// <param name="Latencies">Milliseconds of each, ascending.</param>
/// <param name="Statuses">How often each status came.</param>
internal sealed record LoadResult(double PerSecond, double[] Latencies, IReadOnlyDictionary<int, int> Statuses)
{
    public double Percentile(double share) => Latencies[Math.Min(Latencies.Length - 1, (int)(share * Latencies.Length))];

    public string StatusText => string.Join(", ", Statuses.Select(status => $"{status.Value} × {status.Key}"));
}

/// <summary>Sends requests over several connections, as fast as they are answered or at a fixed rate.</summary>
internal static class HttpLoad
{
    /// <summary>A request's bytes.</summary>
    public static byte[] Request(Uri server, string verb, string path, ReadOnlySpan<byte> body = default, string? apiKey = null)
    {
        var head = new StringBuilder($"{verb} {path} HTTP/1.1\r\nHost: {server.Authority}\r\n");
        if (apiKey is not null) head.Append($"Authorization: Bearer {apiKey}\r\n");
        if (verb == "POST") head.Append($"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        head.Append("\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. body];
    }

    /// <summary>
    /// Sends for a while. At a fixed rate, latency counts from when a request was due, not from when it got its turn: a server that
    /// stops for a moment is charged for everything that had to wait.
    /// </summary>
    /// <param name="server">Where to.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="duration">For how long.</param>
    /// <param name="rate">Requests a second; null for as many as are answered.</param>
    /// <param name="request">The request of a number.</param>
    /// <param name="count">The most requests.</param>
    public static async Task<LoadResult> RunAsync(Uri server, int connections, TimeSpan duration, double? rate, Func<int, ReadOnlyMemory<byte>> request, int count = int.MaxValue)
    {
        var next = -1;
        var began = Stopwatch.GetTimestamp();
        var results = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(server);
            var latencies = new List<double>();
            var statuses = new Dictionary<int, int>();
            while (Stopwatch.GetElapsedTime(began) < duration)
            {
                var number = Interlocked.Increment(ref next);
                if (number >= count) break;
                var due = Stopwatch.GetTimestamp();
                if (rate is { } perSecond)
                {
                    due = began + (long)(number / perSecond * Stopwatch.Frequency);
                    while (Stopwatch.GetTimestamp() < due) await Task.Delay(1);
                }
                var status = await connection.SendAsync(request(number));
                latencies.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
            }
            return (Latencies: latencies, Statuses: statuses);
        })));
        var elapsed = Stopwatch.GetElapsedTime(began);
        double[] all = [.. results.SelectMany(result => result.Latencies).Order()];
        return new LoadResult(
            all.Length / elapsed.TotalSeconds, all, results.SelectMany(result => result.Statuses).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Sum(pair => pair.Value)));
    }
}
