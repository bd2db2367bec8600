using System.Buffers;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Certificates;

/// <summary>
/// The free-form metadata of a record as text: a JSON object of strings, keys in ordinal order, no white space. The
/// certificate holds the SHA-256 of the text's UTF-8 bytes; the text itself is registered beside it.
/// </summary>
public static class Metadata
{
    /// <summary>The longest metadata text, in UTF-8 bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The text of a set of entries; null for an empty set.</summary>
    /// <exception cref="ArgumentException">The text would be longer than <see cref="MaxBytes"/>.</exception>
    public static string? ToJson(IReadOnlyDictionary<string, string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Count == 0) return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Api.Wire.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in entries.OrderBy(entry => entry.Key, StringComparer.Ordinal)) writer.WriteString(key, value);
            writer.WriteEndObject();
        }
        if (buffer.WrittenCount > MaxBytes)
            throw new ArgumentException($"Metadata has at most {MaxBytes} bytes; this has {buffer.WrittenCount}.", nameof(entries));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The digest that a certificate holds of a metadata text.</summary>
    public static Sha256Digest Digest(string json) => Sha256Digest.Compute(Encoding.UTF8.GetBytes(json));
}
