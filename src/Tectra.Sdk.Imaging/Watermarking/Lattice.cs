namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// How the tile's lines appear in a picture's spectrum: line (u, v) stands at ((Xu·u + Xv·v)/128, (Yu·u + Yv·v)/128) cycles a
/// pixel. The identity for an untouched canonical picture; its inverse scale and turn for any other.
/// </summary>
internal readonly record struct Lattice(double Xu, double Xv, double Yu, double Yv)
{
    /// <summary>Canonical and upright.</summary>
    public static Lattice Identity { get; } = new(1, 0, 0, 1);

    /// <summary>Mirrored left to right.</summary>
    public static Lattice Mirrored { get; } = new(-1, 0, 0, 1);

    /// <summary>Turned by a quarter.</summary>
    public static Lattice Quarter { get; } = new(0, 1, -1, 0);

    /// <summary>Mirrored, then turned by a quarter.</summary>
    public static Lattice MirroredQuarter { get; } = new(0, 1, 1, 0);

    public double Determinant => (Xu * Yv) - (Xv * Yu);

    public static Lattice operator +(Lattice a, Lattice b) => new(a.Xu + b.Xu, a.Xv + b.Xv, a.Yu + b.Yu, a.Yv + b.Yv);

    /// <summary>Of a picture that was (mirrored and) scaled by factors across and down, then turned anticlockwise by an angle in radians.</summary>
    public static Lattice Of(double scaleAcross, double scaleDown, double angle, bool mirrored)
    {
        var (sin, cos) = Math.SinCos(angle);
        double x = (mirrored ? -1 : 1) / scaleAcross, y = 1 / scaleDown;
        return new Lattice(cos * x, sin * y, -sin * x, cos * y);
    }

    /// <summary>Where a line stands, in cycles a pixel.</summary>
    public (double X, double Y) At(int u, int v) =>
        (((Xu * u) + (Xv * v)) / WatermarkLayout.TileSide, ((Yu * u) + (Yv * v)) / WatermarkLayout.TileSide);

    /// <summary>The place in the tile, but for its beginning, of a place in the picture.</summary>
    public (double X, double Y) ToTile(double x, double y) => ((Xu * x) + (Yu * y), (Xv * x) + (Yv * y));
}
