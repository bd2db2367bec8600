using System.Text.Json;
using Tectra.Cli.Commands;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;

namespace Tectra.Cli.Batch;

/// <summary>
/// Signed files on their way into an output folder, in a hidden folder of it. A file is delivered in five steps, each of which can be repeated:
/// content to the disk; a note with the registration beside it; registration; content to its name; line in the manifest, after which the note
/// goes. Whatever a crash leaves behind is either finished from its note, or was never registered and is removed: no file is
/// signed twice. For one process at a time, which holds <see cref="OpenAsync"/>'s lock.
/// </summary>
internal sealed class SigningSpool : IDisposable
{
    private const string FolderName = ".tectra-signing", NoteExtension = ".json", ContentExtension = ".content", LockName = "lock";
    private const int MaxNoteBytes = 2 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _output;
    private readonly string _folder;
    private readonly FileLock _lock;

    private SigningSpool(string output, string folder, FileLock held)
    {
        _output = output;
        _folder = folder;
        _lock = held;
    }

    /// <summary>Whether a name in an output folder is the spool's.</summary>
    public static bool IsFolder(string name) => name == FolderName;

    /// <summary>Opens the spool of an output folder.</summary>
    /// <exception cref="ArgumentException">Another process signs into the folder.</exception>
    public static async Task<SigningSpool> OpenAsync(string output, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(output, FolderName);
        Directory.CreateDirectory(folder);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return new SigningSpool(output, folder, await FileLock.AcquireAsync(Path.Combine(folder, LockName), TimeProvider.System, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArgumentException($"Another process signs into '{output}'. Wait for it, or choose another folder.");
        }
    }

    /// <summary>Puts a signed file on the disk with all that is needed to deliver it.</summary>
    /// <param name="entry">What will be reported.</param>
    /// <param name="registration">What will be registered.</param>
    /// <param name="content">Puts the content on the disk, to get a given name.</param>
    /// <param name="report">Is told in the end; what it does may be repeated after a crash.</param>
    public async Task<SpooledFile> AddAsync(BatchEntry entry, RegistrationRequest registration, Func<string, Task<AtomicFile>> content, Action<BatchEntry, RegistrationState> report)
    {
        var note = Path.Combine(_folder, entry.RecordId + NoteExtension);
        var staged = Path.Combine(_folder, entry.RecordId + ContentExtension);
        var document = new SpoolDocument(SpoolDocument.TypeName, entry.Output!, RegistrationDocument.From(registration), entry);
        try
        {
            using (var written = await content(staged).ConfigureAwait(false)) written.Commit();
            AtomicFile.Write(note, JsonSerializer.SerializeToUtf8Bytes(document, CliJson.Lean.SpoolDocument));
        }
        catch
        {
            File.Delete(staged);
            throw;
        }
        return new SpooledFile(document, registration, Path.Combine(_output, entry.Output!), staged, note, report);
    }

    /// <summary>The files that an earlier process didn't finish. What it had only begun is removed.</summary>
    public IReadOnlyList<SpooledFile> Recover(Action<BatchEntry, RegistrationState> report)
    {
        var found = new List<SpooledFile>();
        foreach (var note in Directory.EnumerateFiles(_folder, "*" + NoteExtension).Order(StringComparer.Ordinal))
        {
            if (TryRead(note) is not { } document) continue;
            var registration = RegistrationDocument.ToRequest(document.Registration);
            var file = new SpooledFile(document, registration, Path.Combine(_output, document.Target), Path.ChangeExtension(note, ContentExtension), note, report);
            if (file.IsWhole()) found.Add(file);
        }
        var kept = found.SelectMany(file => new[] { file.Note, file.Staged }).Append(Path.Combine(_folder, LockName)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(_folder).Where(path => !kept.Contains(path))) File.Delete(path);
        return found;
    }

    /// <summary>Gives the folder free, and removes it when nothing is in it.</summary>
    public void Dispose()
    {
        try
        {
            var only = Directory.EnumerateFileSystemEntries(_folder).Take(2).Count() == 1;
            if (only) File.Delete(Path.Combine(_folder, LockName));
            _lock.Dispose();
            if (only) Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // Another process has come, or the disk is gone: the folder stays, and does no harm.
        }
        catch (UnauthorizedAccessException)
        {
        }
        finally
        {
            _lock.Dispose();
        }
    }

    private static SpoolDocument? TryRead(string note)
    {
        try
        {
            if (new FileInfo(note).Length > MaxNoteBytes) return null;
            return JsonSerializer.Deserialize(File.ReadAllBytes(note), CliJson.Lean.SpoolDocument) is { Type: SpoolDocument.TypeName, Entry.Sha256: not null } document ? document : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>A signed file in the spool, and how it is delivered.</summary>
internal sealed record SpooledFile(SpoolDocument Document, RegistrationRequest Request, string Path, string Staged, string Note, Action<BatchEntry, RegistrationState> OnReport)
    : SignedFile(Document.Entry.File, Path)
{
    public override RegistrationRequest Registration => Request;

    public override ValueTask<AtomicFile?> StageAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Staged)) return ValueTask.FromResult<AtomicFile?>(null); // it has its name already
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Target)!);
        return ValueTask.FromResult<AtomicFile?>(AtomicFile.OfStaged(Staged, Target));
    }

    public override SignedFile WithoutContent() => this;

    public override void Report(CommandOutput console, RegistrationState state)
    {
        OnReport(Document.Entry, state);
        File.Delete(Note);
    }

    public override void Refuse(CommandOutput console, ErrorDocument refusal)
    {
        OnReport(Document.Entry with { Status = BatchEntry.Failed, Error = refusal }, new RegistrationState("refused"));
        File.Delete(Note);
    }

    /// <summary>Whether the content is there as it was signed, in the spool or under its name.</summary>
    public bool IsWhole()
    {
        var path = File.Exists(Staged) ? Staged : Target;
        if (!File.Exists(path)) return false;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        using var sha256 = System.Security.Cryptography.SHA256.Create();
        return new Sha256Digest(sha256.ComputeHash(stream)).ToString() == (Document.Entry.WatermarkedSha256 ?? Document.Entry.Sha256);
    }
}
