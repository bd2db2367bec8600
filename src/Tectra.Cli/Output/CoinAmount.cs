using System.Globalization;
using Tectra.Sdk.Evm;

namespace Tectra.Cli.Output;

/// <summary>Amounts of a chain's coin as text: exact for machines, short for people.</summary>
internal static class CoinAmount
{
    private const int CoinDecimals = 18, GweiDecimals = 9, ShownDigits = 6;

    /// <summary>Coins, exactly.</summary>
    public static string Coins(UInt128 wei) => Exact(wei, CoinDecimals);

    /// <summary>Gwei, exactly.</summary>
    public static string Gwei(UInt128 wei) => Exact(wei, GweiDecimals);

    /// <summary>Coins with their symbol, rounded to six digits but never to whole coins.</summary>
    public static string Show(UInt128 wei, EvmChain chain) => Show(Coins(wei), chain.Coin);

    /// <summary>An exact amount in the same short form.</summary>
    public static string Show(string exact, string? coin) => $"{Round(exact)} {coin ?? "coins"}";

    /// <summary>An exact amount, rounded.</summary>
    public static string Round(string exact)
    {
        var value = double.Parse(exact, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        if (value == 0) return "0";
        var decimals = Math.Clamp(ShownDigits - 1 - (int)Math.Floor(Math.Log10(value)), 2, CoinDecimals);
        return Trim(value.ToString(string.Create(CultureInfo.InvariantCulture, $"N{decimals}"), CultureInfo.InvariantCulture));
    }

    private static string Exact(UInt128 units, int decimals)
    {
        var one = UInt128.One;
        for (var i = 0; i < decimals; i++) one *= 10;
        var (whole, part) = UInt128.DivRem(units, one);
        return Trim($"{whole.ToString(CultureInfo.InvariantCulture)}.{part.ToString(CultureInfo.InvariantCulture).PadLeft(decimals, '0')}");
    }

    private static string Trim(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
}
