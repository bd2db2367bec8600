using System.Globalization;
using System.Text.Json;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Evm;

/// <summary>
/// A chain in which one record's batch is registered, and a node of it that tells the truth until a test makes it lie.
/// </summary>
internal sealed class FakeChain : IAsyncDisposable
{
    public const long Block = 1000;

    public static readonly EvmAddress Contract = EvmAddress.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
    public static readonly EvmHash Transaction = EvmHash.Parse($"0x{new string('a', 64)}");
    public static readonly EvmHash BlockHash = EvmHash.Parse($"0x{new string('b', 64)}");

    /// <summary>The code of every genuine contract.</summary>
    public static readonly string Code = JsonElement.Parse(File.ReadAllBytes(Path.Combine(TestData.Repository, "contracts", "artifacts", "ProvenanceRegistry.json"))).GetProperty("deployedBytecode").GetString()!;

    public FakeChain(SignedRecord record)
    {
        Record = record;
        Batch = new RegisteredBatch(
            record.Bundle.Anchor!.Root,
            record.Bundle.Anchor.LeafCount,
            new PublicKey(new byte[32]),
            SignedRecord.Clock.Now,
            EvmAddress.Parse("0x0000000000000000000000000000000000000abc"),
            SignedRecord.Clock.Now.AddSeconds(30),
            Block);
        Bundle = record.Bundle with { Anchor = AnchorOf(Batch) };
        Tell();
    }

    public SignedRecord Record { get; }

    /// <summary>The record's evidence, anchored in this chain.</summary>
    public EvidenceBundle Bundle { get; }

    public RegisteredBatch Batch { get; }

    public EvmAnchor Anchor => (EvmAnchor)Bundle.Anchor!;

    public FakeNode Node { get; } = new();

    public static EvmAnchor AnchorOf(RegisteredBatch batch) => new(137, Contract, batch.Root, batch.LeafCount, Transaction, batch.BlockNumber, UtcTimestamp.From(batch.RegisteredAt));

    /// <summary>What getBatch returns for a batch.</summary>
    public static string Words(RegisteredBatch? batch)
    {
        if (batch is null) return $"\"0x{Word(32)}{Word(0)}{Word(0)}{Word(224)}{Word(0)}{Word(0)}{Word(0)}{Word(0)}{Word(0)}\"";
        return $"\"0x{Word(32)}{batch.Root.ToString()[2..]}{Word(batch.LeafCount)}{Word(224)}{Word(batch.ClaimedAt.ToUnixTimeSeconds())}{batch.Registrar.ToString()[2..].ToLowerInvariant().PadLeft(64, '0')}{Word(batch.RegisteredAt.ToUnixTimeSeconds())}{Word(batch.BlockNumber)}{Word(32)}{batch.Signer}\"";
    }

    public static string Receipt(RegisteredBatch batch, EvmAddress contract, bool succeeded = true, EvmHash? block = null) => $$"""
        {"transactionHash":"{{Transaction}}","status":"{{(succeeded ? "0x1" : "0x0")}}","blockNumber":"{{EvmHex.Number(batch.BlockNumber)}}","blockHash":"{{block ?? BlockHash}}","to":"{{contract}}","from":"{{batch.Registrar}}",
        "gasUsed":"0x5208","effectiveGasPrice":"0x1","logs":[{"address":"{{contract}}","topics":["{{ProvenanceContract.BatchRegisteredTopic}}","{{batch.Root}}","0x{{batch.Registrar.ToString()[2..].ToLowerInvariant().PadLeft(64, '0')}}"],
        "data":"0x","blockNumber":"{{EvmHex.Number(batch.BlockNumber)}}","blockHash":"{{block ?? BlockHash}}","transactionHash":"{{Transaction}}","logIndex":"0x0"} ]}
        """.ReplaceLineEndings("");

    /// <summary>Answers with a batch, whatever root is asked about.</summary>
    public void Say(RegisteredBatch? batch) => Node.Results["eth_call"] = _ => Words(batch);

    /// <summary>Lets the chain's newest block be this one.</summary>
    public void SetHead(long number) => Node.Results["eth_blockNumber"] = _ => $"\"{EvmHex.Number(number)}\"";

    /// <summary>How often a method was called.</summary>
    public int CallsOf(string method) => Node.Calls.Count(call => call.Method == method);

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private static string Word(long number) => number.ToString("x64", CultureInfo.InvariantCulture);

    private void Tell()
    {
        Node.Results["eth_chainId"] = _ => "\"0x89\"";
        Node.Results["eth_getCode"] = call => EvmAddress.Parse(call.Parameters[0].GetString()!) == Contract ? $"\"{Code}\"" : "\"0x\"";
        Node.Results["eth_call"] = call =>
            call.Parameters[0].GetProperty("data").GetString() == EvmHex.Data(ProvenanceContract.GetBatch(Batch.Root)) ? Words(Batch) : Words(null);
        Node.Results["eth_getBlockByNumber"] = call => call.Parameters[0].GetString() == EvmHex.Number(Block)
            ? $$"""{"number":"{{EvmHex.Number(Block)}}","hash":"{{BlockHash}}","parentHash":"{{BlockHash}}","timestamp":"{{EvmHex.Number(Batch.RegisteredAt.ToUnixTimeSeconds())}}"}"""
            : "null";
        Node.Results["eth_getTransactionReceipt"] = call => call.Parameters[0].GetString() == Transaction.ToString() ? Receipt(Batch, Contract) : "null";
        SetHead(Block + 20);
    }
}
