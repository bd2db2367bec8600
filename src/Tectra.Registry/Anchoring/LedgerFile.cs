using Tectra.Sdk;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Interop;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Anchoring;

/// <summary>
/// A ledger in a local file: one JSON entry a line. Thread-safe; who appends keeps other processes from it.
/// </summary>
internal sealed class LedgerFile : ILedger
{
    private const byte LineFeed = (byte)'\n';

    private readonly string _path;
    private readonly ISigner _signer;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<byte[]> _lines = []; // complete lines read so far
    private long _length; // how many bytes they take
    private long _history; // goes up whenever lines that were read are gone

    public LedgerFile(string path, ISigner signer, TimeProvider time)
    {
        _path = path;
        _signer = signer;
        _time = time;
    }

    /// <summary>The key that signs entries.</summary>
    public PublicKey PublicKey => _signer.PublicKey;

    public ValueTask<long> RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Refresh();
            return ValueTask.FromResult(_history);
        }
    }

    /// <summary>
    /// A last line without its line feed is the rest of a write that was cut short and never acknowledged; it doesn't count.
    /// </summary>
    public ValueTask<LedgerEntry?> FindAsync(MerkleHash root, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Refresh();
            for (var i = _lines.Count - 1; i >= 0; i--)
            {
                if (LedgerChain.Parse(_lines[i], i) is var entry && entry.Root == root) return ValueTask.FromResult<LedgerEntry?>(entry);
            }
            return ValueTask.FromResult<LedgerEntry?>(null);
        }
    }

    public ValueTask<LedgerEntry> ReadAsync(long index, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Refresh();
            return ValueTask.FromResult(index >= 0 && index < _lines.Count
                ? LedgerChain.Parse(_lines[(int)index], index)
                : throw new RegistryException(ErrorCodes.LedgerDamaged, $"The ledger {_path} has no entry {index}: its end was cut off."));
        }
    }

    public async ValueTask<LedgerEntry> AppendAsync(MerkleHash root, int leafCount, CancellationToken cancellationToken)
    {
        LedgerEntry? last, beforeLast;
        lock (_gate)
        {
            Refresh();
            last = _lines.Count > 0 ? LedgerChain.Parse(_lines[^1], _lines.Count - 1) : null;
            beforeLast = _lines.Count > 1 ? LedgerChain.Parse(_lines[^2], _lines.Count - 2) : null;
        }
        var entry = await LedgerChain.SignNextAsync(beforeLast, last, root, leafCount, _signer, _time, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            using var stream = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            stream.SetLength(_length); // drops the rest of a write that was cut short
            stream.Seek(0, SeekOrigin.End);
            stream.Write([.. LedgerChain.Format(entry), LineFeed]);
            stream.Flush(flushToDisk: true);
            if (entry.Index == 0) Posix.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
        }
        return entry;
    }

    public ValueTask<int> AuditAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Forget(); // what was read before may have been changed on the disk since
            Refresh();
            LedgerEntry? previous = null;
            for (var i = 0; i < _lines.Count; i++)
            {
                var entry = LedgerChain.Parse(_lines[i], i);
                LedgerChain.Check(previous, entry, PublicKey);
                previous = entry;
            }
            return ValueTask.FromResult(_lines.Count);
        }
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
        if (_lines.Count > 0) _history++;
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
}
