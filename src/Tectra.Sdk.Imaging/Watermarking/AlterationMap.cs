using Tectra.Sdk.Imaging.Pixels;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Imaging.Watermarking;

/// <summary>
/// Finds the parts of a marked picture in which its watermark is missing: they were replaced, painted over or generated
/// after marking. The whole tile is known once its payload is, so each part can be correlated with what should be there.
/// </summary>
/// <remarks>
/// The picture is cut into cells of 16×16 canonical pixels, and windows of 6 to 12 cells a side are judged. A window is altered
/// when what is measured is not above noise although, by what survived elsewhere in parts of the same smoothness, it should
/// be at 6.5 standard deviations. A picture that lost too much of its watermark everywhere is not judged at all, and neither
/// are parts in which a watermark may not have survived, such as flat ones; how much was judged is part of the result.
/// </remarks>
internal static class AlterationMap
{
    private const int CellSide = 16, SmoothnessClasses = 12;
    private const double MinSurvival = 0.72;
    private const double MinClassSurvival = 0.4; // below, compression takes all of it from some cells of a class and half from others
    private const double QuietShare = 0.4, MaxQuietPixels = 0.4, MaxMutePixels = 0.1;
    private const byte ClippedBelow = 2, ClippedAbove = 253;
    private const float MinLuma = 12, MaxLuma = 243; // beyond, clipping has taken part of the watermark

    /// <summary>What was altered, and how much of the picture that is said of; null when it can't be judged.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="image">The same, canonical.</param>
    /// <param name="whitened">The same, whitened.</param>
    /// <param name="tile">The tile that it carries, as it repeats from its first pixel on.</param>
    /// <param name="strengthDecibels">The strength it was probably embedded with.</param>
    public static AlterationReading? Find(
        ImageBuffer picture, CanonicalImage image, WhitenedImage whitened, float[] tile, double strengthDecibels)
    {
        using var mask = PerceptualMask.Create(image);
        var gain = WatermarkEmbedder.Gain(mask.Values, strengthDecibels);
        var cells = Measure(image, whitened, mask, gain, tile);
        CountMute(picture, image.Luma.Width, image.Luma.Height, cells);
        cells.DropUnfit();
        var survival = Median(cells.Carrying.Select(cells.Survival));
        if (survival is null || survival < MinSurvival * gain) return null;
        var judgement = new AlterationWindows(cells.Columns, cells.Rows, cells.Correlation, Expectations(cells, survival.Value), cells.Noise).Judge();
        if (judgement.TypicalArea == 0) return null;
        var regions = Components(judgement.Altered, cells.Columns, cells.Rows).Select(part => ToPixels(part, image.Luma.Width, image.Luma.Height, picture.Width, picture.Height));
        // Up to 15 rows and columns at the edges are in no cell.
        var share = judgement.JudgedShare * (cells.Columns * CellSide) * (cells.Rows * CellSide) / ((double)image.Luma.Width * image.Luma.Height);
        var smallest = (int)Math.Ceiling((Math.Sqrt(judgement.TypicalArea) + 2) * CellSide * picture.Width / image.Luma.Width); // two more: it lies across cells
        return new AlterationReading([.. regions], share, smallest);
    }

    private static Cells Measure(CanonicalImage image, WhitenedImage whitened, Plane<float> mask, float gain, float[] tile)
    {
        const int Side = WatermarkLayout.TileSide;
        var cells = new Cells(image.Luma.Width / CellSide, image.Luma.Height / CellSide);
        for (var y = 0; y < cells.Rows * CellSide; y++)
        {
            ReadOnlySpan<float> luma = image.Luma.Row(y), values = whitened.Values.Row(y), deviations = whitened.Deviations.Row(y), masks = mask.Row(y);
            for (var x = 0; x < cells.Columns * CellSide; x++)
            {
                var cell = (y / CellSide * cells.Columns) + (x / CellSide);
                if (luma[x] is < MinLuma or > MaxLuma) continue;
                double deviation = deviations[x], expected = tile[(y % Side * Side) + (x % Side)] * masks[x] / deviation, product = values[x] * expected;
                cells.Correlation[cell] += product;
                cells.Energy[cell] += expected * expected;
                cells.Noise[cell] += product * product;
                cells.Strength[cell] += expected * expected * deviation * deviation;
                cells.Pixels[cell]++;
                if (Math.Abs(values[x] * deviation) < QuietShare * gain * masks[x]) cells.Quiet[cell]++;
            }
        }
        return cells;
    }

    /// <summary>
    /// Counts pixels that say nothing: a channel is at an end of its range, where clipping has taken part of the watermark;
    /// or a viewer doesn't show them, whatever they hold.
    /// </summary>
    private static void CountMute(ImageBuffer picture, int canonicalWidth, int canonicalHeight, Cells cells)
    {
        var columns = new int[picture.Width];
        for (var x = 0; x < columns.Length; x++) columns[x] = (int)((long)x * canonicalWidth / picture.Width / CellSide);
        for (var y = 0; y < picture.Height; y++)
        {
            var row = picture.RawRow(y);
            var down = (int)((long)y * canonicalHeight / picture.Height / CellSide);
            if (down >= cells.Rows) break;
            for (int x = 0, i = 0; x < picture.Width; x++, i += picture.Channels)
            {
                if (columns[x] >= cells.Columns) break;
                var mute = picture.HasAlpha && picture.Sample8(y, i + picture.ColourChannels) < ImageBuffer.VisibleAlpha;
                if (picture.BitDepth == 8)
                {
                    for (var c = 0; c < picture.ColourChannels; c++) mute |= row[i + c] is < ClippedBelow or > ClippedAbove;
                }
                if (mute) cells.Mute[(down * cells.Columns) + columns[x]]++;
            }
        }
        cells.PicturePixels = (double)picture.Width * picture.Height * CellSide * CellSide / ((double)canonicalWidth * canonicalHeight);
    }

    /// <summary>
    /// For each cell the correlation that an unaltered one would have. Compression takes more from smooth parts, so what
    /// survives never falls from class to class: a forged part that makes up most of a class can't set its own measure.
    /// </summary>
    private static double[] Expectations(Cells cells, double survival)
    {
        var expectations = new double[cells.Correlation.Length];
        var order = cells.Carrying.OrderBy(cells.Contrast).ToArray();
        var least = 0.0;
        for (var i = 0; i < SmoothnessClasses; i++)
        {
            var members = order[(i * order.Length / SmoothnessClasses)..((i + 1) * order.Length / SmoothnessClasses)];
            if (Median(members.Select(cells.Survival)) is not { } own) continue;
            least = Math.Clamp(own, least, survival);
            if (least < MinClassSurvival * survival) continue;
            foreach (var cell in members) expectations[cell] = least * cells.Energy[cell];
        }
        return expectations;
    }

    /// <summary>The bounding boxes of cells that touch along a side, in cells.</summary>
    private static IEnumerable<(int Left, int Top, int Right, int Bottom)> Components(bool[] altered, int columns, int rows)
    {
        var open = new Stack<int>();
        for (var start = 0; start < altered.Length; start++)
        {
            if (!altered[start]) continue;
            altered[start] = false;
            open.Push(start);
            int left = columns, top = rows, right = 0, bottom = 0;
            while (open.TryPop(out var cell))
            {
                int x = cell % columns, y = cell / columns;
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
                Visit(x > 0, cell - 1);
                Visit(x + 1 < columns, cell + 1);
                Visit(y > 0, cell - columns);
                Visit(y + 1 < rows, cell + columns);
            }
            yield return (left, top, right, bottom);
        }

        void Visit(bool inside, int cell)
        {
            if (!inside || !altered[cell]) return;
            altered[cell] = false;
            open.Push(cell);
        }
    }

    private static ImageRegion ToPixels((int Left, int Top, int Right, int Bottom) part, int canonicalWidth, int canonicalHeight, int width, int height)
    {
        int X(int cell) => (int)((long)cell * CellSide * width / canonicalWidth);
        int Y(int cell) => (int)((long)cell * CellSide * height / canonicalHeight);
        return new ImageRegion(X(part.Left), Y(part.Top), X(part.Right) - X(part.Left), Y(part.Bottom) - Y(part.Top));
    }

    private static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? null : sorted[sorted.Length / 2];
    }

    private sealed class Cells(int columns, int rows)
    {
        public int Columns { get; } = columns;

        public int Rows { get; } = rows;

        /// <summary>Measured times expected, summed over a cell.</summary>
        public double[] Correlation { get; } = new double[columns * rows];

        /// <summary>Expected squared, for a watermark of gain one.</summary>
        public double[] Energy { get; } = new double[columns * rows];

        /// <summary>The square of the correlation's deviation.</summary>
        public double[] Noise { get; } = new double[columns * rows];

        /// <summary>How many of a cell's pixels count.</summary>
        public int[] Pixels { get; } = new int[columns * rows];

        /// <summary>How many of them lie nearer to their surroundings than most would with a watermark on flat ground.</summary>
        public int[] Quiet { get; } = new int[columns * rows];

        /// <summary>How many of the full-size picture's pixels in it say nothing.</summary>
        public int[] Mute { get; } = new int[columns * rows];

        /// <summary>How many pixels of the full-size picture a cell has.</summary>
        public double PicturePixels { get; set; }

        /// <summary>Expected squared before whitening, summed over a cell.</summary>
        public double[] Strength { get; } = new double[columns * rows];

        /// <summary>The cells that can carry anything.</summary>
        public IEnumerable<int> Carrying => Enumerable.Range(0, Energy.Length).Where(cell => Energy[cell] > 0);

        /// <summary>
        /// Leaves out cells that can't be judged: those that are mostly flatter than a watermark alone would be, since
        /// compression has wiped it out there, and those with many mute pixels.
        /// </summary>
        public void DropUnfit()
        {
            for (var cell = 0; cell < Energy.Length; cell++)
            {
                if (Quiet[cell] > MaxQuietPixels * Pixels[cell] || Mute[cell] > MaxMutePixels * PicturePixels)
                    Correlation[cell] = Energy[cell] = Noise[cell] = 0;
            }
        }

        /// <summary>
        /// The local contrast, weighted by what each pixel can carry: a flat cell with one hard edge counts as flat, since
        /// its flat part carries nearly everything.
        /// </summary>
        public double Contrast(int cell) => Strength[cell] / Energy[cell];

        /// <summary>The gain with which the watermark is still there.</summary>
        public double Survival(int cell) => Correlation[cell] / Energy[cell];
    }
}
