using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <summary>The port to a registry, wherever it runs. Implementations are thread-safe.</summary>
public interface ITectraApi
{
    /// <summary>The most records of one <see cref="RegisterBatchAsync"/>.</summary>
    const int MaxBatch = 100;

    /// <summary>The most ancestors that <see cref="GetCustodyChainAsync"/> follows.</summary>
    const int MaxCustodyLinks = 64;

    /// <summary>
    /// Registers a record durably. Repeating a registration is safe and adds nothing.
    /// </summary>
    /// <exception cref="RegistryException">
    /// The registry refuses: wrong signatures, an unknown key or owner, another certificate under the same id, an unknown parent.
    /// </exception>
    /// <exception cref="InvalidEvidenceException">The certificate is malformed.</exception>
    ValueTask<RegistrationReceipt> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Registers several records durably, in order: a record may name one before it as its parent. One that is refused doesn't
    /// stop the others. All that are accepted are stored together or not at all.
    /// </summary>
    /// <returns>One outcome a request, in the order of the requests.</returns>
    /// <exception cref="ArgumentException">There are none, or more than <see cref="MaxBatch"/>.</exception>
    /// <exception cref="RegistryException">The registry can't be used at all; nothing was registered.</exception>
    ValueTask<IReadOnlyList<RegistrationOutcome>> RegisterBatchAsync(IReadOnlyList<RegistrationRequest> requests, CancellationToken cancellationToken = default);

    /// <summary>
    /// The evidence of the records that may be the observed content's own: same bytes, payload within
    /// <see cref="VerificationPolicy.WatermarkRadius"/> bits, or perceptual hash within the options' radius, with full recall
    /// inside these radii. A costlier search is left out where a cheaper one has named the record, unless the options ask for all.
    /// Of a video at most 256 frames are looked up, evenly from its whole length, and the 16 videos found that have most of them; a
    /// picture is also looked up among the frames of videos. At most <see cref="LookupOptions.MaxCandidates"/> records; revoked ones are
    /// among them.
    /// </summary>
    ValueTask<IReadOnlyList<EvidenceBundle>> FindAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken = default);

    /// <summary>One record's evidence as it stands now, or null if there is no such record.</summary>
    ValueTask<EvidenceBundle?> GetEvidenceAsync(RecordId recordId, CancellationToken cancellationToken = default);

    /// <summary>
    /// The evidence of a record, of its parent, of that one's parent and so on, at most <see cref="MaxCustodyLinks"/> ancestors;
    /// empty if there is no such record.
    /// </summary>
    ValueTask<IReadOnlyList<EvidenceBundle>> GetCustodyChainAsync(RecordId recordId, CancellationToken cancellationToken = default);

    /// <summary>Revokes a record; once revoked it stays so, and revoking again changes nothing.</summary>
    /// <returns>The revocation that stands.</returns>
    /// <exception cref="RegistryException">There is no such record, or it is another user's (<c>record_unknown</c>).</exception>
    /// <exception cref="ArgumentOutOfRangeException">The reason is longer than <see cref="Revocation.MaxReasonLength"/>.</exception>
    ValueTask<Revocation> RevokeAsync(RecordId recordId, string reason, CancellationToken cancellationToken = default);
}

/// <summary>What can be done with any registry.</summary>
public static class TectraApiExtensions
{
    /// <summary>
    /// Asks the registry for candidates and their chains of custody, and judges them here, in the caller's process. No public chain is
    /// asked: anchors in one are not judged (<c>chain_not_asked</c>).
    /// </summary>
    public static ValueTask<VerificationReport> VerifyAsync(
        this ITectraApi api, ObservedContent observed, VerificationPolicy policy, TimeProvider time, CancellationToken cancellationToken = default) =>
        VerifyAsync(api, observed, policy, static (_, _) => ValueTask.FromResult<IReadOnlyCollection<ChainReading>>([]), time, cancellationToken);

    /// <summary>The same, and asks the chains themselves about the candidates' anchors.</summary>
    public static ValueTask<VerificationReport> VerifyAsync(
        this ITectraApi api, ObservedContent observed, VerificationPolicy policy, EvmAnchorVerifier chains, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chains);
        return VerifyAsync(api, observed, policy, async (evidence, cancellation) => await chains.ReadAsync(evidence, cancellation).ConfigureAwait(false), time, cancellationToken);
    }

    /// <summary>The same with any way of reading chains.</summary>
    internal static async ValueTask<VerificationReport> VerifyAsync(
        this ITectraApi api,
        ObservedContent observed,
        VerificationPolicy policy,
        Func<IReadOnlyList<EvidenceBundle>, CancellationToken, ValueTask<IReadOnlyCollection<ChainReading>>> read,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(api);
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(time);
        var radius = observed.Video is null ? policy.PerceptualRadius : Math.Min(policy.SegmentRadius, VerificationPolicy.MaxPerceptualRadius);
        var options = new LookupOptions { PerceptualRadius = radius, IsExhaustive = policy.IsExhaustive };
        var evidence = await api.FindAsync(observed, options, cancellationToken).ConfigureAwait(false);
        var readings = await read(evidence, cancellationToken).ConfigureAwait(false);
        var report = Verifier.Verify(observed, evidence, EvidenceSource.Registry, policy, time.GetUtcNow(), readings, cancellationToken);
        if (report.Certificate is not { ParentRecordId: not null } certificate) return report;
        var chain = await api.GetCustodyChainAsync(certificate.RecordId, cancellationToken).ConfigureAwait(false);
        return report with { Chain = CustodyChain.Judge(chain, policy) };
    }
}
