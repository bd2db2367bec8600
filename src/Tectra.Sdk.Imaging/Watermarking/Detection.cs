using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>What a picture's watermark says, and where in the picture it was found.</summary>
internal sealed class Detection
{
    private const double AsSignedTolerance = 0.75; // of a canonical pixel

    public required WatermarkPayload Payload { get; init; }

    /// <summary>How well the decoded bits agree with the payload's code word, 0 to 22.6.</summary>
    public required double Agreement { get; init; }

    public required Lattice Lattice { get; init; }

    public required TileOffset Offset { get; init; }

    /// <summary>Whether the offset is that of the picture's middle, or of its first pixel.</summary>
    public required bool FromMiddle { get; init; }

    /// <summary>The size of the picture in which it was found: the canonical one or a larger one.</summary>
    public required (int Width, int Height) Size { get; init; }

    /// <summary>The likelihoods of the coded bits.</summary>
    public required float[] Likelihoods { get; init; }

    public double Confidence => WatermarkConfidence.Of(Agreement, Offset.Score);

    public bool Found => WatermarkConfidence.IsFound(Agreement, Offset.Score);

    /// <summary>Whether no other way of reading it could correct a bit.</summary>
    public bool Settled => Agreement >= WatermarkConfidence.SettledAgreement;

    /// <summary>Whether the picture still has the geometry it was signed in: every place of the tile is where it was embedded.</summary>
    public bool IsAsSigned
    {
        get
        {
            var (x, y) = FirstPixel;
            double right = Drift(Lattice.ToTile(Size.Width, 0), Size.Width, 0), down = Drift(Lattice.ToTile(0, Size.Height), 0, Size.Height);
            return !Offset.Turned && !Offset.Inverted && Drift((x, y), 0, 0) + Math.Max(right, down) <= AsSignedTolerance;

            static double Drift((double X, double Y) place, double x, double y) => Math.Max(Math.Abs(place.X - x), Math.Abs(place.Y - y));
        }
    }

    /// <summary>Where the picture's first pixel lies in the tile, within half a tile of its beginning.</summary>
    public (double X, double Y) FirstPixel
    {
        get
        {
            double sign = Offset.Turned ? -1 : 1;
            var (x, y) = FromMiddle ? Lattice.ToTile(-sign * (Size.Width / 2), -sign * (Size.Height / 2)) : (0, 0);
            return (Centred(x + Offset.X), Centred(y + Offset.Y));

            static double Centred(double value) => value - (Math.Round(value / WatermarkLayout.TileSide) * WatermarkLayout.TileSide);
        }
    }

    /// <summary>The reading as callers see it, for a picture of a size in pixels.</summary>
    public WatermarkReading ToReading(int width, int height) => new(Found, Payload, Math.Round(Confidence, 2))
    {
        Geometry = Geometry(width, height),
        BitReliabilities = [.. ErrorCorrection.Reliabilities(Likelihoods)],
    };

    private WatermarkGeometry Geometry(int width, int height)
    {
        // Tile position = L^T · pixel, so canonical → pixel is its inverse; a tile on its head has the opposite lattice.
        double sign = Offset.Turned ? -1 : 1, across = (double)Size.Width / width, down = (double)Size.Height / height;
        double xx = sign * Lattice.Xu * across, xy = sign * Lattice.Yu * down, yx = sign * Lattice.Xv * across, yy = sign * Lattice.Yv * down;
        var determinant = (xx * yy) - (xy * yx);
        // Its columns: where a step across and a step down in the signed picture lead to in this one.
        double acrossX = yy / determinant, downX = -xy / determinant, downY = xx / determinant, acrossY = -yx / determinant;
        double vertical = Math.Sqrt((downX * downX) + (downY * downY)), horizontal = Math.Sqrt((acrossX * acrossX) + (acrossY * acrossY));
        var (x, y) = FirstPixel;
        return new WatermarkGeometry(
            Math.Round(Math.Sqrt(vertical * horizontal), 4), Math.Round(horizontal / vertical, 4),
            Math.Round(Math.Atan2(downX, downY) * 180 / Math.PI, 2) + 0.0, // and not −0
            determinant < 0, Offset.Inverted, Math.Round(WithinTile(x), 2), Math.Round(WithinTile(y), 2), IsAsSigned);

        static double WithinTile(double value)
        {
            var place = value - (Math.Floor(value / WatermarkLayout.TileSide) * WatermarkLayout.TileSide);
            return place >= WatermarkLayout.TileSide - 0.005 ? 0 : place;
        }
    }
}
