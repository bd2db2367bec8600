using System.Diagnostics.CodeAnalysis;

namespace Tectra.Sdk.Content;

/// <summary>The name of a record: a UUID (RFC 9562, version 7 when made here) in lower case with hyphens. Immutable.</summary>
public readonly record struct RecordId
{
    private readonly Guid _value;

    private RecordId(Guid value) => _value = value;

    /// <summary>A new id that sorts by time.</summary>
    public static RecordId Create(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new RecordId(Guid.CreateVersion7(time.GetUtcNow()));
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text isn't a UUID in lower case with hyphens.</exception>
    public static RecordId Parse(string text) => TryParse(text, out var id)
        ? id
        : throw new FormatException("A record id is a UUID in lower case with hyphens.");

    /// <summary>Reads an id; false for text in any other form, or no text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RecordId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty && value.ToString("D") == text;
        id = parsed ? new RecordId(value) : default;
        return parsed;
    }

    /// <summary>The id in lower case with hyphens.</summary>
    public override string ToString() => _value.ToString("D");
}
