using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Imaging.Transforms;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Format <c>tectra-tile-1</c>: a square tile of 128×128 canonical pixels that is repeated over the picture. It carries the
/// 512 coded bits in DCT coefficients of the wavelet's low-low band, and a pilot of 32 sinusoids by which a detector can
/// find scale and position. <c>docs/formats.md</c> specifies it number for number.
/// </summary>
internal static class WatermarkLayout
{
    /// <summary>The format's name in certificates.</summary>
    public const string Format = "tectra-tile-1";

    /// <summary>The side of the tile in canonical pixels.</summary>
    public const int TileSide = 128;

    /// <summary>The long side of the canonical picture; larger pictures are scaled down to it, smaller ones are left.</summary>
    public const int CanonicalLongSide = 1024;

    /// <summary>The smallest side of the canonical picture: every place of the tile must be seen once.</summary>
    public const int MinCanonicalSide = TileSide;

    /// <summary>The smallest side of a canonical picture in which a tile is looked for: of half the scale at which it was signed.</summary>
    public const int MinReadableSide = TileSide / 2;

    public const int LowLowSide = TileSide / 2, Blocks = (LowLowSide / Dct8x8.Size) * (LowLowSide / Dct8x8.Size), Positions = 35, Slots = Blocks * Positions;

    private const ulong Seed = 0x5445435452413031; // "TECTRA01"
    private const double MinFrequencySquared = 2.6 * 2.6, MaxFrequencySquared = 6.8 * 6.8; // of a coefficient in its 8×8 block
    private const int MinLineSquared = 5 * 5, MaxLineSquared = TileSpectrum.MaxLine * TileSpectrum.MaxLine; // of a line in the tile's 128-point spectrum
    private const double PilotEnergy = 0.2;

    /// <summary>Where in its 8×8 block each of the 35 coefficients of a block stands (8·v + u), in ascending order.</summary>
    public static readonly byte[] Coefficients =
    [
        .. Enumerable.Range(0, 64)
            .Where(i => ((i % 8 * (i % 8)) + (i / 8 * (i / 8))) is var square && square >= MinFrequencySquared && square <= MaxFrequencySquared)
            .Select(i => (byte)i),
    ];

    /// <summary>The pilot's sinusoids cos(2π(u·x + v·y + phase)/128). A test checks how they were chosen.</summary>
    public static readonly (int U, int V, int Phase)[] Pilot =
    [
        (4, 11, 117), (2, -10, 21), (7, 10, 110), (7, -9, 83),
        (14, 2, 126), (12, -8, 98), (3, 14, 90), (6, -12, 7),
        (15, -2, 87), (11, 12, 115), (15, 5, 60), (10, -12, 94),
        (15, -10, 96), (16, 10, 6), (12, -14, 105), (19, 3, 39),
        (9, 18, 94), (6, 19, 16), (18, -11, 108), (20, -4, 31),
        (15, -18, 97), (20, 11, 70), (11, 20, 35), (12, -20, 79),
        (15, 20, 75), (23, 11, 61), (24, -11, 30), (8, -23, 37),
        (14, 25, 67), (20, -18, 40), (21, 20, 120), (15, -24, 104),
    ];

    /// <summary>The lines of the tile's spectrum that carry the payload, one of each conjugate pair.</summary>
    public static readonly (int U, int V)[] PayloadLines =
    [
        .. from v in Enumerable.Range(-TileSpectrum.MaxLine, (2 * TileSpectrum.MaxLine) + 1)
           from u in Enumerable.Range(0, TileSpectrum.MaxLine + 1)
           where (u > 0 || v > 0) && IsPayloadLine(u, v)
           select (u, v),
    ];

    private static readonly (short[] Bits, bool[] Negative) Assignment = MakeAssignment();

    private static readonly float[] PilotTile = MakePilot();

    private static readonly TileSpectrum PayloadFilter = new(IsPayloadLine);

    /// <summary>The pilot alone, 128 rows of 128 values.</summary>
    public static ReadOnlySpan<float> PilotValues => PilotTile;

    /// <summary>Which coded bit each slot carries. Slot 35·block + i is coefficient <c>Coefficients[i]</c> of that block.</summary>
    public static ReadOnlySpan<short> SlotBits => Assignment.Bits;

    /// <summary>Whether a slot carries its bit with the opposite sign.</summary>
    public static ReadOnlySpan<bool> SlotNegative => Assignment.Negative;

    /// <summary>The canonical size of a picture: at most 1024 pixels on the long side, the short side rounded.</summary>
    public static (int Width, int Height) CanonicalSize(int width, int height)
    {
        var longSide = Math.Max(width, height);
        if (longSide <= CanonicalLongSide) return (width, height);
        return (Scaled(width), Scaled(height));

        int Scaled(int side) => Math.Max(1, (int)(((2L * side * CanonicalLongSide) + longSide) / (2L * longSide)));
    }

    /// <summary>Whether a picture is large enough for the whole tile.</summary>
    public static bool Fits(int width, int height) => ShortSide(width, height) >= MinCanonicalSide;

    /// <summary>Whether a tile can be looked for in a picture.</summary>
    public static bool CanBeRead(int width, int height) => ShortSide(width, height) >= MinReadableSide;

    /// <summary>The tile of a payload: 128 rows of 128 values of mean square one.</summary>
    public static float[] Tile(WatermarkPayload payload)
    {
        var tile = new float[TileSide * TileSide];
        Tile(payload, tile);
        return tile;
    }

    /// <summary>The tile of a payload in memory of 128 rows of 128 values.</summary>
    public static void Tile(WatermarkPayload payload, Span<float> tile)
    {
        tile = tile[..(TileSide * TileSide)];
        var coded = ErrorCorrection.Encode(payload);
        using Plane<double> lowLowPlane = new(LowLowSide, LowLowSide), squarePlane = new(TileSide, TileSide);
        Span<double> lowLow = lowLowPlane.Values, square = squarePlane.Values;
        lowLow.Clear();
        ReadOnlySpan<short> bits = SlotBits;
        ReadOnlySpan<bool> negative = SlotNegative;
        for (var slot = 0; slot < Slots; slot++) lowLow[IndexOf(slot)] = coded[bits[slot]] != negative[slot] ? -1 : 1;
        for (var block = 0; block < Blocks; block++) Dct8x8.Inverse(lowLow, OffsetOf(block), LowLowSide);
        Cdf97Wavelet.SynthesiseLowLow(lowLow, LowLowSide, square);
        PayloadFilter.Apply(square);
        var sum = 0.0;
        foreach (var value in square) sum += value * value;
        var gain = Math.Sqrt((1 - PilotEnergy) / (sum / tile.Length));
        ReadOnlySpan<float> pilot = PilotTile;
        for (var i = 0; i < tile.Length; i++) tile[i] = (float)(square[i] * gain) + pilot[i];
    }

    /// <summary>Where a slot's coefficient stands in the low-low band.</summary>
    public static int IndexOf(int slot)
    {
        int coefficient = Coefficients[slot % Positions];
        return OffsetOf(slot / Positions) + (coefficient / Dct8x8.Size * LowLowSide) + (coefficient % Dct8x8.Size);
    }

    /// <summary>Where a block begins in the low-low band.</summary>
    public static int OffsetOf(int block) =>
        (block / (LowLowSide / Dct8x8.Size) * Dct8x8.Size * LowLowSide) + (block % (LowLowSide / Dct8x8.Size) * Dct8x8.Size);

    private static int ShortSide(int width, int height)
    {
        var (canonicalWidth, canonicalHeight) = CanonicalSize(width, height);
        return Math.Min(canonicalWidth, canonicalHeight);
    }

    /// <summary>The payload leaves out the pilot's lines, and what JPEG treats worst: the lowest and the highest frequencies.</summary>
    private static bool IsPayloadLine(int u, int v)
    {
        var square = (u * u) + (v * v);
        if (square is < MinLineSquared or > MaxLineSquared) return false;
        foreach (var (pu, pv, _) in Pilot)
        {
            if ((u == pu && v == pv) || (u == -pu && v == -pv)) return false;
        }
        return true;
    }

    private static (short[], bool[]) MakeAssignment()
    {
        var random = new SplitMix64(Seed);
        var order = Enumerable.Range(0, Slots).ToArray();
        for (var i = Slots - 1; i > 0; i--)
        {
            var j = (int)(random.Next() % (ulong)(i + 1));
            (order[i], order[j]) = (order[j], order[i]);
        }
        var negative = new bool[Slots];
        for (var i = 0; i < Slots; i++) negative[i] = random.Next() >> 63 != 0;
        return ([.. order.Select(place => (short)(place % ErrorCorrection.CodedBits))], negative);
    }

    private static float[] MakePilot()
    {
        var amplitude = Math.Sqrt(2 * PilotEnergy / Pilot.Length);
        var tile = new float[TileSide * TileSide];
        for (var y = 0; y < TileSide; y++)
        {
            for (var x = 0; x < TileSide; x++)
            {
                var sum = 0.0;
                foreach (var (u, v, phase) in Pilot) sum += Cosines.Of(((u * x) + (v * y) + phase + (TileSide * TileSide)) % TileSide);
                tile[(y * TileSide) + x] = (float)(sum * amplitude);
            }
        }
        return tile;
    }
}
