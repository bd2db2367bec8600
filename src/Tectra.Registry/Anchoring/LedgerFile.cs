using System.Text.Json;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Interop;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring;

/// <summary>
/// A local, append-only file of batch roots: one JSON entry a line, each chained to the one before it and signed. It shows
/// tampering to whoever trusts its key; it is not a public chain. The caller serialises access, across processes too.
/// </summary>
internal sealed class LedgerFile
{
    private const byte LineFeed = (byte)'\n';

    private readonly string _path;
    private readonly ISigner _signer;
    private readonly TimeProvider _time;
    private readonly List<byte[]> _lines = []; // complete lines read so far
    private long _length; // how many bytes they take

    public LedgerFile(string path, ISigner signer, TimeProvider time)
    {
        _path = path;
        _signer = signer;
        _time = time;
    }

    /// <summary>The key that signs entries.</summary>
    public PublicKey PublicKey => _signer.PublicKey;

    /// <summary>
    /// All entries, oldest first. A last line without its line feed is the rest of a write that was cut short and never
    /// acknowledged; it is left out.
    /// </summary>
    /// <exception cref="RegistryException">A line isn't an entry (<c>ledger_damaged</c>).</exception>
    public IReadOnlyList<LedgerEntry> ReadAll()
    {
        Refresh();
        return [.. _lines.Select((line, index) => Parse(line, index))];
    }

    /// <summary>One entry.</summary>
    /// <exception cref="RegistryException">There is no such entry, or it is damaged (<c>ledger_damaged</c>).</exception>
    public LedgerEntry Read(long index)
    {
        Refresh();
        return index >= 0 && index < _lines.Count
            ? Parse(_lines[(int)index], index)
            : throw new RegistryException(ErrorCodes.LedgerDamaged, $"The ledger {_path} has no entry {index}: its end was cut off.");
    }

    /// <summary>Appends an entry and returns when it is on the disk.</summary>
    /// <exception cref="RegistryException">The entry before it was changed, or is signed by another key (<c>ledger_damaged</c>).</exception>
    public async ValueTask<LedgerEntry> AppendAsync(MerkleHash root, int leafCount, CancellationToken cancellationToken)
    {
        Refresh();
        var last = _lines.Count == 0 ? null : Parse(_lines[^1], _lines.Count - 1);
        if (last is not null) Check(last, _lines.Count == 1 ? default : Parse(_lines[^2], _lines.Count - 2).Hash);
        var draft = new LedgerEntry
        {
            Index = _lines.Count,
            PreviousHash = last?.Hash ?? default,
            Root = root,
            LeafCount = leafCount,
            Timestamp = UtcTimestamp.From(_time.GetUtcNow()),
            PublicKey = _signer.PublicKey,
            Signature = default,
        };
        var entry = draft with { Signature = await _signer.SignAsync(draft.ToSignedMessage(), cancellationToken).ConfigureAwait(false) };
        var line = JsonSerializer.SerializeToUtf8Bytes(LedgerEntryDocument.From(entry), Wire.Json.LedgerEntryDocument);
        using var stream = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        stream.SetLength(_length); // drops the rest of a write that was cut short
        stream.Seek(0, SeekOrigin.End);
        stream.Write([.. line, LineFeed]);
        stream.Flush(flushToDisk: true);
        if (entry.Index == 0) Posix.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        return entry;
    }

    /// <summary>Checks every link and signature from the first entry to the last.</summary>
    /// <exception cref="RegistryException">An entry was changed, removed, inserted or signed by another key (<c>ledger_damaged</c>).</exception>
    public int Audit()
    {
        var previous = default(Sha256Digest);
        Forget(); // what was read before may have been changed on the disk since
        var entries = ReadAll();
        foreach (var entry in entries)
        {
            Check(entry, previous);
            previous = entry.Hash;
        }
        return entries.Count;
    }

    /// <summary>Reads what was appended since the last time, by this process or another.</summary>
    private void Refresh()
    {
        if (!File.Exists(_path))
        {
            Forget();
            return;
        }
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (!HoldsLastLine(stream)) Forget();
        stream.Seek(_length, SeekOrigin.Begin);
        var added = new byte[stream.Length - _length];
        stream.ReadExactly(added);
        ReadOnlySpan<byte> rest = added;
        for (int end; (end = rest.IndexOf(LineFeed)) >= 0; rest = rest[(end + 1)..])
        {
            _lines.Add(rest[..end].ToArray());
            _length += end + 1;
        }
    }

    private void Forget()
    {
        _lines.Clear();
        _length = 0;
    }

    /// <summary>Whether the file still has the last line that was read where it was; if not, it was cut off or replaced.</summary>
    private bool HoldsLastLine(FileStream stream)
    {
        if (_lines.Count == 0) return true;
        if (stream.Length < _length) return false;
        var line = new byte[_lines[^1].Length + 1];
        stream.Seek(_length - line.Length, SeekOrigin.Begin);
        stream.ReadExactly(line);
        return line[^1] == LineFeed && line.AsSpan(0, line.Length - 1).SequenceEqual(_lines[^1]);
    }

    private void Check(LedgerEntry entry, Sha256Digest previous)
    {
        if (entry.PublicKey != PublicKey)
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Entry {entry.Index} of the ledger {_path} is signed by the key {entry.PublicKey.KeyId}, not by this registry's ledger key {PublicKey.KeyId}.");
        if (entry.PreviousHash != previous || !entry.VerifySignature())
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Entry {entry.Index} of the ledger {_path} was changed, or does not follow from the one before it. Put the file back from its backup.");
    }

    private LedgerEntry Parse(byte[] line, long index)
    {
        try
        {
            var entry = LedgerEntryDocument.ToEntry(JsonSerializer.Deserialize(line, Wire.Json.LedgerEntryDocument) ?? throw new FormatException("It is null."));
            return entry.Index == index ? entry : throw new FormatException($"It is entry {entry.Index}.");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new RegistryException(ErrorCodes.LedgerDamaged, $"Line {index + 1} of the ledger {_path} is damaged: {e.Message}", e);
        }
    }
}
