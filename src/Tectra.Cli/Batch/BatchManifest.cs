using System.Text.Json;
using Tectra.Cli.Output;
using Tectra.Sdk.Interop;

namespace Tectra.Cli.Batch;

/// <summary>The file <c>tectra-batch.jsonl</c> of an output folder: a line for every file that was signed or failed, the last one of a file counts. For one thread.</summary>
internal sealed class BatchManifest : IDisposable
{
    public const string FileName = "tectra-batch.jsonl";

    private readonly FileStream _stream;
    private readonly Dictionary<string, BatchEntry> _entries = new(StringComparer.Ordinal);

    private BatchManifest(FileStream stream) => _stream = stream;

    /// <summary>The last line of every file, by its name.</summary>
    public IEnumerable<BatchEntry> Entries => _entries.Values.OrderBy(entry => entry.File, StringComparer.Ordinal);

    /// <summary>Opens the manifest of an output folder, or makes it. What a crash left of a last line is cut off.</summary>
    /// <exception cref="ArgumentException">A line isn't one of a manifest.</exception>
    public static BatchManifest Open(string output)
    {
        var path = Path.Combine(output, FileName);
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            var manifest = new BatchManifest(stream);
            manifest.Read(path);
            if (stream.Length == 0) Posix.FlushDirectory(output);
            return manifest;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>What is known of a file; null if nothing.</summary>
    public BatchEntry? Find(string file) => _entries.GetValueOrDefault(file);

    /// <summary>Adds a line; it is on the disk when this comes back.</summary>
    public void Add(BatchEntry entry)
    {
        _stream.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, CliJson.Lean.BatchEntry), (byte)'\n']);
        _stream.Flush(flushToDisk: true);
        _entries[entry.File] = entry;
    }

    public void Dispose() => _stream.Dispose();

    private void Read(string path)
    {
        long end = 0;
        var number = 0;
        using (var reader = new StreamReader(_stream, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line)
            {
                number++;
                var next = end + System.Text.Encoding.UTF8.GetByteCount(line) + 1;
                if (next > _stream.Length) break; // without the end of the line: it was being written
                end = next;
                try
                {
                    if (JsonSerializer.Deserialize(line, CliJson.Lean.BatchEntry) is { } entry) _entries[entry.File] = entry;
                }
                catch (JsonException)
                {
                    throw new ArgumentException($"Line {number} of '{path}' is no line of a batch's manifest. Move the file away, or sign into another folder.");
                }
            }
        }
        _stream.SetLength(end);
        _stream.Seek(0, SeekOrigin.End);
    }
}
