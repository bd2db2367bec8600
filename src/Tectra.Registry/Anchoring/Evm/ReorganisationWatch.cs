using Microsoft.Extensions.Logging;
using Tectra.Registry.Storage;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>
/// Looks whether the blocks in which batches were anchored are still the chain's. As long as the newest block that was seen is
/// still there, so is every block before it: one question a round. Otherwise each anchor is looked up. Used by one round at a time.
/// </summary>
internal sealed partial class ReorganisationWatch
{
    /// <summary>How many blocks back anchors are watched. Deeper re-organisations than this were never seen on Polygon (157 blocks in 2023).</summary>
    internal const int WatchedBlocks = 512;

    private readonly IChainStore _store;
    private readonly AnchoringTarget _target;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<long, long> _missingSince = []; // by anchor, in the clock's ticks
    private (long Number, EvmHash Hash)? _seen;

    /// <param name="store">Knows the anchors.</param>
    /// <param name="target">Where they are.</param>
    /// <param name="patience">How long a node may fail to show a transaction before that counts: it may only be behind.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public ReorganisationWatch(IChainStore store, AnchoringTarget target, TimeSpan patience, TimeProvider time, ILogger logger)
    {
        _store = store;
        _target = target;
        _patience = patience;
        _time = time;
        _logger = logger;
    }

    /// <summary>Retracts the anchors that the chain lost, and returns how many.</summary>
    public async ValueTask<int> CheckAsync(EvmRpc node, EvmBlock head, CancellationToken cancellationToken)
    {
        if (_missingSince.Count == 0 && await IsContinuedAsync(node, head, cancellationToken).ConfigureAwait(false))
        {
            _seen = (head.Number, head.Hash);
            return 0;
        }
        var anchors = await _store.ReadAnchorsAsync(_target, Math.Max(0, head.Number - WatchedBlocks), cancellationToken).ConfigureAwait(false);
        var retracted = 0;
        foreach (var anchor in anchors)
        {
            if (!await IsLostAsync(node, anchor, cancellationToken).ConfigureAwait(false)) continue;
            await _store.RetractAnchorAsync(anchor.AnchorId, UtcTimestamp.From(_time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
            _missingSince.Remove(anchor.AnchorId);
            LogRetracted(anchor.BatchId, anchor.Anchor.BlockNumber, anchor.Anchor.Transaction);
            AnchoringMetrics.CountRetraction();
            retracted++;
        }
        foreach (var gone in _missingSince.Keys.Except(anchors.Select(anchor => anchor.AnchorId)).ToList()) _missingSince.Remove(gone);
        _seen = (head.Number, head.Hash);
        return retracted;
    }

    private async ValueTask<bool> IsContinuedAsync(EvmRpc node, EvmBlock head, CancellationToken cancellationToken)
    {
        if (_seen is not { } seen || head.Number < seen.Number) return false;
        var hash = head.Number == seen.Number ? head.Hash : (await node.GetBlockAsync(EvmBlockTag.At(seen.Number), cancellationToken).ConfigureAwait(false))?.Hash;
        return hash == seen.Hash;
    }

    private async ValueTask<bool> IsLostAsync(EvmRpc node, NotedAnchor anchor, CancellationToken cancellationToken)
    {
        var receipt = await node.GetTransactionReceiptAsync(anchor.Anchor.Transaction, cancellationToken).ConfigureAwait(false);
        if (receipt is { Succeeded: true } && receipt.BlockHash == anchor.BlockHash)
        {
            _missingSince.Remove(anchor.AnchorId);
            return false;
        }
        if (receipt is not null) return true; // it stands in another block now
        var block = await node.GetBlockAsync(EvmBlockTag.At(anchor.Anchor.BlockNumber), cancellationToken).ConfigureAwait(false);
        if (block is not null && block.Hash != anchor.BlockHash) return true;
        // A node that is behind doesn't know the transaction either.
        if (_missingSince.TryGetValue(anchor.AnchorId, out var since)) return _time.GetElapsedTime(since) >= _patience;
        _missingSince.Add(anchor.AnchorId, _time.GetTimestamp());
        return false;
    }

    [LoggerMessage(EventId = 25, Level = LogLevel.Warning, Message = "The chain was re-organised: batch {BatchId} is no longer in block {Block} (transaction {Transaction}). It is anchored again")]
    private partial void LogRetracted(long batchId, long block, EvmHash transaction);
}
