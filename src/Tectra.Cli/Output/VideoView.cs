using System.Globalization;
using Spectre.Console;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.Output;

/// <summary>Shows to people how a video compares with its record, and what its segments are.</summary>
internal static class VideoView
{
    /// <summary>The segments, neighbours that fare alike in one row, and what was done to the video.</summary>
    public static void Write(IAnsiConsole console, VerificationReport report)
    {
        if (report.Video is not { TotalSegments: > 0 } video) return;
        var chain = video.ChainBrokenAt is { } index ? $"chain broken from {VideoTime.Format(video.Segments[Math.Min(index, video.TotalSegments - 1)].Start)} on" : "chain intact";
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"  [bold]{video.VerifiedSegments} of {video.TotalSegments}[/] segments verified, {chain}"));
        if (video.Excerpt is { } excerpt)
        {
            console.MarkupLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  [bold]{VideoTime.Format(excerpt.RecordStart, excerpt.RecordEnd)} of record {report.Certificate?.RecordId}[/] [dim]({excerpt.MatchedFrames} of {excerpt.ComparedFrames} frames)[/]"));
        }
        if (report.Certificate is null && video.VerifiedSegments == 0) return;
        var table = new Table().Border(TableBorder.Rounded).AddColumns("time", "segments", "", "bits of 64");
        foreach (var run in Runs(video.Segments))
        {
            var distances = run.Where(segment => segment.Distance is not null).Select(segment => segment.Distance!.Value).ToList();
            table.AddRow(
                VideoTime.Format(run[0].Start, run[^1].End),
                run.Count == 1 ? $"{run[0].Index}" : $"{run[0].Index}–{run[^1].Index}",
                Mark(run[0].Outcome),
                distances.Count == 0 ? "" : distances.Min() == distances.Max() ? $"{distances[0]}" : $"{distances.Min()}–{distances.Max()}");
        }
        console.Write(table);
        foreach (var change in video.Changes) console.MarkupLine($"  [red]{CommandOutput.Escape(change.Details)}[/]");
    }

    /// <summary>Every segment with its hashes.</summary>
    public static Table Segments(VideoFingerprint video, bool withFrames)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("segment", "time", "frames", "aggregate hash", "segment hash");
        for (var i = 0; i < video.Chain.Segments.Length; i++)
        {
            var (start, end) = video.TimesOf(i);
            var segment = video.Chain.Segments[i];
            var frames = withFrames ? string.Join('\n', segment.FrameHashes) : $"{segment.FrameHashes.Length}";
            table.AddRow($"{i}", VideoTime.Format(start, end), frames, $"{segment.AggregateHash}", $"{segment.Hash}");
        }
        return table;
    }

    private static IEnumerable<List<SegmentReading>> Runs(IEnumerable<SegmentReading> segments)
    {
        List<SegmentReading> run = [];
        foreach (var segment in segments)
        {
            if (run.Count > 0 && run[0].Outcome != segment.Outcome)
            {
                yield return run;
                run = [];
            }
            run.Add(segment);
        }
        if (run.Count > 0) yield return run;
    }

    private static string Mark(SegmentOutcome outcome) => outcome switch
    {
        SegmentOutcome.Exact => "[green]✓ exact[/]",
        SegmentOutcome.Perceptual => "[green]✓ looks the same[/]",
        SegmentOutcome.Failed => "[red]✗ changed[/]",
        SegmentOutcome.Missing => "[red]✗ missing[/]",
        _ => "[red]✗ not in the record[/]",
    };
}
