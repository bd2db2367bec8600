namespace Tectra.Sdk;

/// <summary>Every stable error code carried by a <see cref="TectraException"/>, with its meaning.</summary>
public static class ErrorCodes
{
    /// <summary>The bytes are no image, video or scan that this version reads.</summary>
    public const string UnsupportedFormat = "unsupported_format";

    /// <summary>The format is known, but this variant of it isn't read (for example a JPEG with 12 bits a sample).</summary>
    public const string UnsupportedVariant = "unsupported_variant";

    /// <summary>The file has no bytes.</summary>
    public const string FileEmpty = "file_empty";

    /// <summary>The file is longer than the limit.</summary>
    public const string FileTooLarge = "file_too_large";

    /// <summary>The file announces more pixels than the limit allows.</summary>
    public const string TooManyPixels = "too_many_pixels";

    /// <summary>Decoding would take unreasonable work: too many scans, chunks or segments.</summary>
    public const string TooComplex = "too_complex";

    /// <summary>The file ends before the picture does.</summary>
    public const string ImageTruncated = "image_truncated";

    /// <summary>The file contradicts its own format or fails its checksums.</summary>
    public const string ImageCorrupt = "image_corrupt";

    /// <summary>The codec couldn't write the picture.</summary>
    public const string EncodingFailed = "encoding_failed";

    /// <summary>The asked-for output format can't hold what the picture has (transparency in a JPEG, more than 16,383 pixels in a WebP).</summary>
    public const string FormatCannotHold = "format_cannot_hold";

    /// <summary>The picture is too small to carry a watermark.</summary>
    public const string ImageTooSmall = "image_too_small";

    /// <summary>The picture has more than one frame and can't carry a watermark.</summary>
    public const string ImageAnimated = "image_animated";

    /// <summary>The picture's colour model (CMYK) can't carry a watermark.</summary>
    public const string ColourModelUnsupported = "colour_model_unsupported";

    /// <summary>A watermark was embedded but could not be read back: the picture is too small, too flat, too transparent or too coarse.</summary>
    public const string WatermarkNotReadable = "watermark_not_readable";

    /// <summary>The picture is so flat that its perceptual hash isn't stable under marking.</summary>
    public const string PerceptualHashUnstable = "perceptual_hash_unstable";

    /// <summary>The perceptual hash isn't of what viewers show: 16-bit grey, transparency, an animation, or a featureless picture.</summary>
    public const string PerceptualHashMisleading = "perceptual_hash_misleading";

    /// <summary>The file is a media file without a video stream, such as sound alone.</summary>
    public const string VideoStreamMissing = "video_stream_missing";

    /// <summary>The file ends before its video does.</summary>
    public const string VideoTruncated = "video_truncated";

    /// <summary>The video contradicts its own format, or frames of it can't be decoded.</summary>
    public const string VideoCorrupt = "video_corrupt";

    /// <summary>The video is longer than the limit, or has more samples than a certificate holds.</summary>
    public const string VideoTooLong = "video_too_long";

    /// <summary>Decoding took longer than the limit, or stood still.</summary>
    public const string VideoTimeout = "video_timeout";

    /// <summary>Videos carry no watermark.</summary>
    public const string VideoHasNoWatermark = "video_has_no_watermark";

    /// <summary>ffmpeg or ffprobe is missing, too old, or can't be run.</summary>
    public const string FfmpegMissing = "ffmpeg_missing";

    /// <summary>The file was changed while it was read.</summary>
    public const string FileChanged = "file_changed";

    /// <summary>The measurement wasn't asked for.</summary>
    public const string NotAskedFor = "not_asked_for";

    /// <summary>A certificate or DSSE envelope is malformed.</summary>
    public const string CertificateMalformed = "certificate_malformed";

    /// <summary>An evidence bundle is malformed.</summary>
    public const string EvidenceMalformed = "evidence_malformed";

    /// <summary>A segment chain is malformed.</summary>
    public const string SegmentChainMalformed = "segment_chain_malformed";

    /// <summary>The Fernet key doesn't open the encrypted private key.</summary>
    public const string FernetKeyWrong = "fernet_key_wrong";

    /// <summary>The text isn't a Fernet key (32 bytes in base64url).</summary>
    public const string FernetKeyMalformed = "fernet_key_malformed";

    /// <summary>A stored signing key is damaged: what it decrypts to isn't the private key of its public key.</summary>
    public const string SigningKeyDamaged = "signing_key_damaged";

    /// <summary>No signing key has that name or id.</summary>
    public const string SigningKeyUnknown = "signing_key_unknown";

    /// <summary>A signing key of that name exists already.</summary>
    public const string SigningKeyExists = "signing_key_exists";

    /// <summary>The private key of a chain's account isn't in any form that is read, or is no number that can be one.</summary>
    public const string EvmKeyMalformed = "evm_key_malformed";

    /// <summary>The file of a chain's private key is missing, special, or not open to this process.</summary>
    public const string EvmKeyUnreadable = "evm_key_unreadable";

    /// <summary>The file of a chain's private key may be read or written by others than its owner.</summary>
    public const string EvmKeyExposed = "evm_key_exposed";

    /// <summary>A raw transaction isn't a signed EIP-1559 transaction in its canonical form.</summary>
    public const string EvmTransactionMalformed = "evm_transaction_malformed";

    /// <summary>An external signer answered with another transaction than it was asked to sign, or with another account's signature.</summary>
    public const string EvmSignerAnswerWrong = "evm_signer_answer_wrong";

    /// <summary>The record names a key that the registry doesn't know.</summary>
    public const string KeyNotRegistered = "key_not_registered";

    /// <summary>The key belongs to another user than the record claims.</summary>
    public const string KeyOwnerMismatch = "key_owner_mismatch";

    /// <summary>The certificate's envelope isn't signed by the key the certificate names.</summary>
    public const string CertificateSignatureInvalid = "certificate_signature_invalid";

    /// <summary>The fingerprint signature doesn't verify under the key the certificate names.</summary>
    public const string FingerprintSignatureInvalid = "fingerprint_signature_invalid";

    /// <summary>The metadata isn't the text whose digest the certificate holds.</summary>
    public const string MetadataDigestMismatch = "metadata_digest_mismatch";

    /// <summary>The metadata is longer than <see cref="Certificates.Metadata.MaxBytes"/>.</summary>
    public const string MetadataTooLong = "metadata_too_long";

    /// <summary>Another record is registered under that id.</summary>
    public const string RecordConflict = "record_conflict";

    /// <summary>The signing time lies in the future.</summary>
    public const string TimestampInFuture = "timestamp_in_future";

    /// <summary>No record has that id.</summary>
    public const string RecordUnknown = "record_unknown";

    /// <summary>The parent record isn't registered.</summary>
    public const string ParentUnknown = "parent_unknown";

    /// <summary>The registry can't be used at the moment: its database can't be opened, is of another version, or the server is overloaded.</summary>
    public const string RegistryUnavailable = "registry_unavailable";

    /// <summary>The registry couldn't be reached, or didn't answer in time.</summary>
    public const string RegistryUnreachable = "registry_unreachable";

    /// <summary>Something answered, but not as a registry does.</summary>
    public const string RegistryAnswerMalformed = "registry_answer_malformed";

    /// <summary>The registry wants to know who asks, and no API key or token was given.</summary>
    public const string AuthenticationRequired = "authentication_required";

    /// <summary>The API key, the token, or the e-mail address and password are wrong, expired or revoked.</summary>
    public const string CredentialsInvalid = "credentials_invalid";

    /// <summary>The API key lacks the scope that the request needs.</summary>
    public const string ScopeMissing = "scope_missing";

    /// <summary>Too many requests; the answer says when to come again.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The request isn't in the form that the API lays down.</summary>
    public const string RequestMalformed = "request_malformed";

    /// <summary>The request is longer than the registry reads.</summary>
    public const string RequestTooLarge = "request_too_large";

    /// <summary>There is nothing of that name or id, or it is another account's.</summary>
    public const string NotFound = "not_found";

    /// <summary>The idempotency key was used before, for another request.</summary>
    public const string IdempotencyKeyReused = "idempotency_key_reused";

    /// <summary>A file in the outbox isn't a registration that this version can read.</summary>
    public const string OutboxEntryDamaged = "outbox_entry_damaged";
    /// <summary>The path is right, but not with this HTTP method.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>The request's body isn't announced as JSON in UTF-8.</summary>
    public const string MediaTypeUnsupported = "media_type_unsupported";

    /// <summary>An account with this e-mail address exists already.</summary>
    public const string EmailTaken = "email_taken";

    /// <summary>The token of a password reset is unknown, used or expired.</summary>
    public const string ResetTokenInvalid = "reset_token_invalid";

    /// <summary>The proof isn't the key's own signature for this account.</summary>
    public const string KeyProofInvalid = "key_proof_invalid";

    /// <summary>The account has as many of these as it may have.</summary>
    public const string LimitReached = "limit_reached";

    /// <summary>A fault of the program; its log says more.</summary>
    public const string InternalError = "internal_error";
    /// <summary>A record's sequence number is beyond what the similarity index holds.</summary>
    public const string SimilarityIndexFull = "similarity_index_full";

    /// <summary>The ledger file is damaged or was changed.</summary>
    public const string LedgerDamaged = "ledger_damaged";

    /// <summary>A native library is missing or too old.</summary>
    public const string NativeLibraryMissing = "native_library_missing";

    /// <summary>The watermark payload that a client says it embedded doesn't follow from the fingerprint signature.</summary>
    public const string WatermarkPayloadMismatch = "watermark_payload_mismatch";

    /// <summary>The certificate names another organisation than the account that registers it.</summary>
    public const string SignerIdentityMismatch = "signer_identity_mismatch";

    /// <summary>The address of a webhook may not be posted to.</summary>
    public const string WebhookUrlRefused = "webhook_url_refused";

    /// <summary>The node is of another chain than the one that was named.</summary>
    public const string WrongChain = "wrong_chain";

    /// <summary>There is no contract at that address, or another one than the ProvenanceRegistry.</summary>
    public const string ContractUnknown = "contract_unknown";

    /// <summary>The chain or its contract doesn't take a transaction, or the registry isn't set up for its chain.</summary>
    public const string AnchoringRefused = "anchoring_refused";

    /// <summary>The chain asks for more than may be paid.</summary>
    public const string FeeCapReached = "fee_cap_reached";

    /// <summary>A chain's node couldn't be reached, didn't answer in time, or can't answer now.</summary>
    public const string RpcUnreachable = "rpc_unreachable";

    /// <summary>A chain's node answered a call with an error.</summary>
    public const string RpcRefused = "rpc_refused";

    /// <summary>Something answered, but not as a chain's node does.</summary>
    public const string RpcAnswerMalformed = "rpc_answer_malformed";

    /// <summary>Nodes of a chain contradict each other, or one contradicts itself.</summary>
    public const string RpcDisagree = "rpc_disagree";
}
