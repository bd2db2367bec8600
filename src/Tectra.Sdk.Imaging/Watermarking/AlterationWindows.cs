namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>What the windows of a picture say.</summary>
/// <param name="Altered">Which cells lie in an altered window.</param>
/// <param name="JudgedShare">The share of cells in which an alteration would have been seen.</param>
/// <param name="TypicalArea">How many cells a window needs to tell, in nine of ten judged cells; 0 when none is judged.</param>
internal sealed record AlterationJudgement(bool[] Altered, double JudgedShare, int TypicalArea);

/// <summary>
/// Judges rectangular windows of a grid of cells by sums over them. A window tells when an unaltered one would stand far
/// above noise; it is altered when it doesn't.
/// </summary>
internal sealed class AlterationWindows
{
    private const int SmallestSide = 6, LargestSide = 12;
    private const double NoiseDeviation = 1.65; // of the normalised correlation in unmarked pictures: whitening isn't perfect
    private const double MaxMeasured = 1, MinExpected = 6.5; // standard deviations
    private const double TypicalShare = 0.9;
    private const double RoundingError = 1e-3; // differences of sums are not quite zero where all cells are

    private readonly int _columns, _rows;
    private readonly bool[] _tells;
    private readonly SummedArea _measured, _expected, _noise, _bearing;

    public AlterationWindows(int columns, int rows, double[] correlations, double[] expectations, double[] noise)
    {
        _columns = columns;
        _rows = rows;
        // A cell that would not tell even in the largest window of its like says nothing, whatever stands beside it.
        _tells = [.. expectations.Select((expected, cell) => expected > 0 && expected >= MinExpected * NoiseDeviation * Math.Sqrt(noise[cell]) / LargestSide)];
        _measured = new SummedArea(columns, rows, cell => correlations[cell]);
        _expected = new SummedArea(columns, rows, cell => expectations[cell]);
        _noise = new SummedArea(columns, rows, cell => noise[cell]);
        _bearing = new SummedArea(columns, rows, cell => expectations[cell] > 0 ? 1 : 0);
    }

    public AlterationJudgement Judge()
    {
        var altered = new bool[_tells.Length];
        var areas = new int[_tells.Length]; // of the smallest window that tells about the cell
        var shapes = from down in Enumerable.Range(SmallestSide, LargestSide - SmallestSide + 1)
                     from across in Enumerable.Range(SmallestSide, LargestSide - SmallestSide + 1)
                     orderby down * across
                     select (across, down);
        foreach (var (across, down) in shapes) JudgeShape(across, down, altered, areas);
        var judged = areas.Where((area, cell) => area > 0 && (altered[cell] || _tells[cell])).Order().ToArray();
        return new AlterationJudgement(
            altered, (double)judged.Length / Math.Max(areas.Length, 1), judged.Length == 0 ? 0 : judged[(int)((judged.Length - 1) * TypicalShare)]);
    }

    private void JudgeShape(int across, int down, bool[] altered, int[] areas)
    {
        Cover telling = new(_columns, _rows), changed = new(_columns, _rows);
        for (var row = 0; row + down <= _rows; row++)
        {
            for (var column = 0; column + across <= _columns; column++)
            {
                // The rim of a flat part, which has the texture beside it but lost its watermark, is no window by itself.
                if (2 * _bearing.Of(column, row, across, down) < across * down) continue;
                var deviation = Math.Sqrt(Math.Max(_noise.Of(column, row, across, down), 0)) * NoiseDeviation;
                if (deviation <= RoundingError || _expected.Of(column, row, across, down) < MinExpected * deviation) continue;
                telling.Add(column, row, across, down);
                if (_measured.Of(column, row, across, down) < MaxMeasured * deviation) changed.Add(column, row, across, down);
            }
        }
        telling.ForEach(cell => areas[cell] = areas[cell] == 0 ? across * down : areas[cell]);
        changed.ForEach(cell => altered[cell] = true);
    }

    /// <summary>Sums over rectangles in four steps, whatever their size.</summary>
    private sealed class SummedArea
    {
        private readonly int _stride;
        private readonly double[] _sums;

        public SummedArea(int columns, int rows, Func<int, double> value)
        {
            _stride = columns + 1;
            _sums = new double[_stride * (rows + 1)];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var at = ((row + 1) * _stride) + column + 1;
                    _sums[at] = value((row * columns) + column) + _sums[at - 1] + _sums[at - _stride] - _sums[at - _stride - 1];
                }
            }
        }

        public double Of(int column, int row, int across, int down)
        {
            int top = (row * _stride) + column, bottom = ((row + down) * _stride) + column;
            return _sums[bottom + across] - _sums[bottom] - _sums[top + across] + _sums[top];
        }
    }

    /// <summary>Collects rectangles and goes through the cells that any of them covers.</summary>
    private sealed class Cover(int columns, int rows)
    {
        private readonly int[] _changes = new int[(columns + 1) * (rows + 1)];

        public void Add(int column, int row, int across, int down)
        {
            int top = (row * (columns + 1)) + column, bottom = ((row + down) * (columns + 1)) + column;
            _changes[top]++;
            _changes[top + across]--;
            _changes[bottom]--;
            _changes[bottom + across]++;
        }

        public void ForEach(Action<int> action)
        {
            var above = new int[columns];
            for (var row = 0; row < rows; row++)
            {
                var run = 0;
                for (var column = 0; column < columns; column++)
                {
                    run += _changes[(row * (columns + 1)) + column];
                    above[column] += run;
                    if (above[column] > 0) action((row * columns) + column);
                }
            }
        }
    }
}
