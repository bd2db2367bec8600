using System.Globalization;
using System.Text;

namespace Tectra.Testing;

/// <summary>Runs the test child's outbox against a registry and kills it (SIGKILL) at moments that a seed decides.</summary>
public static class KilledOutbox
{
    /// <summary>More than a child can sign before it is killed.</summary>
    private const string Endless = "1000000";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60), LongestDelivery = TimeSpan.FromMinutes(5);

    /// <summary>Lets children sign and deliver, one after the other, kills each, and has a last one deliver what is left.</summary>
    /// <param name="url">The registry's address.</param>
    /// <param name="apiKey">An API key with the scope <c>sign</c>.</param>
    /// <param name="directory">The outbox.</param>
    /// <param name="rounds">How many children are killed.</param>
    /// <param name="seed">Decides the moments.</param>
    /// <returns>For each child the ids of the records that it was told are safe, in order.</returns>
    public static async Task<IReadOnlyList<IReadOnlyList<string>>> RunAsync(Uri url, string apiKey, string directory, int rounds, int seed)
    {
        var random = new Random(seed);
        var enqueued = new List<IReadOnlyList<string>>();
        for (var round = 0; round < rounds; round++) enqueued.Add(await KillAsync(url, apiKey, directory, TimeSpan.FromMilliseconds(random.Next(500))));
        using var limit = new CancellationTokenSource(LongestDelivery);
        var last = await ChildProcess.RunAsync([ChildProcess.TestChild, "outbox", url.AbsoluteUri, apiKey, directory, "0"], cancellationToken: limit.Token);
        if (last.ExitCode != 0 || last.Output.Trim() != "empty") throw new InvalidOperationException($"The last delivery failed ({last.ExitCode}): {last.Output}{last.Error}");
        return enqueued;
    }

    private static async Task<IReadOnlyList<string>> KillAsync(Uri url, string apiKey, string directory, TimeSpan after)
    {
        using var child = ChildProcess.Start([ChildProcess.TestChild, "outbox", url.AbsoluteUri, apiKey, directory, Endless]);
        var error = child.StandardError.ReadToEndAsync();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = ReadAsync(child.StandardOutput, first);
        // The clock runs from the first promise on: how long a process takes to start says nothing.
        var started = await Task.WhenAny(first.Task, reading, Task.Delay(LongestStart)) == first.Task;
        if (started) await Task.Delay(after);
        child.Kill();
        await child.WaitForExitAsync();
        var text = await reading;
        if (!started) throw new InvalidOperationException($"The child signed nothing: {await error}");
        // A line that was cut off by the kill is no promise.
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line["enqueued ".Length..].Trim())];
    }

    private static async Task<string> ReadAsync(StreamReader output, TaskCompletionSource first)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        for (int count; (count = await output.ReadAsync(buffer)) > 0;)
        {
            text.Append(CultureInfo.InvariantCulture, $"{buffer.AsSpan(0, count)}");
            if (buffer.AsSpan(0, count).Contains('\n')) first.TrySetResult();
        }
        return text.ToString();
    }
}
