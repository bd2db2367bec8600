using BenchmarkDotNet.Attributes;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Benchmarks;

/// <summary>Signatures, hashes and proofs.</summary>
public class CryptoBenchmarks
{
    private readonly SigningKey _key = SigningKey.Create();
    private readonly byte[] _message = new byte[200];
    private readonly byte[] _digest = new byte[32];
    private readonly MerkleLeaf[] _leaves = [.. Enumerable.Range(0, 1000).Select(i => new MerkleLeaf(Sha256Digest.Compute(BitConverter.GetBytes(i)), default))];
    private Signature _signature;

    [GlobalSetup]
    public void Sign() => _signature = _key.Sign(_message);

    [Benchmark]
    public Signature Ed25519Sign() => _key.Sign(_message);

    [Benchmark]
    public bool Ed25519Verify() => _key.PublicKey.Verify(_message, _signature);

    [Benchmark]
    public void Keccak256Of200Bytes() => Keccak256.HashData(_message, _digest);

    [Benchmark]
    public MerkleHash MerkleTreeOf1000Leaves() => MerkleTree.Build(_leaves).Root;
}
