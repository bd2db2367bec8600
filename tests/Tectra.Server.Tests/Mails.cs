using System.Collections.Concurrent;
using Tectra.Registry.Accounts;

namespace Tectra.Server.Tests;

/// <summary>Keeps mails instead of sending them.</summary>
internal sealed class Mails : IMailSender
{
    private readonly ConcurrentQueue<Mail> _sent = [];

    public ValueTask SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        _sent.Enqueue(mail);
        return ValueTask.CompletedTask;
    }

    public IReadOnlyList<Mail> To(string address) => [.. _sent.Where(mail => mail.To == address)];

    /// <summary>Waits until an address has so many mails, and gives the last one's token.</summary>
    public async Task<string> WaitForTokenAsync(string address, int count = 1)
    {
        await Eventually.BecomesTrueAsync(() => To(address).Count >= count);
        return To(address)[^1].Text.Split('\n').Single(line => line.StartsWith("Reset token: ", StringComparison.Ordinal))["Reset token: ".Length..].Trim();
    }
}
