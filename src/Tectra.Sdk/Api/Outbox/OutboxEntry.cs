using System.Globalization;
using System.Text;
using System.Text.Json;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;

namespace Tectra.Sdk.Api.Outbox;

/// <summary>The JSON form of a registration in the outbox. In <c>refused/</c> it also says why.</summary>
internal sealed record OutboxEntryDocument(string Type, string EnqueuedAt, RegistrationDocument Registration, OutboxRefusalDocument? Refusal = null)
{
    public const string TypeName = "https://tectra.vision/outbox-entry/v1";
}

/// <summary>Why the registry refused a registration, and when.</summary>
internal sealed record OutboxRefusalDocument(string Code, string Message, string RefusedAt);

/// <summary>One file of the outbox, read. Immutable.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="RecordId">The record that its certificate is about.</param>
/// <param name="Request">What to send.</param>
/// <param name="Document">The file's content.</param>
/// <param name="Length">Its length in bytes.</param>
internal sealed record OutboxEntry(string Name, RecordId RecordId, RegistrationRequest Request, OutboxEntryDocument Document, long Length)
{
    /// <summary>The longest file, in bytes; with what belongs into a registration it is well below that.</summary>
    public const int MaxBytes = 512 * 1024;

    public const string Extension = ".json";

    /// <summary>So many digits that names sort as numbers do.</summary>
    private const int NumberDigits = 19;

    /// <summary>A file name: it sorts by <paramref name="number"/>, and the suffix keeps processes apart.</summary>
    public static string NameOf(long number, string suffix) => string.Create(CultureInfo.InvariantCulture, $"{number:D19}-{suffix}{Extension}");

    /// <summary>The number in a file name; null if that isn't of this form.</summary>
    public static long? NumberOf(string name) =>
        name.Length > NumberDigits && name[NumberDigits] == '-' && long.TryParse(name.AsSpan(0, NumberDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Checks that a registration is one that can be read again and delivered.</summary>
    /// <exception cref="InvalidEvidenceException">The certificate is malformed.</exception>
    /// <exception cref="RegistryException">The metadata is too long (<c>metadata_too_long</c>).</exception>
    /// <exception cref="ArgumentException">The file name is too long.</exception>
    public static byte[] ToJson(RegistrationRequest request, DateTimeOffset now)
    {
        _ = Certificate.FromPayload(request.Envelope.Payload);
        if (request.MetadataJson is { } metadata && Encoding.UTF8.GetByteCount(metadata) > Metadata.MaxBytes)
            throw new RegistryException(ErrorCodes.MetadataTooLong, $"Metadata has at most {Metadata.MaxBytes} bytes. Shorten it.");
        if (request.OriginalFileName is { Length: > RegistrationRequest.MaxFileNameLength })
            throw new ArgumentException($"A file name has at most {RegistrationRequest.MaxFileNameLength} characters.", nameof(request));
        var document = new OutboxEntryDocument(OutboxEntryDocument.TypeName, UtcTimestamp.From(now).ToString(), RegistrationDocument.From(request));
        var json = JsonSerializer.SerializeToUtf8Bytes(document, Wire.Json.OutboxEntryDocument);
        return json.Length <= MaxBytes ? json : throw new InvalidEvidenceException(ErrorCodes.CertificateMalformed, $"The registration has {json.Length} bytes; at most {MaxBytes} are read.");
    }

    /// <summary>Reads a file of the outbox.</summary>
    /// <exception cref="InvalidEvidenceException">It isn't one (<c>outbox_entry_damaged</c>).</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static OutboxEntry Read(string path)
    {
        try
        {
            if (Interop.Posix.IsSpecial(path)) throw new FormatException("It is no regular file.");
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length > MaxBytes) throw new FormatException($"It is longer than {MaxBytes} bytes.");
            var json = new byte[stream.Length];
            stream.ReadExactly(json);
            var document = JsonSerializer.Deserialize(json, Wire.Json.OutboxEntryDocument) ?? throw new FormatException("It is null.");
            if (document.Type != OutboxEntryDocument.TypeName) throw new FormatException($"The type is not '{OutboxEntryDocument.TypeName}'.");
            var request = RegistrationDocument.ToRequest(document.Registration);
            return new OutboxEntry(Path.GetFileName(path), Certificate.FromPayload(request.Envelope.Payload).RecordId, request, document, json.Length);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidEvidenceException or EndOfStreamException or UnauthorizedAccessException)
        {
            throw new InvalidEvidenceException(ErrorCodes.OutboxEntryDamaged, $"{path} is not a registration that can be read: {e.Message}", e);
        }
    }

    /// <summary>The file's content with the reason why it was refused.</summary>
    public byte[] ToRefusedJson(RegistrationRefusal refusal, DateTimeOffset now) => JsonSerializer.SerializeToUtf8Bytes(
        Document with { Refusal = new OutboxRefusalDocument(refusal.Code, refusal.Message, UtcTimestamp.From(now).ToString()) }, Wire.IndentedJson.OutboxEntryDocument);
}
