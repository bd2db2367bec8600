namespace Tectra.Sdk.Api.Outbox;

/// <summary>One run of deliveries: reads batches, sends them, and puts every registration where its outcome says. For one thread.</summary>
internal sealed class OutboxDelivery(OutboxFolder folder, ITectraApi api, TimeProvider time)
{
    private int _delivered, _refused;

    /// <summary>Why the registry can't be used now; null while it can.</summary>
    public RegistrationRefusal? Problem { get; private set; }

    /// <summary>How many registrations were taken out or set aside.</summary>
    public int Settled => _delivered + _refused;

    public OutboxFlush Result => new(_delivered, _refused, Problem);

    /// <summary>Reads the next files, as many as fit into a request. Damaged ones are set aside.</summary>
    public List<OutboxEntry> ReadBatch(List<string> names, ref int next, long maxBytes)
    {
        var batch = new List<OutboxEntry>();
        for (var bytes = 0L; next < names.Count && batch.Count < ITectraApi.MaxBatch; next++)
        {
            if (TryRead(names[next]) is not { } entry) continue;
            bytes += entry.Length;
            if (bytes > maxBytes && batch.Count > 0) break;
            batch.Add(entry);
        }
        return batch;
    }

    /// <summary>Sends a batch and files every outcome.</summary>
    public async Task DeliverAsync(List<OutboxEntry> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return;
        try
        {
            var outcomes = await api.RegisterBatchAsync([.. batch.Select(entry => entry.Request)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < batch.Count; i++) Settle(batch[i], outcomes[i]);
        }
        catch (TectraException e) when (IsAboutContent(e) && batch.Count == 1)
        {
            Refuse(batch[0], new RegistrationRefusal(e.Code, e.Message));
        }
        catch (TectraException e) when (IsAboutContent(e))
        {
            // One of them spoils the request: the halves show which.
            await DeliverAsync(batch[..(batch.Count / 2)], cancellationToken).ConfigureAwait(false);
            if (Problem is null) await DeliverAsync(batch[(batch.Count / 2)..], cancellationToken).ConfigureAwait(false);
        }
        catch (TectraException e)
        {
            Problem = new RegistrationRefusal(e.Code, e.Message);
        }
        finally
        {
            folder.Flush();
        }
    }

    /// <summary>Whether the request was refused for what is in it. Any other error is the registry's or the network's, and passes.</summary>
    private static bool IsAboutContent(TectraException e) =>
        e is InvalidEvidenceException || e.Code is ErrorCodes.RequestMalformed or ErrorCodes.RequestTooLarge;

    /// <summary>Refusals that are not about the record: it stays where it is.</summary>
    private static bool IsPassing(string code) => code is ErrorCodes.RegistryUnavailable or ErrorCodes.RegistryUnreachable or ErrorCodes.RateLimited;

    private void Settle(OutboxEntry entry, RegistrationOutcome outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            if (IsPassing(refusal.Code)) Problem ??= refusal;
            else Refuse(entry, refusal);
        }
        else if (outcome.Receipt?.RecordId == entry.RecordId)
        {
            folder.Remove(entry.Name);
            _delivered++;
        }
        else
        {
            Problem ??= new RegistrationRefusal(ErrorCodes.RegistryAnswerMalformed, $"The registry acknowledged another record than {entry.RecordId}. Check TECTRA_API_URL.");
        }
    }

    private void Refuse(OutboxEntry entry, RegistrationRefusal refusal)
    {
        folder.Refuse(entry.Name, entry.ToRefusedJson(refusal, time.GetUtcNow()));
        _refused++;
    }

    private OutboxEntry? TryRead(string name)
    {
        try
        {
            return OutboxEntry.Read(folder.PathOf(name));
        }
        catch (InvalidEvidenceException)
        {
            folder.SetDamagedAside(name);
            _refused++;
            return null;
        }
        catch (FileNotFoundException)
        {
            return null; // somebody took it away by hand
        }
    }
}
