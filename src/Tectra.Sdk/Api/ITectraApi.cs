using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>What a client sends to register a record: hashes and signatures, never content. Immutable.</summary>
/// <param name="Envelope">The signed certificate.</param>
/// <param name="MetadataJson">The metadata text whose digest the certificate holds, or null.</param>
public sealed record RegistrationRequest(DsseEnvelope Envelope, string? MetadataJson);

/// <summary>What a registry answers to a registration. Immutable.</summary>
/// <param name="RecordId">The record's id.</param>
/// <param name="AlreadyRegistered">True when the very same certificate was registered before; nothing was added.</param>
public sealed record RegistrationReceipt(RecordId RecordId, bool AlreadyRegistered);

/// <summary>The port to a registry, wherever it runs. Implementations are thread-safe.</summary>
public interface ITectraApi
{
    /// <summary>
    /// Registers a record durably. Repeating a registration is safe and adds nothing.
    /// </summary>
    /// <exception cref="RegistryException">
    /// The registry refuses: wrong signatures, an unknown key or owner, another certificate under the same id, an unknown parent.
    /// </exception>
    /// <exception cref="InvalidEvidenceException">The certificate is malformed.</exception>
    ValueTask<RegistrationReceipt> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// The evidence of every record that may be the observed content's own: same bytes, payload within
    /// <see cref="VerificationPolicy.WatermarkRadius"/> bits, or perceptual hash within <paramref name="perceptualRadius"/>
    /// bits, with full recall inside these radii. Revoked records are among them.
    /// </summary>
    ValueTask<IReadOnlyList<EvidenceBundle>> FindAsync(ObservedContent observed, int perceptualRadius, CancellationToken cancellationToken = default);

    /// <summary>One record's evidence as it stands now, or null if there is no such record.</summary>
    ValueTask<EvidenceBundle?> GetEvidenceAsync(RecordId recordId, CancellationToken cancellationToken = default);

    /// <summary>Revokes a record; once revoked it stays so, and revoking again changes nothing.</summary>
    /// <exception cref="RegistryException">There is no such record (<c>record_unknown</c>).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The reason is longer than <see cref="Revocation.MaxReasonLength"/>.</exception>
    ValueTask RevokeAsync(RecordId recordId, string reason, CancellationToken cancellationToken = default);
}

/// <summary>What can be done with any registry.</summary>
public static class TectraApiExtensions
{
    /// <summary>Asks the registry for candidates and judges them here, in the caller's process.</summary>
    public static async ValueTask<VerificationReport> VerifyAsync(
        this ITectraApi api, ObservedContent observed, VerificationPolicy policy, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(time);
        var evidence = await api.FindAsync(observed, policy.PerceptualRadius, cancellationToken).ConfigureAwait(false);
        return Verifier.Verify(observed, evidence, EvidenceSource.Registry, policy, time.GetUtcNow(), cancellationToken);
    }
}
