using System.Globalization;

namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>
/// How a container asks players to turn frames: exchange rows and columns, then mirror. Angles between quarter turns count as the nearest.
/// Immutable.
/// </summary>
/// <param name="SwapsSides">Whether rows become columns.</param>
/// <param name="MirrorsAcross">Whether left and right are exchanged after that.</param>
/// <param name="MirrorsDown">Whether top and bottom are.</param>
internal readonly record struct FrameOrientation(bool SwapsSides, bool MirrorsAcross, bool MirrorsDown)
{
    private const int Rows = 3;

    /// <summary>ffmpeg's filters that do it.</summary>
    public IEnumerable<string> Filters => (SwapsSides, MirrorsAcross, MirrorsDown) switch
    {
        (false, false, false) => [],
        (false, true, false) => ["hflip"],
        (false, false, true) => ["vflip"],
        (false, true, true) => ["hflip", "vflip"],
        (true, false, false) => ["transpose=cclock_flip"],
        (true, true, false) => ["transpose=clock"],
        (true, false, true) => ["transpose=cclock"],
        (true, true, true) => ["transpose=clock_flip"],
    };

    /// <summary>
    /// Reads the display matrix (ISO/IEC 14496-12, 8.3.2) as ffprobe prints it. A point (x, y) of the frame is shown at
    /// (a·x + c·y, b·x + d·y); the rows of the text begin with a b, then c d.
    /// </summary>
    public static FrameOrientation Parse(string matrix)
    {
        Span<long> values = stackalloc long[Rows * Rows];
        var rows = matrix.Split("\\n", StringSplitOptions.RemoveEmptyEntries);
        if (rows.Length < Rows) return default;
        for (var row = 0; row < Rows; row++)
        {
            var numbers = rows[row][(rows[row].IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (numbers.Length != Rows) return default;
            for (var column = 0; column < Rows; column++)
            {
                if (!long.TryParse(numbers[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out values[(row * Rows) + column])) return default;
            }
        }
        long a = values[0], b = values[1], c = values[Rows], d = values[Rows + 1];
        return Math.Abs(a) + Math.Abs(d) >= Math.Abs(b) + Math.Abs(c)
            ? new FrameOrientation(false, a < 0, d < 0)
            : new FrameOrientation(true, c < 0, b < 0);
    }
}
