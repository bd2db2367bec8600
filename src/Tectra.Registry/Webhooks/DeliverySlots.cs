using Tectra.Registry.Storage;

namespace Tectra.Registry.Webhooks;

/// <summary>
/// Shares out the attempts that may be under way at the same time, so that receivers that don't answer can't hold up the others:
/// a webhook gets four, and one while it fails. All the webhooks of one user are fewer than there are places. Thread-safe.
/// </summary>
internal sealed class DeliverySlots
{
    /// <summary>How many attempts of one webhook are under way at the same time.</summary>
    public const int PerWebhook = 4;

    private const int MaxRemembered = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _taken = [];
    private readonly HashSet<string> _failing = [];
    private int _free;

    public DeliverySlots(int total) => _free = total;

    /// <summary>Whether there is a place at all.</summary>
    public bool AnyFree
    {
        get
        {
            lock (_gate) return _free > 0;
        }
    }

    /// <summary>How many places each of some webhooks may have now; those that may have none are left out.</summary>
    public IReadOnlyList<WebhookShare> Share(IReadOnlyList<string> webhooks)
    {
        lock (_gate)
        {
            var left = _free;
            var shares = new List<WebhookShare>();
            foreach (var webhook in webhooks)
            {
                var limit = Math.Min(left, (_failing.Contains(webhook) ? 1 : PerWebhook) - _taken.GetValueOrDefault(webhook));
                if (limit <= 0) continue;
                shares.Add(new WebhookShare(webhook, limit));
                left -= limit;
            }
            return shares;
        }
    }

    public void Take(string webhook)
    {
        lock (_gate)
        {
            _free--;
            _taken[webhook] = _taken.GetValueOrDefault(webhook) + 1;
        }
    }

    public void GiveBack(string webhook, bool succeeded)
    {
        lock (_gate)
        {
            _free++;
            if (--_taken[webhook] == 0) _taken.Remove(webhook);
            if (succeeded) _failing.Remove(webhook);
            else if (_failing.Count < MaxRemembered) _failing.Add(webhook);
        }
    }
}
