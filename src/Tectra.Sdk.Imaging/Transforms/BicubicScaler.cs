using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>Scales planes by cubic convolution, first their rows' number, then their columns'; sixteen rows at a time, which stay in the second cache.</summary>
internal static class BicubicScaler
{
    /// <summary>A plane of bytes as floats of another size.</summary>
    public static Plane<float> Scale(Plane<byte> source, int width, int height)
    {
        var result = new Plane<float>(width, height);
        if (source.Width == width && source.Height == height)
        {
            RowOps.WeightedSum(source.Values, 0, [1], result.Values);
            return result;
        }
        using BicubicAxis rows = new(source.Height, height), columns = new(source.Width, width);
        using var band = new Plane<float>(source.Width, TurnedRows.Count);
        using Plane<float> turned = new(TurnedRows.Count, source.Width), scaled = new(TurnedRows.Count, width);
        for (var top = 0; top < height; top += TurnedRows.Count)
        {
            var count = Math.Min(TurnedRows.Count, height - top);
            for (var y = 0; y < count; y++)
                RowOps.WeightedSum(source.Values[(rows.Starts[top + y] * source.Width)..], source.Width, rows.WeightsOf(top + y), band.Row(y));
            TurnedRows.Turn(band.Values[..(count * source.Width)], source.Width, turned.Values);
            TurnedRows.Scale(turned.Values, columns, scaled.Values);
            TurnedRows.TurnBack(scaled.Values, width, result.Values.Slice(top * width, count * width));
        }
        return result;
    }
}
