using System.Globalization;
using System.Text.Json;

namespace Tectra.Sdk.Evm;

/// <summary>
/// The hexadecimal of an EVM chain's JSON-RPC. Quantities are written without leading zeros, as the execution API lays down; when
/// reading, leading zeros and upper-case digits pass, since nodes differ and they change no value. Everything else throws a
/// <see cref="FormatException"/>.
/// </summary>
internal static class EvmHex
{
    private const string Prefix = "0x";
    private const int MaxQuantityDigits = 64;
    private const long LastSecond = 253_402_300_799; // of the year 9999

    /// <summary>A number, as it is sent.</summary>
    public static string Quantity(UInt128 value) => value == 0 ? "0x0" : Prefix + value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');

    /// <summary>A block's or transaction's number, as it is sent.</summary>
    public static string Number(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        return Quantity((UInt128)value);
    }

    /// <summary>Bytes, as they are sent.</summary>
    public static string Data(ReadOnlySpan<byte> bytes) => Prefix + Convert.ToHexStringLower(bytes);

    /// <summary>Reads a number below 2¹²⁸: amounts of wei are far below.</summary>
    public static UInt128 ReadQuantity(JsonElement value)
    {
        var text = Text(value);
        if (text.Length <= Prefix.Length || text.Length > Prefix.Length + MaxQuantityDigits || !text.StartsWith(Prefix, StringComparison.Ordinal))
            throw new FormatException("A quantity is 0x and hexadecimal digits.");
        return UInt128.TryParse(text.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException("A quantity is no hexadecimal number, or is greater than can be.");
    }

    /// <summary>Reads a number below 2⁶³: of a block, of a transaction, of gas.</summary>
    public static long ReadNumber(JsonElement value)
    {
        var number = ReadQuantity(value);
        return number <= (UInt128)long.MaxValue ? (long)number : throw new FormatException("A number is greater than can be.");
    }

    /// <summary>Reads a moment, given as seconds since 1970.</summary>
    public static DateTimeOffset ReadTime(JsonElement value) => ToTime(ReadQuantity(value));

    /// <summary>A moment from its seconds since 1970.</summary>
    public static DateTimeOffset ToTime(UInt128 seconds) =>
        seconds <= (UInt128)LastSecond ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : throw new FormatException("A time lies beyond the year 9999.");

    /// <summary>Reads bytes.</summary>
    public static byte[] ReadData(JsonElement value)
    {
        var text = Text(value);
        return text.StartsWith(Prefix, StringComparison.Ordinal) ? Convert.FromHexString(text.AsSpan(Prefix.Length)) : throw new FormatException("Data is 0x and hexadecimal digits.");
    }

    /// <summary>Reads 32 bytes.</summary>
    public static EvmHash ReadHash(JsonElement value)
    {
        var bytes = ReadData(value);
        return bytes.Length == EvmHash.LengthBytes ? new EvmHash(bytes) : throw new FormatException("A hash has 32 bytes.");
    }

    /// <summary>Reads 20 bytes; the case of the digits is the node's own affair.</summary>
    public static EvmAddress ReadAddress(JsonElement value)
    {
        var bytes = ReadData(value);
        return bytes.Length == EvmAddress.LengthBytes ? new EvmAddress(bytes) : throw new FormatException("An address has 20 bytes.");
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException("Hexadecimal in a string was expected.");
}
