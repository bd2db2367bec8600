using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Tests.Evm;

/// <summary>The bytes of the contract ABI, against ethers' and against the contract's own artifact.</summary>
public sealed class ProvenanceContractTests
{
    private static readonly JsonElement Vectors = TestData.Json("vectors/provenance-contract.json");
    private static readonly JsonElement Artifact = JsonElement.Parse(File.ReadAllBytes(Path.Combine(TestData.Repository, "contracts", "artifacts", "ProvenanceRegistry.json")));

    private static readonly RegisteredBatch Batch = ReadBatch(Vectors.GetProperty("batch"));

    [Test]
    public void The_code_is_known_by_the_hash_of_what_the_artifact_deploys() =>
        Assert.That(ProvenanceContract.CodeHash(Bytes(Artifact.GetProperty("deployedBytecode"))), Is.EqualTo(ProvenanceContract.RuntimeCodeHash));

    [Test]
    public void The_formats_name_the_same_code_and_event() =>
        Assert.That(File.ReadAllText(Path.Combine(TestData.Repository, "docs", "formats.md")), Does.Contain($"`{ProvenanceContract.RuntimeCodeHash}`").And.Contain($"`{ProvenanceContract.BatchRegisteredTopic}`"));

    [TestCase(ProvenanceContract.GetBatchSelector, "getBatch(bytes32)")]
    [TestCase(ProvenanceContract.RegisterBatchSelector, "registerBatch(bytes32,uint256,bytes,uint256)")]
    [TestCase(ProvenanceContract.VerifyContentSelector, "verifyContent(bytes32,bytes32,bytes32,bytes32[])")]
    [TestCase(ProvenanceContract.IsRegistrarSelector, "isRegistrar(address)")]
    [TestCase(ProvenanceContract.OwnerSelector, "owner()")]
    [TestCase(ProvenanceContract.PendingOwnerSelector, "pendingOwner()")]
    public void Selectors_are_those_of_functions_of_the_contract(uint selector, string signature)
    {
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(Keccak(signature)), Is.EqualTo(selector));
        Assert.That(SignaturesOf("function"), Does.Contain(signature));
    }

    [Test]
    public void The_event_is_the_contracts()
    {
        const string Signature = "BatchRegistered(bytes32,address,uint256,bytes,uint256)";
        Assert.That(new EvmHash(Keccak(Signature)), Is.EqualTo(ProvenanceContract.BatchRegisteredTopic));
        Assert.That(SignaturesOf("event"), Does.Contain(Signature));
    }

    [Test]
    public void A_batch_is_returned_in_the_fields_that_are_read()
    {
        var record = Artifact.GetProperty("abi").EnumerateArray().Single(item => item.TryGetProperty("name", out var name) && name.ValueEquals("getBatch")).GetProperty("outputs")[0];
        Assert.That(
            record.GetProperty("components").EnumerateArray().Select(field => $"{field.GetProperty("type")} {field.GetProperty("name")}"),
            Is.EqualTo(new[] { "bytes32 merkleRoot", "uint256 leafCount", "bytes signerPubKey", "uint256 timestamp", "address registeredBy", "uint256 registeredAt", "uint256 blockNumber" }));
    }

    [Test]
    public void Calls_are_written_as_ethers_writes_them()
    {
        var proof = new MerkleProof([.. Vectors.GetProperty("proof").EnumerateArray().Select(node => MerkleHash.Parse(node.GetString()!))]);
        var leaf = new MerkleLeaf(Digest("contentSha256"), Digest("certificateSha256"));
        Assert.That(Hex(ProvenanceContract.GetBatch(Batch.Root)), Is.EqualTo(Call("getBatch")));
        Assert.That(Hex(ProvenanceContract.RegisterBatch(Batch.Root, Batch.LeafCount, Batch.Signer, Batch.ClaimedAt)), Is.EqualTo(Call("registerBatch")));
        Assert.That(Hex(ProvenanceContract.VerifyContent(Batch.Root, leaf, proof)), Is.EqualTo(Call("verifyContent")));
        Assert.That(Hex(ProvenanceContract.VerifyContent(Batch.Root, leaf, new MerkleProof([]))), Is.EqualTo(Call("verifyContentWithoutProof")));
        Assert.That(Hex(ProvenanceContract.IsRegistrar(Batch.Registrar)), Is.EqualTo(Call("isRegistrar")));
        Assert.That(() => ProvenanceContract.RegisterBatch(Batch.Root, 0, Batch.Signer, Batch.ClaimedAt), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Results_are_read_as_ethers_writes_them()
    {
        Assert.That(ProvenanceContract.ReadBatch(Result("batch")), Is.EqualTo(Batch));
        Assert.That(ProvenanceContract.ReadBatch(Result("unknown")), Is.Null);
        Assert.That(ProvenanceContract.ReadBoolean(Result("true")) && !ProvenanceContract.ReadBoolean(Result("false")));
    }

    [Test]
    public void Errors_are_told_by_their_names()
    {
        foreach (var error in Vectors.GetProperty("errors").EnumerateObject())
        {
            Assert.That(ProvenanceContract.ErrorName(Bytes(error.Value)), Is.EqualTo(error.Name));
            Assert.That(ProvenanceContract.ErrorName(Bytes(error.Value).AsSpan()[..^1]), Is.Null);
        }
        Assert.That(ProvenanceContract.ErrorName([]), Is.Null);
        Assert.That(ProvenanceContract.ErrorName(Convert.FromHexString("08c379a0")), Is.Null);
    }

    [Test]
    public void A_registration_is_told_by_its_log()
    {
        var written = Vectors.GetProperty("event");
        var contract = EvmAddress.Parse("0x00000000000000000000000000000000000000c0");
        var log = new EvmLog
        {
            Address = contract,
            Topics = [.. written.GetProperty("topics").EnumerateArray().Select(topic => EvmHash.Parse(topic.GetString()!))],
            Data = Bytes(written.GetProperty("data")),
            BlockNumber = 1,
            BlockHash = default(EvmHash),
            TransactionHash = default(EvmHash),
            LogIndex = 0,
            IsRemoved = false,
        };
        Assert.That(ProvenanceContract.IsRegistrationOf(log, contract, Batch.Root));
        Assert.That(ProvenanceContract.IsRegistrationOf(log with { IsRemoved = true }, contract, Batch.Root), Is.False);
        Assert.That(ProvenanceContract.IsRegistrationOf(log with { Topics = [.. log.Topics.Take(2)] }, contract, Batch.Root), Is.False);
        Assert.That(ProvenanceContract.IsRegistrationOf(log with { Topics = [log.Topics[1], log.Topics[1], log.Topics[2]] }, contract, Batch.Root), Is.False);
        Assert.That(ProvenanceContract.IsRegistrationOf(log, Batch.Registrar, Batch.Root), Is.False);
        Assert.That(ProvenanceContract.IsRegistrationOf(log, contract, MerkleHash.Combine(Batch.Root, Batch.Root)), Is.False);
    }

    /// <summary>No result is read in two ways: whatever is changed in one, it is refused or says something else.</summary>
    [Test]
    public void Every_changed_bit_of_a_batch_is_refused_or_seen()
    {
        var result = Result("batch");
        var refused = 0;
        for (var bit = 0; bit < 8 * result.Length; bit++)
        {
            var changed = (byte[])result.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.That(ProvenanceContract.ReadBatch(changed), Is.Not.EqualTo(Batch).And.Not.Null, $"bit {bit}");
            }
            catch (FormatException)
            {
                refused++;
            }
        }
        // All of both offsets and of the key's length, and all but the lowest bits of numbers, times and the address.
        Assert.That(refused, Is.InRange((3 * 256) + (4 * 190) + 96, 2000));
    }

    [Test]
    public void Every_changed_bit_of_an_unknown_batch_is_refused()
    {
        var result = Result("unknown");
        for (var bit = 0; bit < 8 * result.Length; bit++)
        {
            var changed = (byte[])result.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.That(() => ProvenanceContract.ReadBatch(changed), Throws.InstanceOf<FormatException>(), $"bit {bit}");
        }
    }

    [Test]
    public void Results_of_any_other_length_are_refused([Values("batch", "unknown")] string name)
    {
        var result = Result(name);
        for (var length = 0; length < result.Length + 64; length++)
        {
            var other = new byte[length];
            result.AsSpan(0, Math.Min(length, result.Length)).CopyTo(other);
            if (length != result.Length) Assert.That(() => ProvenanceContract.ReadBatch(other), Throws.InstanceOf<FormatException>(), $"{length}");
        }
        foreach (var length in new[] { 0, 31, 33, 64 }) Assert.That(() => ProvenanceContract.ReadBoolean(new byte[length]), Throws.InstanceOf<FormatException>());
        Assert.That(() => ProvenanceContract.ReadBoolean(Convert.FromHexString(new string('0', 63) + "2")), Throws.InstanceOf<FormatException>());
        Assert.That(() => ProvenanceContract.ReadBoolean(Convert.FromHexString("1" + new string('0', 62) + "1")), Throws.InstanceOf<FormatException>());
    }

    [Test]
    public void Whatever_is_returned_only_a_format_error_is_thrown()
    {
        var random = new Random(20261120);
        for (var run = 0; run < 20_000; run++)
        {
            var bytes = (byte[])Result("batch").Clone();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                var at = random.Next(bytes.Length / 32) * 32;
                if (random.Next(2) == 0) random.NextBytes(bytes.AsSpan(at, 32));
                else bytes.AsSpan(at, 32).Fill((byte)(random.Next(2) * 255));
            }
            try
            {
                ProvenanceContract.ReadBatch(bytes.AsSpan(0, random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length));
            }
            catch (FormatException)
            {
                // refused, as it should be
            }
        }
    }

    [TestCase(137, "Polygon", 12, "https://polygonscan.com/tx/")]
    [TestCase(80002, "Polygon Amoy (test chain)", 12, "https://amoy.polygonscan.com/tx/")]
    [TestCase(31337, "local test chain", 1, null)]
    [TestCase(1, "EVM chain 1", 1, null)]
    public void Chains_are_known_by_name_explorer_and_how_long_to_wait(long id, string name, int confirmations, string? explorer)
    {
        var chain = EvmChain.Of(id);
        var transaction = EvmHash.Parse($"0x{new string('a', 64)}");
        Assert.That((chain.Id, chain.Name, chain.DefaultConfirmations, chain.ToString()), Is.EqualTo((id, name, confirmations, name)));
        Assert.That(chain.TransactionUrl(transaction)?.AbsoluteUri, Is.EqualTo(explorer is null ? null : explorer + transaction));
        Assert.That((EvmChain.Confirmations(10, 10), EvmChain.Confirmations(12, 10), EvmChain.Confirmations(9, 10), EvmChain.Confirmations(1, 10)), Is.EqualTo((1L, 3L, 0L, 0L)));
    }

    private static RegisteredBatch ReadBatch(JsonElement json) => new(
        MerkleHash.Parse(json.GetProperty("root").GetString()!),
        json.GetProperty("leafCount").GetInt32(),
        PublicKey.Parse(json.GetProperty("key").GetString()![2..]),
        DateTimeOffset.FromUnixTimeSeconds(json.GetProperty("claimedAt").GetInt64()),
        EvmAddress.Parse(json.GetProperty("registrar").GetString()!),
        DateTimeOffset.FromUnixTimeSeconds(json.GetProperty("registeredAt").GetInt64()),
        json.GetProperty("blockNumber").GetInt64());

    private static List<string> SignaturesOf(string type) =>
    [
        .. Artifact.GetProperty("abi").EnumerateArray().Where(item => item.GetProperty("type").ValueEquals(type))
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.GetProperty("name")}({string.Join(',', item.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("type")))})")),
    ];

    private static byte[] Keccak(string text)
    {
        var digest = new byte[Keccak256.LengthBytes];
        Keccak256.HashData(Encoding.ASCII.GetBytes(text), digest);
        return digest;
    }

    private static string Hex(byte[] bytes) => $"0x{Convert.ToHexStringLower(bytes)}";

    private static string Call(string name) => Vectors.GetProperty("calls").GetProperty(name).GetString()!;

    private static byte[] Result(string name) => Bytes(Vectors.GetProperty("results").GetProperty(name));

    private static Sha256Digest Digest(string name) => Sha256Digest.Parse(Vectors.GetProperty(name).GetString()![2..]);

    private static byte[] Bytes(JsonElement hex) => Convert.FromHexString(hex.GetString()!.AsSpan(2));
}
