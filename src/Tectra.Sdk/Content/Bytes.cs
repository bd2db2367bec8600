using System.Runtime.CompilerServices;

namespace Tectra.Sdk.Content;

/// <summary>Thirty-two bytes held in the value itself: the storage of digests and public keys.</summary>
[InlineArray(32)]
internal struct Bytes32
{
    private byte _first;

    public static Bytes32 From(ReadOnlySpan<byte> bytes)
    {
        var result = default(Bytes32);
        bytes.CopyTo(result);
        return result;
    }
}

/// <summary>Sixty-four bytes held in the value itself: the storage of signatures.</summary>
[InlineArray(64)]
internal struct Bytes64
{
    private byte _first;

    public static Bytes64 From(ReadOnlySpan<byte> bytes)
    {
        var result = default(Bytes64);
        bytes.CopyTo(result);
        return result;
    }
}

/// <summary>The product's one spelling of bytes as text: lower-case hexadecimal, no prefix, exact length.</summary>
internal static class LowerHex
{
    /// <summary>Fills <paramref name="destination"/> from exactly twice as many characters of 0-9 and a-f.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != 2 * destination.Length) return false;
        for (var i = 0; i < destination.Length; i++)
        {
            int high = Digit(text[2 * i]), low = Digit(text[(2 * i) + 1]);
            if ((high | low) < 0) return false;
            destination[i] = (byte)((high << 4) | low);
        }
        return true;
    }

    public static string Format(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static int Digit(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        _ => -1,
    };
}
