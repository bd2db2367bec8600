using System.Globalization;

namespace Tectra.Sdk.Content;

/// <summary>
/// A moment as RFC 3339 text in UTC with an upper-case <c>T</c> and <c>Z</c>. The text itself is kept, because it is part
/// of what is signed: <c>12:00:00Z</c> and <c>12:00:00.000Z</c> are the same moment and different messages. Immutable.
/// </summary>
public readonly struct UtcTimestamp : IEquatable<UtcTimestamp>, IComparable<UtcTimestamp>
{
    private const string SecondsPattern = "yyyy-MM-dd'T'HH:mm:ss";
    private const int SecondsLength = 19;
    private const int MaxFractionDigits = 7;
    private readonly string? _text;

    private UtcTimestamp(string text, DateTimeOffset moment)
    {
        _text = text;
        Moment = moment;
    }

    /// <summary>The moment, with the precision the text has.</summary>
    public DateTimeOffset Moment { get; }

    /// <summary>Whether two texts are the same.</summary>
    public static bool operator ==(UtcTimestamp left, UtcTimestamp right) => left.Equals(right);

    /// <summary>Whether two texts differ.</summary>
    public static bool operator !=(UtcTimestamp left, UtcTimestamp right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> is the earlier moment.</summary>
    public static bool operator <(UtcTimestamp left, UtcTimestamp right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is the later moment.</summary>
    public static bool operator >(UtcTimestamp left, UtcTimestamp right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is the earlier or the same moment.</summary>
    public static bool operator <=(UtcTimestamp left, UtcTimestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is the later or the same moment.</summary>
    public static bool operator >=(UtcTimestamp left, UtcTimestamp right) => left.CompareTo(right) >= 0;

    /// <summary>A moment in this product's own spelling, cut (not rounded) to milliseconds: <c>2026-01-31T23:59:59.123Z</c>.</summary>
    public static UtcTimestamp From(DateTimeOffset moment)
    {
        var utc = moment.ToUniversalTime();
        utc = new DateTimeOffset(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
        return new UtcTimestamp(utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), utc);
    }

    /// <summary>Reads a timestamp.</summary>
    /// <exception cref="FormatException">The text isn't <c>yyyy-MM-ddTHH:mm:ss[.f…]Z</c> with at most seven digits of a second.</exception>
    public static UtcTimestamp Parse(string text) => TryParse(text, out var timestamp)
        ? timestamp
        : throw new FormatException("A timestamp is RFC 3339 in UTC, such as 2026-01-31T23:59:59.123Z.");

    /// <summary>Reads a timestamp; false for text in any other form, or no text.</summary>
    public static bool TryParse(string? text, out UtcTimestamp timestamp)
    {
        timestamp = default;
        if (text is null || text.Length <= SecondsLength || text[^1] != 'Z') return false;
        if (!DateTime.TryParseExact(text.AsSpan(0, SecondsLength), SecondsPattern, CultureInfo.InvariantCulture, DateTimeStyles.None, out var seconds))
            return false;
        var ticks = 0L;
        var fraction = text.AsSpan(SecondsLength, text.Length - SecondsLength - 1);
        if (!fraction.IsEmpty)
        {
            if (fraction[0] != '.' || fraction.Length is < 2 or > MaxFractionDigits + 1) return false;
            for (var i = 1; i <= MaxFractionDigits; i++)
            {
                var digit = i < fraction.Length ? fraction[i] - '0' : 0;
                if (digit is < 0 or > 9) return false;
                ticks = (ticks * 10) + digit;
            }
        }
        timestamp = new UtcTimestamp(text, new DateTimeOffset(seconds.Ticks + ticks, TimeSpan.Zero));
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(UtcTimestamp other) => Moment.CompareTo(other.Moment);

    /// <summary>Whether the texts are the same, character for character.</summary>
    public bool Equals(UtcTimestamp other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UtcTimestamp other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text, exactly as it was read or made.</summary>
    public override string ToString() => _text ?? "0001-01-01T00:00:00Z";
}
