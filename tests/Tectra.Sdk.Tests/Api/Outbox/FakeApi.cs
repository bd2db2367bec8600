using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Tests.Api.Outbox;

/// <summary>A registry in memory that only registers. It counts who registers at the same time.</summary>
internal sealed class FakeApi : ITectraApi
{
    private int _inside;

    /// <summary>What to answer to a record; null registers it.</summary>
    public Func<RecordId, RegistrationOutcome?> Judge { get; set; } = _ => null;

    /// <summary>Called with a batch before it is registered; may throw.</summary>
    public Action<IReadOnlyList<RecordId>> Arrived { get; set; } = _ => { };

    public List<IReadOnlyList<RecordId>> Batches { get; } = [];

    public List<RecordId> Registered { get; } = [];

    public int MostAtOnce { get; private set; }

    public async ValueTask<IReadOnlyList<RegistrationOutcome>> RegisterBatchAsync(IReadOnlyList<RegistrationRequest> requests, CancellationToken cancellationToken = default)
    {
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _inside));
        await Task.Yield();
        try
        {
            var ids = requests.Select(request => Certificate.FromPayload(request.Envelope.Payload).RecordId).ToList();
            Batches.Add(ids);
            Arrived(ids);
            return [.. ids.Select(Register)];
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public ValueTask<RegistrationReceipt> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<EvidenceBundle>> FindAsync(ObservedContent observed, LookupOptions options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<EvidenceBundle?> GetEvidenceAsync(RecordId recordId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<EvidenceBundle>> GetCustodyChainAsync(RecordId recordId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<Revocation> RevokeAsync(RecordId recordId, string reason, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private RegistrationOutcome Register(RecordId id)
    {
        if (Judge(id) is { } outcome) return outcome;
        var known = Registered.Contains(id);
        if (!known) Registered.Add(id);
        return RegistrationOutcome.Registered(new RegistrationReceipt(id, known));
    }
}
