using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Tectra.Server.Endpoints;

/// <summary>
/// Where a list goes on: after a record, whatever was registered since. Clients give it back as they got it.
/// </summary>
internal static class RecordCursor
{
    private const byte Version = 1;
    private const int LengthBytes = 1 + sizeof(long);

    public static string Format(long sequence)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], sequence);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="FormatException">The text is no cursor.</exception>
    public static long Parse(string text)
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        return text.Length == Base64Url.GetEncodedLength(LengthBytes) && Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done
            && written == LengthBytes && bytes[0] == Version
            ? BinaryPrimitives.ReadInt64BigEndian(bytes[1..])
            : throw new FormatException("The cursor is the next_cursor of the page before; without one the list begins.");
    }
}
