// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.20;

/// @title ProvenanceRegistry
/// @author Tectra
/// @notice Notes, for good, when which content was claimed by whom: one Merkle root for a batch of records, or a
/// single content by its hash. Whoever has a record, its proof and a node of the chain can check it without Tectra.
/// @dev What is registered can't be changed or deleted by anybody: no function writes to a slot of a record that
/// isn't empty. There is no proxy, no pause, no way to destroy the contract, no call to another contract, and no
/// function that takes ether. Registrars and signer keys are interned: a record names them by numbers that begin at 1
/// and are never given away again, so a batch takes one storage slot.
contract ProvenanceRegistry {
    /// @notice A single content, as `getContent` returns it.
    /// @param contentHash SHA-256 of the content; zero when unknown.
    /// @param perceptualHash Perceptual hash of the picture; zero when there is none.
    /// @param signerPubKey Ed25519 public key of the signer, 32 bytes.
    /// @param timestamp When the registrar says that the content was signed, seconds since 1970.
    /// @param registeredBy The registrar.
    /// @param registeredAt Time of the block of the registration, seconds since 1970.
    /// @param blockNumber Number of the block of the registration.
    struct ContentRecord {
        bytes32 contentHash;
        bytes32 perceptualHash;
        bytes signerPubKey;
        uint256 timestamp;
        address registeredBy;
        uint256 registeredAt;
        uint256 blockNumber;
    }

    /// @notice A batch, as `getBatch` returns it.
    /// @param merkleRoot Root of the batch's Merkle tree; zero when unknown.
    /// @param leafCount Number of the tree's leaves, 1 to 2^31 - 1.
    /// @param signerPubKey Ed25519 public key of whoever answers for the batch, 32 bytes.
    /// @param timestamp When the registrar says that the batch was closed, seconds since 1970.
    /// @param registeredBy The registrar.
    /// @param registeredAt Time of the block of the registration, seconds since 1970.
    /// @param blockNumber Number of the block of the registration.
    struct BatchRecord {
        bytes32 merkleRoot;
        uint256 leafCount;
        bytes signerPubKey;
        uint256 timestamp;
        address registeredBy;
        uint256 registeredAt;
        uint256 blockNumber;
    }

    /// @dev What is kept of a record, in one word; zero is an unknown record, since ids begin at 1. From the lowest bit:
    ///   32 bits  id of the registrar
    ///   32 bits  id of the signer's key
    ///   64 bits  a batch: number of leaves; a content: perceptual hash, unless it has a slot of its own
    ///   40 bits  the registrar's timestamp
    ///   40 bits  time of the block
    ///   48 bits  number of the block; a content: 40 bits, and 8 for its PerceptualHashForm
    /// By hand, since the compiler's packing of a struct costs 1,400 gas more.
    struct PackedRecord {
        uint256 word;
    }

    /// @dev Where a content's perceptual hash is: in the first eight of the 32 bytes, in the last eight (the others
    /// being zero), or in a slot of its own. Perceptual hashes of pictures have eight bytes.
    enum PerceptualHashForm {
        FirstBytes,
        LastBytes,
        OwnSlot
    }

    /// @dev The contents of a perceptual hash in the order of their registration. Most have one; it needs no length.
    struct ContentList {
        bytes32 first;
        bytes32[] further;
    }

    /// @dev An address that was ever a registrar. Its id stays when it is removed: old records name it.
    struct Registrar {
        uint32 id;
        bool isActive;
    }

    /// @notice A batch was registered.
    /// @param merkleRoot Root of its Merkle tree.
    /// @param registeredBy The registrar.
    /// @param leafCount Number of the tree's leaves.
    /// @param signerPubKey Ed25519 public key, 32 bytes.
    /// @param timestamp The claimed time, seconds since 1970.
    event BatchRegistered(
        bytes32 indexed merkleRoot, address indexed registeredBy, uint256 leafCount, bytes signerPubKey, uint256 timestamp
    );

    /// @notice A single content was registered.
    /// @param contentHash SHA-256 of the content.
    /// @param perceptualHash Perceptual hash of the picture, or zero.
    /// @param registeredBy The registrar.
    /// @param signerPubKey Ed25519 public key, 32 bytes.
    /// @param timestamp The claimed time, seconds since 1970.
    event ContentRegistered(
        bytes32 indexed contentHash,
        bytes32 indexed perceptualHash,
        address indexed registeredBy,
        bytes signerPubKey,
        uint256 timestamp
    );

    /// @notice An address may register from now on.
    /// @param registrar The address.
    event RegistrarAdded(address indexed registrar);

    /// @notice An address may no longer register. What it registered stays.
    /// @param registrar The address.
    event RegistrarRemoved(address indexed registrar);

    /// @notice The owner named a successor, who has to accept.
    /// @param previousOwner The owner, still.
    /// @param newOwner The successor.
    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);

    /// @notice The contract has a new owner.
    /// @param previousOwner Zero at the deployment.
    /// @param newOwner The owner from now on.
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @notice Only the owner may do this.
    /// @param caller Who tried.
    error NotOwner(address caller);

    /// @notice Only the successor that the owner named may accept.
    /// @param caller Who tried.
    error NotPendingOwner(address caller);

    /// @notice The address isn't a registrar.
    /// @param caller Who tried to register, or who was to be removed.
    error NotRegistrar(address caller);

    /// @notice The zero address can't own the contract.
    error InvalidOwner();

    /// @notice The zero address can't be a registrar.
    error InvalidRegistrar();

    /// @notice The address is a registrar already.
    /// @param registrar The address.
    error AlreadyRegistrar(address registrar);

    /// @notice A Merkle root can't be zero.
    error InvalidRoot();

    /// @notice A content hash can't be zero.
    error InvalidContentHash();

    /// @notice A batch has 1 to 2^31 - 1 leaves.
    /// @param leafCount What was given.
    error InvalidLeafCount(uint256 leafCount);

    /// @notice An Ed25519 public key has 32 bytes.
    /// @param length How many were given.
    error InvalidSignerPubKey(uint256 length);

    /// @notice The claimed time is more than 300 seconds ahead of the block's.
    /// @param timestamp The claimed time, seconds since 1970.
    /// @param blockTime The block's.
    error TimestampInFuture(uint256 timestamp, uint256 blockTime);

    /// @notice The root is registered; the first registration stands.
    /// @param merkleRoot The root.
    error BatchAlreadyRegistered(bytes32 merkleRoot);

    /// @notice The content is registered; the first registration stands.
    /// @param contentHash The content hash.
    error ContentAlreadyRegistered(bytes32 contentHash);

    uint256 private constant MAX_LEAF_COUNT = 2 ** 31 - 1;

    /// @dev Clocks differ, and a validator chooses its block's time within some seconds.
    uint256 private constant MAX_SECONDS_AHEAD = 300;

    // One slot: the owner and the highest ids given so far.
    address private _owner;
    uint32 private _lastRegistrarId;
    uint32 private _lastSignerId;

    address private _pendingOwner;

    mapping(address registrar => Registrar) private _registrars;
    mapping(uint256 registrarId => address) private _registrarById;

    mapping(bytes32 signerPubKey => uint256 signerId) private _signerIds;
    mapping(uint256 signerId => bytes32) private _signerById;

    mapping(bytes32 merkleRoot => PackedRecord) private _batches;
    mapping(bytes32 contentHash => PackedRecord) private _contents;
    mapping(bytes32 contentHash => bytes32) private _longPerceptualHashes;
    mapping(bytes32 perceptualHash => ContentList) private _contentsByPerceptualHash;

    /// @notice Makes an empty registry.
    /// @param initialOwner Who manages the registrars; not zero.
    /// @param initialRegistrar The first registrar; zero for none.
    constructor(address initialOwner, address initialRegistrar) {
        if (initialOwner == address(0)) revert InvalidOwner();
        _owner = initialOwner;
        emit OwnershipTransferred(address(0), initialOwner);
        if (initialRegistrar != address(0)) _addRegistrar(initialRegistrar);
    }

    modifier onlyOwner() {
        if (msg.sender != _owner) revert NotOwner(msg.sender);
        _;
    }

    /// @notice Registers the Merkle root of a batch, once and for good. Registrars only.
    /// @dev The registrar answers for root and leafCount: the chain sees no leaf.
    /// @param merkleRoot Root of an OpenZeppelin StandardMerkleTree of (bytes32 contentSha256, bytes32 certificateDigest).
    /// @param leafCount Number of its leaves, 1 to 2^31 - 1; it bounds the length of proofs.
    /// @param signerPubKey Ed25519 public key, 32 bytes.
    /// @param timestamp The claimed time, seconds since 1970, at most 300 s after the block's.
    function registerBatch(bytes32 merkleRoot, uint256 leafCount, bytes calldata signerPubKey, uint256 timestamp) external {
        uint256 registrarId = _requireRegistrar();
        if (merkleRoot == 0) revert InvalidRoot();
        if (leafCount == 0 || leafCount > MAX_LEAF_COUNT) revert InvalidLeafCount(leafCount);
        _requireClaim(signerPubKey, timestamp);
        PackedRecord storage batch = _batches[merkleRoot];
        if (batch.word != 0) revert BatchAlreadyRegistered(merkleRoot);
        batch.word = _pack(registrarId, _internSigner(bytes32(signerPubKey)), leafCount, timestamp);
        emit BatchRegistered(merkleRoot, msg.sender, leafCount, signerPubKey, timestamp);
    }

    /// @notice Registers a single content, once and for good. Registrars only.
    /// @param contentHash SHA-256 of the content; not zero.
    /// @param perceptualHash Perceptual hash of the picture, or zero. Cheapest when its value stands in the first or
    /// the last eight bytes and the others are zero.
    /// @param signerPubKey Ed25519 public key, 32 bytes.
    /// @param timestamp The claimed time, seconds since 1970, at most 300 s after the block's.
    function registerContent(bytes32 contentHash, bytes32 perceptualHash, bytes calldata signerPubKey, uint256 timestamp)
        external
    {
        uint256 registrarId = _requireRegistrar();
        if (contentHash == 0) revert InvalidContentHash();
        _requireClaim(signerPubKey, timestamp);
        PackedRecord storage content = _contents[contentHash];
        if (content.word != 0) revert ContentAlreadyRegistered(contentHash);

        uint256 shortHash = 0;
        PerceptualHashForm form = PerceptualHashForm.FirstBytes;
        if (uint256(perceptualHash) << 64 == 0) {
            shortHash = uint256(perceptualHash) >> 192;
        } else if (uint256(perceptualHash) >> 64 == 0) {
            shortHash = uint256(perceptualHash);
            form = PerceptualHashForm.LastBytes;
        } else {
            _longPerceptualHashes[contentHash] = perceptualHash;
            form = PerceptualHashForm.OwnSlot;
        }
        content.word =
            _pack(registrarId, _internSigner(bytes32(signerPubKey)), shortHash, timestamp) | uint256(form) << 248;

        ContentList storage list = _contentsByPerceptualHash[perceptualHash];
        if (list.first == 0) list.first = contentHash;
        else list.further.push(contentHash);
        emit ContentRegistered(contentHash, perceptualHash, msg.sender, signerPubKey, timestamp);
    }

    /// @notice The batch of a root.
    /// @param merkleRoot Any root.
    /// @return batch All zero and empty when the root is unknown.
    function getBatch(bytes32 merkleRoot) external view returns (BatchRecord memory batch) {
        uint256 word = _batches[merkleRoot].word;
        if (word == 0) return batch;
        batch.merkleRoot = merkleRoot;
        batch.leafCount = uint64(word >> 64);
        (batch.registeredBy, batch.signerPubKey, batch.timestamp, batch.registeredAt) = _unpackClaim(word);
        batch.blockNumber = word >> 208;
    }

    /// @notice The record of a single content.
    /// @param contentHash Any content hash.
    /// @return content All zero and empty when the content is unknown.
    function getContent(bytes32 contentHash) external view returns (ContentRecord memory content) {
        uint256 word = _contents[contentHash].word;
        if (word == 0) return content;
        content.contentHash = contentHash;
        uint64 shortHash = uint64(word >> 64);
        PerceptualHashForm form = PerceptualHashForm(word >> 248);
        if (form == PerceptualHashForm.FirstBytes) content.perceptualHash = bytes8(shortHash);
        else if (form == PerceptualHashForm.LastBytes) content.perceptualHash = bytes32(uint256(shortHash));
        else content.perceptualHash = _longPerceptualHashes[contentHash];
        (content.registeredBy, content.signerPubKey, content.timestamp, content.registeredAt) = _unpackClaim(word);
        content.blockNumber = uint40(word >> 208);
    }

    /// @notice Whether a root is registered.
    /// @param merkleRoot Any root.
    /// @return True if it is.
    function isBatchRegistered(bytes32 merkleRoot) external view returns (bool) {
        return _batches[merkleRoot].word != 0;
    }

    /// @notice Whether a content is registered on its own; contents of batches aren't known one by one.
    /// @param contentHash Any content hash.
    /// @return True if it is.
    function isContentRegistered(bytes32 contentHash) external view returns (bool) {
        return _contents[contentHash].word != 0;
    }

    /// @notice How many contents were registered on their own with exactly this perceptual hash.
    /// @param perceptualHash Any perceptual hash.
    /// @return Their number.
    function contentCountByPerceptualHash(bytes32 perceptualHash) public view returns (uint256) {
        ContentList storage list = _contentsByPerceptualHash[perceptualHash];
        return list.first == 0 ? 0 : 1 + list.further.length;
    }

    /// @notice Contents that were registered on their own with exactly this perceptual hash, oldest first.
    /// @param perceptualHash Any perceptual hash.
    /// @param offset How many to pass over.
    /// @param limit How many to return at most.
    /// @return contentHashes Empty when offset is at the end or beyond it.
    function contentHashesByPerceptualHash(bytes32 perceptualHash, uint256 offset, uint256 limit)
        external
        view
        returns (bytes32[] memory contentHashes)
    {
        uint256 count = contentCountByPerceptualHash(perceptualHash);
        if (offset >= count) return contentHashes;
        if (limit > count - offset) limit = count - offset;
        ContentList storage list = _contentsByPerceptualHash[perceptualHash];
        contentHashes = new bytes32[](limit);
        for (uint256 i = 0; i < limit; ++i) {
            uint256 index = offset + i;
            contentHashes[i] = index == 0 ? list.first : list.further[index - 1];
        }
    }

    /// @notice Whether a registered batch holds a record: an OpenZeppelin StandardMerkleTree proof.
    /// @param root Root of the batch; false when it isn't registered.
    /// @param contentSha256 SHA-256 of the content, first word of the leaf.
    /// @param certificateDigest SHA-256 of the record's certificate, second word of the leaf.
    /// @param proof The siblings from the leaf upwards. A tree of n leaves has them floor(log2 n) or ceil(log2 n)
    /// deep, so any other length is false.
    /// @return True if the record is in the batch.
    function verifyContent(bytes32 root, bytes32 contentSha256, bytes32 certificateDigest, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        uint256 leafCount = uint64(_batches[root].word >> 64);
        // With d siblings, 2^(d-1) < n < 2^(d+1) says that d is floor or ceil of log2 n. An unknown root has n = 0.
        if (leafCount == 0 || leafCount >> proof.length > 1 || (2 * leafCount - 1) >> proof.length == 0) return false;

        // A leaf hashes 32 bytes, an inner node 64, so that neither passes for the other.
        bytes32 node = keccak256(bytes.concat(keccak256(abi.encode(contentSha256, certificateDigest))));
        // Assembly hashes each pair in the two scratch words; Solidity would take new memory for each.
        assembly ("memory-safe") {
            let end := add(proof.offset, shl(5, proof.length))
            for { let next := proof.offset } lt(next, end) { next := add(next, 0x20) } {
                let sibling := calldataload(next)
                // The smaller one first: its place is 0x00, the other's 0x20.
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
            }
        }
        return node == root;
    }

    /// @notice Who manages the registrars.
    /// @return The owner, never zero.
    function owner() external view returns (address) {
        return _owner;
    }

    /// @notice Who may accept the ownership.
    /// @return The successor that was named; zero for nobody.
    function pendingOwner() external view returns (address) {
        return _pendingOwner;
    }

    /// @notice Whether an address may register now.
    /// @param registrar Any address.
    /// @return True if it may.
    function isRegistrar(address registrar) external view returns (bool) {
        return _registrars[registrar].isActive;
    }

    /// @notice Names a successor, who becomes the owner by accepting. Owner only; naming another, or the owner, takes
    /// it back.
    /// @param newOwner Not zero: the contract never loses its owner.
    function transferOwnership(address newOwner) external onlyOwner {
        if (newOwner == address(0)) revert InvalidOwner();
        _pendingOwner = newOwner;
        emit OwnershipTransferStarted(msg.sender, newOwner);
    }

    /// @notice Takes over the ownership. Only for whom the owner named.
    function acceptOwnership() external {
        if (msg.sender != _pendingOwner) revert NotPendingOwner(msg.sender);
        address previousOwner = _owner;
        _owner = msg.sender;
        delete _pendingOwner;
        emit OwnershipTransferred(previousOwner, msg.sender);
    }

    /// @notice Lets an address register. Owner only.
    /// @param registrar Not zero, and not a registrar now. One that was removed gets its old number again.
    function addRegistrar(address registrar) external onlyOwner {
        if (registrar == address(0)) revert InvalidRegistrar();
        _addRegistrar(registrar);
    }

    /// @notice Lets an address register no longer. Owner only. What it registered stays.
    /// @param registrar A registrar.
    function removeRegistrar(address registrar) external onlyOwner {
        Registrar storage entry = _registrars[registrar];
        if (!entry.isActive) revert NotRegistrar(registrar);
        entry.isActive = false;
        emit RegistrarRemoved(registrar);
    }

    function _addRegistrar(address registrar) private {
        Registrar storage entry = _registrars[registrar];
        if (entry.isActive) revert AlreadyRegistrar(registrar);
        if (entry.id == 0) {
            uint32 id = ++_lastRegistrarId;
            entry.id = id;
            _registrarById[id] = registrar;
        }
        entry.isActive = true;
        emit RegistrarAdded(registrar);
    }

    function _requireRegistrar() private view returns (uint256 registrarId) {
        Registrar storage entry = _registrars[msg.sender];
        if (!entry.isActive) revert NotRegistrar(msg.sender);
        return entry.id;
    }

    function _requireClaim(bytes calldata signerPubKey, uint256 timestamp) private view {
        if (signerPubKey.length != 32) revert InvalidSignerPubKey(signerPubKey.length);
        if (timestamp > block.timestamp + MAX_SECONDS_AHEAD) revert TimestampInFuture(timestamp, block.timestamp);
    }

    /// @dev A key's number, given when it is first seen. The increment is checked: it reverts rather than begin again.
    function _internSigner(bytes32 signerPubKey) private returns (uint256 signerId) {
        signerId = _signerIds[signerPubKey];
        if (signerId == 0) {
            signerId = ++_lastSignerId;
            _signerIds[signerPubKey] = signerId;
            _signerById[signerId] = signerPubKey;
        }
    }

    /// @dev Ids have 32 bits; value has 64; timestamp and the block's time keep within 40 bits for 34,000 years, and the
    /// block's number for as long at a block a second.
    function _pack(uint256 registrarId, uint256 signerId, uint256 value, uint256 timestamp) private view returns (uint256) {
        return registrarId | signerId << 32 | value << 64 | timestamp << 128 | block.timestamp << 168 | block.number << 208;
    }

    function _unpackClaim(uint256 word)
        private
        view
        returns (address registeredBy, bytes memory signerPubKey, uint256 timestamp, uint256 registeredAt)
    {
        registeredBy = _registrarById[uint32(word)];
        signerPubKey = bytes.concat(_signerById[uint32(word >> 32)]);
        timestamp = uint40(word >> 128);
        registeredAt = uint40(word >> 168);
    }
}
