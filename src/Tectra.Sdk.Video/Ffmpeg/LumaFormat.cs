using System.Globalization;
using System.Text.RegularExpressions;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>
/// How ffmpeg gets at the luma of a pixel format: plane Y as it is coded where there is one, without a change of range; grey computed from
/// the colours where there is none. Immutable.
/// </summary>
/// <param name="Filters">The filters, after which frames are grey: <c>gray</c> or <c>gray10le</c> and the like.</param>
/// <param name="Depth">Bits of a sample; more than 8 take two bytes, the low one first.</param>
internal sealed partial record LumaFormat(IReadOnlyList<string> Filters, int Depth)
{
    private static readonly Dictionary<string, string> PlanarTwins = new(StringComparer.Ordinal)
    {
        ["nv12"] = "yuv420p",
        ["nv21"] = "yuv420p",
        ["nv16"] = "yuv422p",
        ["nv24"] = "yuv444p",
        ["nv42"] = "yuv444p",
        ["nv20le"] = "yuv422p10le",
        ["nv20be"] = "yuv422p10le",
        ["yuyv422"] = "yuv422p",
        ["yvyu422"] = "yuv422p",
        ["uyvy422"] = "yuv422p",
        ["uyyvyy411"] = "yuv411p",
        ["p010le"] = "yuv420p10le",
        ["p010be"] = "yuv420p10le",
        ["p016le"] = "yuv420p16le",
        ["p016be"] = "yuv420p16le",
        ["p210le"] = "yuv422p10le",
        ["p210be"] = "yuv422p10le",
        ["p216le"] = "yuv422p16le",
        ["p216be"] = "yuv422p16le",
        ["p410le"] = "yuv444p10le",
        ["p410be"] = "yuv444p10le",
        ["p416le"] = "yuv444p16le",
        ["p416be"] = "yuv444p16le",
        ["y210le"] = "yuv422p10le",
        ["y210be"] = "yuv422p10le",
    };

    /// <summary>Bytes of a sample.</summary>
    public int SampleBytes => Depth > 8 ? 2 : 1;

    /// <summary>The way for a pixel format, by ffmpeg's name of it.</summary>
    public static LumaFormat Of(string pixelFormat)
    {
        var planar = PlanarTwins.GetValueOrDefault(pixelFormat, pixelFormat);
        if (Planar().Match(planar) is not { Success: true } match) return new LumaFormat(["format=gray"], 8);
        var depth = match.Groups["depth"] is { Success: true, ValueSpan: var digits } ? int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : 8;
        var format = match.Groups["name"].Value + (depth > 8 ? "le" : "");
        var output = depth > 8 ? string.Create(CultureInfo.InvariantCulture, $"gray{depth}le") : "gray";
        return format == output
            ? new LumaFormat([$"format={output}"], depth)
            : new LumaFormat([$"format={format}", "extractplanes=y", $"format={output}"], depth);
    }

    [GeneratedRegex("^(?<name>(yuva?4(20|22|44|40|11|10)p|yuvj4(20|22|44|40|11)p|gray|ya(?=16))(?<depth>9|10|12|14|16)?|ya8)(le|be)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Planar();
}
