namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// cos(2πk/128) for k = 0 … 127, from literals, so that no platform's math library has a say in what is hashed or embedded.
/// </summary>
internal static class Cosines
{
    public const int Period = 128;

    // cos(2πk/128), k = 0 … 32, the nearest doubles; a test recomputes them.
    private static readonly double[] Quarter =
    [
        1.0, 0.9987954562051724, 0.9951847266721969, 0.989176509964781,
        0.9807852804032304, 0.970031253194544, 0.9569403357322088, 0.9415440651830208,
        0.9238795325112867, 0.9039892931234433, 0.881921264348355, 0.8577286100002721,
        0.8314696123025452, 0.8032075314806449, 0.773010453362737, 0.7409511253549591,
        0.7071067811865476, 0.6715589548470184, 0.6343932841636455, 0.5956993044924334,
        0.5555702330196022, 0.5141027441932218, 0.47139673682599764, 0.4275550934302821,
        0.3826834323650898, 0.33688985339222005, 0.2902846772544624, 0.2429801799032639,
        0.19509032201612828, 0.14673047445536175, 0.0980171403295606, 0.049067674327418015,
        0.0,
    ];

    private static readonly double[] Full = [.. Enumerable.Range(0, Period).Select(FromQuarter)];

    /// <summary>cos(2πk/128) for any k ≥ 0.</summary>
    public static double Of(int k) => Full[k % Period];

    private static double FromQuarter(int k) => k switch
    {
        <= 32 => Quarter[k],
        <= 64 => -Quarter[64 - k],
        <= 96 => -Quarter[k - 64],
        _ => Quarter[128 - k],
    };
}
