using System.Globalization;
using System.Text.Json;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>A transaction that ethers signed.</summary>
internal sealed record SignedVector(
    string Name, string Key, EvmTransaction Transaction, string SigningHash, string Scalars, bool YIsOdd, string? Raw, string Hash, string From)
{
    /// <summary>What NUnit calls the case.</summary>
    public override string ToString() => Name;
}

/// <summary>The transactions, accounts and contract addresses of <c>evm-transactions.json</c>.</summary>
internal static class EvmVectors
{
    public static JsonElement File { get; } = TestData.Json("vectors/evm-transactions.json");

    public static IReadOnlyList<SignedVector> Transactions { get; } = [.. File.GetProperty("transactions").EnumerateArray().Select(Read)];

    /// <summary>A call like the registry's own.</summary>
    public static EvmTransaction Call { get; } = Transactions[0].Transaction;

    public static EvmPrivateKey Key(string hex) => EvmPrivateKey.Parse(hex, null);

    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.AsSpan(2));

    public static byte[] Bytes(EvmHash hash) => Bytes(hash.ToString());

    private static SignedVector Read(JsonElement json) => new(
        Text(json, "name"),
        Text(json, "key"),
        new EvmTransaction
        {
            ChainId = (ulong)Number(json, "chainId"),
            Nonce = (ulong)Number(json, "nonce"),
            MaxPriorityFeePerGas = Number(json, "maxPriorityFeePerGas"),
            MaxFeePerGas = Number(json, "maxFeePerGas"),
            GasLimit = (ulong)Number(json, "gasLimit"),
            To = json.GetProperty("to").GetString() is { } to ? EvmAddress.Parse(to) : null,
            Value = Number(json, "value"),
            Data = Data(json.GetProperty("data")),
        },
        Text(json, "signingHash"),
        Text(json, "r")[2..] + Text(json, "s")[2..],
        json.GetProperty("yParity").GetInt32() == 1,
        json.GetProperty("raw").GetString(),
        Text(json, "hash"),
        Text(json, "from"));

    // Long data is in the file as the rule that makes it.
    private static byte[] Data(JsonElement data) => data.ValueKind == JsonValueKind.String
        ? Bytes(data.GetString()!)
        : [.. Enumerable.Range(0, data.GetProperty("length").GetInt32()).Select(i => (byte)(i * data.GetProperty("step").GetInt32()))];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static UInt128 Number(JsonElement json, string name) => UInt128.Parse(Text(json, name), CultureInfo.InvariantCulture);
}
