using Tectra.Sdk.Imaging.Pixels;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// The rows of a plane scaled by cubic convolution, from the top down, each computed when it is asked for: first the
/// columns' number, sixteen rows at a time, then the rows'. The scaled plane as a whole is never in memory.
/// </summary>
internal sealed class BicubicRows : IDisposable
{
    private readonly Plane<float> _source;
    private readonly BicubicAxis _rows;
    private readonly BicubicAxis _columns;
    private readonly Plane<float> _turned;
    private readonly Plane<float> _scaled;

    // The last rows of the band before, which the next outputs still need, and below them the band.
    private readonly Plane<float> _window;
    private int _loaded; // so many rows of the source have been in the window

    public BicubicRows(Plane<float> source, int width, int height)
    {
        _source = source;
        _rows = new BicubicAxis(source.Height, height);
        _columns = new BicubicAxis(source.Width, width);
        _turned = new Plane<float>(TurnedRows.Count, source.Width);
        _scaled = new Plane<float>(TurnedRows.Count, width);
        _window = new Plane<float>(width, Carried + TurnedRows.Count);
    }

    private int Carried => _rows.Taps - 1;

    /// <summary>Computes one row; never one above the row asked for before.</summary>
    public void Row(int y, Span<float> destination)
    {
        var start = _rows.Starts[y];
        while (_loaded < start + _rows.Taps) LoadBand();
        // The window ends with the last whole band, which may reach below the source.
        var top = ((_loaded + TurnedRows.Count - 1) / TurnedRows.Count * TurnedRows.Count) - _window.Height;
        RowOps.WeightedSum(_window.Values[((start - top) * _window.Width)..], _window.Width, _rows.WeightsOf(y), destination);
    }

    public void Dispose()
    {
        _rows.Dispose();
        _columns.Dispose();
        _turned.Dispose();
        _scaled.Dispose();
        _window.Dispose();
    }

    private void LoadBand()
    {
        var values = _window.Values;
        int width = _window.Width, count = Math.Min(TurnedRows.Count, _source.Height - _loaded);
        values[(TurnedRows.Count * width)..].CopyTo(values);
        TurnedRows.Turn(_source.Values.Slice(_loaded * _source.Width, count * _source.Width), _source.Width, _turned.Values);
        TurnedRows.Scale(_turned.Values, _columns, _scaled.Values);
        TurnedRows.TurnBack(_scaled.Values, width, values.Slice(Carried * width, count * width));
        _loaded += count;
    }
}
