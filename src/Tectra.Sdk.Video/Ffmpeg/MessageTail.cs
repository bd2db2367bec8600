using System.Buffers.Text;
using System.Text;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>
/// What a program writes to standard error, in bounded memory: the last lines are kept, and reports of decoded frames (<c>frame:0 pts:512 …</c>)
/// are handed on. Written by one thread.
/// </summary>
internal sealed class MessageTail
{
    private const int MaxLine = 1024, MaxTail = 4096;

    private readonly Action<long>? _decoded;
    private readonly byte[] _line = new byte[MaxLine];
    private readonly Queue<string> _tail = [];
    private int _length, _kept;

    public MessageTail(Action<long>? decoded) => _decoded = decoded;

    /// <summary>The last few kilobytes. Complete when the program has ended.</summary>
    public string Text
    {
        get
        {
            lock (_tail) return string.Join('\n', _tail);
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // A longer line comes in parts.
            var end = bytes.IndexOf((byte)'\n');
            var part = bytes[..Math.Min(end < 0 ? bytes.Length : end, MaxLine - _length)];
            part.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
            bytes = bytes[(part.Length == end ? end + 1 : part.Length)..];
            if (part.Length == end || _length == MaxLine) Finish();
        }
    }

    private void Finish()
    {
        var line = _line.AsSpan(0, _length);
        _length = 0;
        if (_decoded is not null && (line.StartsWith("frame:"u8) || line.StartsWith(LumaFilter.ToldKey)))
        {
            var at = line.IndexOf(" pts:"u8);
            if (at >= 0 && Utf8Parser.TryParse(line[(at + " pts:".Length)..], out long time, out _)) _decoded(time);
            return;
        }
        var text = Encoding.UTF8.GetString(line);
        lock (_tail)
        {
            _tail.Enqueue(text);
            for (_kept += text.Length + 1; _kept > MaxTail; _kept -= _tail.Dequeue().Length + 1)
            {
            }
        }
    }
}
