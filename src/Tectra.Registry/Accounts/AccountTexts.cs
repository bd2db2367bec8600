using System.Buffers;
using System.Globalization;
using System.Text;
using Tectra.Sdk;

namespace Tectra.Registry.Accounts;

/// <summary>The rules for what people type: names, e-mail addresses, passwords.</summary>
internal static class AccountTexts
{
    public const int MaxNameLength = 256;

    public const int MaxEmailLength = 254; // RFC 5321 section 4.5.3.1.3, without the brackets

    private const int MaxLocalLength = 64;

    private static readonly SearchValues<char> LocalCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~.-");

    private static readonly SearchValues<char> DomainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    /// <summary>A name as it is stored: exactly as given.</summary>
    /// <exception cref="RegistryException">It isn't 1 to 256 printable characters (<c>request_malformed</c>).</exception>
    public static string CheckName(string name, string what) => name.Length is > 0 and <= MaxNameLength && IsPrintable(name)
        ? name
        : throw Malformed($"The {what} has 1 to {MaxNameLength} printable characters.");

    /// <summary>Whether a text has neither control characters, nor line or paragraph separators, nor lone surrogates.</summary>
    public static bool IsPrintable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            // A lone surrogate is enumerated as the replacement character.
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) return false;
        }
        return true;
    }

    /// <summary>An address as it is stored and compared: trimmed, in lower case. Only the plain form of RFC 5321 is taken, in ASCII.</summary>
    /// <exception cref="RegistryException">It isn't such an address (<c>request_malformed</c>).</exception>
    public static string NormaliseEmail(string email) => TryNormaliseEmail(email) ?? throw Malformed($"The e-mail address isn't one, or has more than {MaxEmailLength} characters.");

    /// <inheritdoc cref="NormaliseEmail"/>
    /// <returns>The address, or null if it isn't one.</returns>
    public static string? TryNormaliseEmail(string email)
    {
        if (email.Length > 2 * MaxEmailLength) return null;
        var address = email.Trim().ToLowerInvariant();
        var at = address.LastIndexOf('@');
        if (address.Length > MaxEmailLength || at is < 1 or > MaxLocalLength) return null;
        var local = address.AsSpan(0, at);
        var domain = address.AsSpan(at + 1);
        return !local.ContainsAnyExcept(LocalCharacters) && HasLabels(local) && !domain.ContainsAnyExcept(DomainCharacters) && domain.Contains('.') && HasLabels(domain) ? address : null;
    }

    /// <summary>Checks a new password.</summary>
    /// <exception cref="RegistryException">It is too short or too long (<c>request_malformed</c>).</exception>
    public static void CheckPassword(string password)
    {
        if (password.Length is < PasswordHasher.MinLength or > PasswordHasher.MaxLength)
            throw Malformed($"A password has {PasswordHasher.MinLength} to {PasswordHasher.MaxLength} characters.");
    }

    private static RegistryException Malformed(string message) => new(ErrorCodes.RequestMalformed, message);

    private static bool HasLabels(ReadOnlySpan<char> dotted) => dotted[0] != '.' && dotted[^1] != '.' && dotted.IndexOf("..", StringComparison.Ordinal) < 0;
}
