using System.Collections.Concurrent;
using System.Globalization;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Merkle;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Evm;

/// <summary>What a chain is asked about an anchor. Immutable.</summary>
internal readonly record struct ChainQuestion(long ChainId, EvmAddress Contract, MerkleHash Root, EvmHash Transaction)
{
    public static ChainQuestion About(EvmAnchor anchor) => new(anchor.ChainId, anchor.Contract, anchor.Root, anchor.Transaction);
}

/// <summary>What one node says. Immutable.</summary>
/// <param name="Origin">The node.</param>
internal sealed record NodeAnswer(string Origin)
{
    /// <summary>Why it said nothing that counts.</summary>
    public MeasurementProblem? Problem { get; init; }

    /// <inheritdoc cref="ChainReading.CodeHash"/>
    public EvmHash? CodeHash { get; init; }

    /// <inheritdoc cref="ChainReading.Batch"/>
    public RegisteredBatch? Batch { get; init; }

    /// <inheritdoc cref="ChainReading.IsTransactionConfirmed"/>
    public bool? IsTransactionConfirmed { get; init; }

    /// <inheritdoc cref="ChainReading.HeadBlockNumber"/>
    public long HeadBlockNumber { get; init; }

    /// <summary>Whether two nodes tell the same. How far each has come, and whether it keeps old transactions, may differ.</summary>
    public bool AgreesWith(NodeAnswer other) =>
        CodeHash == other.CodeHash && Batch == other.Batch
        && (IsTransactionConfirmed is not { } own || other.IsTransactionConfirmed is not { } theirs || own == theirs);

    /// <summary>What it says, in a few words.</summary>
    public string Describe() => (CodeHash, Batch, IsTransactionConfirmed) switch
    {
        (null, _, _) => $"{Origin} knows no contract there",
        (_, null, _) => $"{Origin} says that the root is not registered",
        (_, { } batch, var confirmed) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Origin} says that the root {batch.Root} was registered by {batch.Registrar} in block {batch.BlockNumber} at {UtcTimestamp.From(batch.RegisteredAt)} with {batch.LeafCount} leaves{(confirmed == false ? ", by another transaction" : "")}{(CodeHash == ProvenanceContract.RuntimeCodeHash ? "" : ", at a contract with other code")}"),
    };
}

/// <summary>Asks one node about several anchors; what several of them need is asked once. Thread-safe.</summary>
/// <param name="node">The node.</param>
/// <param name="cancellationToken">Ends everything at once.</param>
internal sealed class NodeSession(EvmRpc node, CancellationToken cancellationToken)
{
    private const int MaxConcurrentQuestions = 4;

    private readonly Once<bool, long> _chainId = new(), _head = new();
    private readonly Once<EvmAddress, EvmHash?> _codeHash = new();
    private readonly Once<(EvmAddress Contract, MerkleHash Root), RegisteredBatch?> _batch = new();
    private readonly Once<long, EvmBlock?> _block = new();
    private readonly Once<EvmHash, EvmReceipt?> _receipt = new();

    /// <summary>The answers, in the order of the questions.</summary>
    public async Task<NodeAnswer[]> ReadAsync(IReadOnlyList<ChainQuestion> questions)
    {
        var answers = new NodeAnswer[questions.Count];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentQuestions, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, questions.Count, limits, async (i, _) => answers[i] = await ReadAsync(questions[i]).ConfigureAwait(false)).ConfigureAwait(false);
        return answers;
    }

    private async ValueTask<NodeAnswer> ReadAsync(ChainQuestion question)
    {
        try
        {
            var chainId = await _chainId.GetAsync(true, _ => node.GetChainIdAsync(cancellationToken)).ConfigureAwait(false);
            if (chainId != question.ChainId)
                return Problem(ErrorCodes.WrongChain, string.Create(CultureInfo.InvariantCulture, $"{node.Origin} is a node of {EvmChain.Of(chainId)} ({chainId}), not of {EvmChain.Of(question.ChainId)} ({question.ChainId})."));
            var codeHash = await _codeHash.GetAsync(question.Contract, ReadCodeHashAsync).ConfigureAwait(false);
            if (codeHash is null) return new NodeAnswer(node.Origin);
            var isGenuine = codeHash == ProvenanceContract.RuntimeCodeHash;
            RegisteredBatch? batch;
            try
            {
                batch = await _batch.GetAsync((question.Contract, question.Root), ReadBatchAsync).ConfigureAwait(false);
            }
            catch (JsonRpcException e) when (!isGenuine && e.Code != ErrorCodes.RpcUnreachable)
            {
                return Problem(ErrorCodes.ContractUnknown, $"The contract {question.Contract} on {EvmChain.Of(chainId)} is not the registry contract, and does not answer like one, by the word of {node.Origin}.");
            }
            var answer = new NodeAnswer(node.Origin) { CodeHash = codeHash, Batch = batch };
            // What it says of another root is no answer, and needs no further questions.
            if (batch is null || batch.Root != question.Root) return answer;
            var block = await _block.GetAsync(batch.BlockNumber, number => node.GetBlockAsync(EvmBlockTag.At(number), cancellationToken)).ConfigureAwait(false);
            if (block?.Time != batch.RegisteredAt)
            {
                return Problem(ErrorCodes.RpcDisagree, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{node.Origin} contradicts itself: the root was registered in block {batch.BlockNumber} at {UtcTimestamp.From(batch.RegisteredAt)}, but {(block is null ? "it does not know that block" : $"that block is of {UtcTimestamp.From(block.Time)}")}."));
            }
            var receipt = await _receipt.GetAsync(question.Transaction, ReadReceiptAsync).ConfigureAwait(false);
            var head = await _head.GetAsync(true, _ => node.GetBlockNumberAsync(cancellationToken)).ConfigureAwait(false);
            return answer with
            {
                IsTransactionConfirmed = receipt is null ? null : IsRegistration(receipt, question, block),
                // Several machines may answer under one name, one of them a little behind: a block that is known has been reached.
                HeadBlockNumber = Math.Max(head, block.Number),
            };
        }
        catch (JsonRpcException e)
        {
            return Problem(e.Code, e.Message);
        }
    }

    private static bool IsRegistration(EvmReceipt receipt, ChainQuestion question, EvmBlock block) =>
        receipt.Succeeded && receipt.BlockNumber == block.Number && receipt.BlockHash == block.Hash
        && receipt.Logs.Any(log => ProvenanceContract.IsRegistrationOf(log, question.Contract, question.Root));

    private async ValueTask<EvmHash?> ReadCodeHashAsync(EvmAddress contract)
    {
        var code = await node.GetCodeAsync(contract, EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false);
        return code.Length == 0 ? null : ProvenanceContract.CodeHash(code);
    }

    private ValueTask<RegisteredBatch?> ReadBatchAsync((EvmAddress Contract, MerkleHash Root) of) => node.CallAsync(
        new EvmCall { To = of.Contract, Data = ProvenanceContract.GetBatch(of.Root) }, EvmBlockTag.Latest, returned => ProvenanceContract.ReadBatch(returned), cancellationToken);

    private async ValueTask<EvmReceipt?> ReadReceiptAsync(EvmHash transaction)
    {
        try
        {
            return await node.GetTransactionReceiptAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcRefused)
        {
            return null; // a node that has dropped old transactions may say so by an error
        }
    }

    private NodeAnswer Problem(string code, string reason) => new(node.Origin) { Problem = new MeasurementProblem(code, reason) };

    /// <summary>Answers that are asked for once, also when they are errors.</summary>
    private sealed class Once<TKey, TValue>
        where TKey : notnull
    {
        private readonly ConcurrentDictionary<TKey, Lazy<Task<TValue>>> _tasks = new();

        public Task<TValue> GetAsync(TKey key, Func<TKey, ValueTask<TValue>> read) => _tasks.GetOrAdd(key, k => new Lazy<Task<TValue>>(() => read(k).AsTask())).Value;
    }
}
