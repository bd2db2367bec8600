using System.Globalization;

namespace Tectra.Sdk.Verification;

/// <summary>Times of videos in words.</summary>
internal static class VideoTime
{
    /// <summary>Minutes and seconds, such as <c>00:35</c>; from an hour on <c>01:00:35</c>; tenths where they aren't zero, such as <c>00:35.5</c>.</summary>
    public static string Format(TimeSpan time)
    {
        var tenths = (long)Math.Round(Math.Abs(time.Ticks) / (decimal)(TimeSpan.TicksPerSecond / 10), MidpointRounding.AwayFromZero);
        var seconds = tenths / 10;
        var sign = time < TimeSpan.Zero && tenths > 0 ? "-" : "";
        var hours = seconds >= 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:") : "";
        var fraction = tenths % 10 > 0 ? string.Create(CultureInfo.InvariantCulture, $".{tenths % 10}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{hours}{seconds / 60 % 60:00}:{seconds % 60:00}{fraction}");
    }

    /// <summary>A stretch, such as <c>00:35–00:40</c>.</summary>
    public static string Format(TimeSpan start, TimeSpan end) => $"{Format(start)}–{Format(end)}";

    /// <summary>A length, such as <c>5.0 s</c>.</summary>
    public static string Length(TimeSpan length) => string.Create(CultureInfo.InvariantCulture, $"{length.Ticks / (decimal)TimeSpan.TicksPerSecond:0.0} s");
}
