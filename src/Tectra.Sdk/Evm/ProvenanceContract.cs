using System.Buffers.Binary;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Sdk.Evm;

/// <summary>
/// What the registry contract (<c>contracts/ProvenanceRegistry.sol</c>) is asked and answers, in bytes of the contract ABI. Selectors are
/// literals that a test computes again from the signatures. Pure.
/// </summary>
internal static class ProvenanceContract
{
    public const uint GetBatchSelector = 0xed42136f; // getBatch(bytes32)
    public const uint RegisterBatchSelector = 0xecb58734; // registerBatch(bytes32,uint256,bytes,uint256)
    public const uint VerifyContentSelector = 0xb6df898f; // verifyContent(bytes32,bytes32,bytes32,bytes32[])
    public const uint IsRegistrarSelector = 0xd5db72eb; // isRegistrar(address)

    public const uint OwnerSelector = 0x8da5cb5b; // owner()
    public const uint PendingOwnerSelector = 0xe30c3978; // pendingOwner()

    private const int BatchWords = 7; // of the record's head: root, leaf count, offset of the key, time, registrar, block time, block
    private const int RegistrationWords = 4;
    private const int MaxErrorWords = 2;

    /// <summary>The Keccak-256 of the deployed runtime code: the contract has no immutables, so that every deployment has this one.</summary>
    public static readonly EvmHash RuntimeCodeHash = EvmHash.Parse("0x0678a9f5a1d29e72f45871b1ab32866c4cef96ebf0969413efd35875653d7285");

    /// <summary>The topic of <c>BatchRegistered(bytes32,address,uint256,bytes,uint256)</c>; the next two are the root and the registrar.</summary>
    public static readonly EvmHash BatchRegisteredTopic = EvmHash.Parse("0x5c5dba5686c36be8d27cbe2d657f0fb397baf78bf2e924a8c5b736ac5d9fb1ec");

    /// <summary>The contract's own errors that a registration, or a change of the registrars, can end with, by selector.</summary>
    private static readonly Dictionary<uint, string> Errors = new()
    {
        [0xc6cbd398] = BatchAlreadyRegistered,
        [0x53ac4f07] = NotRegistrar,
        [0x504570e3] = "InvalidRoot",
        [0x75b12bcc] = "InvalidLeafCount",
        [0x105f0749] = "InvalidSignerPubKey",
        [0x45e2dc22] = TimestampInFuture,
        [0x245aecd3] = NotOwner,
        [0x9746dd85] = AlreadyRegistrar,
    };

    /// <summary>The error of a root that is registered already: by its first registration it stands.</summary>
    public const string BatchAlreadyRegistered = "BatchAlreadyRegistered";

    /// <summary>The error of a sender who may not register.</summary>
    public const string NotRegistrar = "NotRegistrar";

    /// <summary>The error of a claimed time that is more than five minutes ahead of the block's.</summary>
    public const string TimestampInFuture = "TimestampInFuture";

    /// <summary>The error of a caller who isn't the owner.</summary>
    public const string NotOwner = "NotOwner";

    /// <summary>The error of an account that is a registrar already.</summary>
    public const string AlreadyRegistrar = "AlreadyRegistrar";

    /// <summary>The hash that the code of a contract is known by.</summary>
    public static EvmHash CodeHash(ReadOnlySpan<byte> code)
    {
        Span<byte> digest = stackalloc byte[Keccak256.LengthBytes];
        Keccak256.HashData(code, digest);
        return new EvmHash(digest);
    }

    /// <summary>The call <c>getBatch(merkleRoot)</c>.</summary>
    public static byte[] GetBatch(MerkleHash root) => new AbiWriter(GetBatchSelector).Add(root).ToArray();

    /// <summary>The call <c>registerBatch(merkleRoot, leafCount, signerPubKey, timestamp)</c>, for registrars.</summary>
    /// <param name="root">The batch's root.</param>
    /// <param name="leafCount">How many leaves it has; at least one.</param>
    /// <param name="signer">The key of whoever answers for the batch.</param>
    /// <param name="time">When it was closed; whole seconds are kept.</param>
    public static byte[] RegisterBatch(MerkleHash root, int leafCount, PublicKey signer, DateTimeOffset time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leafCount);
        Span<byte> key = stackalloc byte[PublicKey.LengthBytes];
        signer.CopyTo(key);
        return new AbiWriter(RegisterBatchSelector).Add(root).Add(leafCount).Add(RegistrationWords * AbiReader.WordBytes).Add(time.ToUnixTimeSeconds()).AddBytes(key).ToArray();
    }

    /// <summary>The call <c>verifyContent(root, contentSha256, certificateDigest, proof)</c>.</summary>
    public static byte[] VerifyContent(MerkleHash root, MerkleLeaf leaf, MerkleProof proof)
    {
        var call = new AbiWriter(VerifyContentSelector).Add(root).Add(leaf.ContentSha256).Add(leaf.CertificateSha256)
            .Add(4 * AbiReader.WordBytes).Add(proof.Siblings.Length);
        foreach (var sibling in proof.Siblings) call.Add(sibling);
        return call.ToArray();
    }

    /// <summary>The call <c>isRegistrar(registrar)</c>.</summary>
    public static byte[] IsRegistrar(EvmAddress registrar) => new AbiWriter(IsRegistrarSelector).Add(registrar).ToArray();

    /// <summary>What <c>verifyContent</c> and <c>isRegistrar</c> return.</summary>
    /// <exception cref="FormatException">It is no boolean.</exception>
    public static bool ReadBoolean(ReadOnlySpan<byte> returned)
    {
        var reader = new AbiReader(returned);
        reader.ExpectWords(1);
        return reader.Boolean(0);
    }

    /// <summary>The call <c>owner()</c>, or <c>pendingOwner()</c>: who was named as the next one and hasn't accepted yet.</summary>
    public static byte[] Owner(bool pending) => new AbiWriter(pending ? PendingOwnerSelector : OwnerSelector).ToArray();

    /// <summary>What <c>owner</c> and <c>pendingOwner</c> return.</summary>
    /// <exception cref="FormatException">It is no address.</exception>
    public static EvmAddress ReadAddress(ReadOnlySpan<byte> returned)
    {
        var reader = new AbiReader(returned);
        reader.ExpectWords(1);
        return reader.Address(0);
    }

    /// <summary>What <c>getBatch</c> returns: the batch, or null when the root isn't registered.</summary>
    /// <exception cref="FormatException">It is no batch.</exception>
    public static RegisteredBatch? ReadBatch(ReadOnlySpan<byte> returned)
    {
        var outer = new AbiReader(returned);
        outer.Offset(0, AbiReader.WordBytes); // of the record, which has a member of no fixed length
        var record = new AbiReader(returned[AbiReader.WordBytes..]);
        record.Offset(2, BatchWords * AbiReader.WordBytes);
        var key = record.LastBytes(BatchWords, PublicKey.LengthBytes);
        if (key.IsEmpty)
        {
            for (var i = 0; i < BatchWords; i++)
            {
                if (i != 2 && record.Word(i).ContainsAnyExcept((byte)0)) throw new FormatException("It is half a batch.");
            }
            return null;
        }
        if (key.Length != PublicKey.LengthBytes) throw new FormatException($"The signer's key has {key.Length} bytes.");
        return new RegisteredBatch(
            new MerkleHash(record.Word(0)), LeafCount(record.Number(1)), new PublicKey(key), record.Time(3), record.Address(4), record.Time(5), record.Number(6));
    }

    /// <summary>Whether a log is the registration of a root by this contract.</summary>
    public static bool IsRegistrationOf(EvmLog log, EvmAddress contract, MerkleHash root)
    {
        Span<byte> bytes = stackalloc byte[MerkleHash.LengthBytes];
        root.CopyTo(bytes);
        return !log.IsRemoved && log.Address == contract && log.Topics.Length == 3 && log.Topics[0] == BatchRegisteredTopic && log.Topics[1] == new EvmHash(bytes);
    }

    /// <summary>The name of the contract's own error that a call was reverted with; null for any other data.</summary>
    public static string? ErrorName(ReadOnlySpan<byte> revertData)
    {
        if (revertData.Length < sizeof(uint) || (revertData.Length - sizeof(uint)) % AbiReader.WordBytes != 0 || revertData.Length > sizeof(uint) + (MaxErrorWords * AbiReader.WordBytes)) return null;
        return Errors.GetValueOrDefault(BinaryPrimitives.ReadUInt32BigEndian(revertData));
    }

    private static int LeafCount(long value) => value is >= 1 and <= int.MaxValue ? (int)value : throw new FormatException("A batch has 1 to 2³¹ − 1 leaves.");
}
