using System.CommandLine;
using System.Text;
using static Tectra.Robustness.Output;

namespace Tectra.Robustness;

/// <summary><c>false-positives</c>: how often a watermark is seen where there is none.</summary>
internal static class FalsePositivesCommand
{
    public static Command Create()
    {
        var images = new Option<string[]>("--images") { Description = "Folders of unmarked pictures.", Required = true, AllowMultipleArgumentsPerToken = true };
        var trials = new Option<int>("--trials") { Description = "How many trials; those of a former run into the same folder count.", DefaultValueFactory = _ => 10_000 };
        var threshold = new Option<double>("--threshold") { Description = "The confidence from which the detector says 'found', to extrapolate to.", DefaultValueFactory = _ => 13.4 };
        var output = Options.Out();
        var jobs = Options.Jobs();
        var command = new Command("false-positives", "Read watermarks from pictures that have none. Can be stopped and taken up again.") { images, trials, threshold, jobs, output };
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var folders = parsed.GetRequiredValue(images);
            var pictures = folders.SelectMany(folder => Picture.In(folder)).ToList();
            using var pool = new WorkerPool(parsed.GetValue(jobs), cancellationToken);
            var target = parsed.GetRequiredValue(output);
            var done = new UnmarkedTrials(pool, target).Run(pictures, parsed.GetValue(trials));
            Report(target, done, parsed.GetValue(threshold), string.Join(", ", folders.Select(folder => $"`{Options.NameOf(folder)}`")), Environment(pool));
            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Report(string target, List<UnmarkedTrial> trials, double threshold, string pictures, string environment)
    {
        var read = trials.Where(trial => trial.Problem is null && double.IsFinite(trial.Confidence)).ToList();
        if (read.Count == 0) throw new UsageException("No trial could be read.");
        var found = trials.Where(trial => trial.Found).ToList();
        // A picture without any signal may have no confidence; the rest has some.
        var fit = TailFit.Of(read.Where(trial => trial.Confidence > 0).Select(trial => trial.Confidence));
        var text = new StringBuilder(Text($"# False positives\n\n{environment}.\n\n"));
        text.Append(Text($"Unmarked pictures: photographs of {pictures} under every attack, and what is made to look like a watermark. **{found.Count} found in {read.Count} trials.** "));
        text.Append(Text($"With 95 % certainty the rate over this mixture is below {Rate(TailFit.UpperBound(found.Count, read.Count))}.\n\n"));
        if (fit is not null)
        {
            text.Append(Text($"Extrapolated to the threshold of {threshold:0.##}:\n\n| fit | chance of a false positive |\n| --- | ---: |\n"));
            text.Append(Text($"| Gumbel, to the upper half | {Rate(fit.Gumbel(threshold))} |\n| normal, to the upper half | {Rate(fit.Normal(threshold))} |\n"));
            text.Append(Text($"| exponential, to the highest {fit.TailCount} | {Rate(fit.Exponential(threshold))} |\n\n{fit.Describe()}.\n\n"));
            text.Append("![Confidence of unmarked pictures](false-positives.svg)\n\n");
            Output.Write(target, "false-positives.svg", Plot(read, fit, threshold));
        }
        Kinds(text, trials, threshold);
        Histogram(text, read);
        text.Append("\n## The highest\n\n| confidence | trial | kind | what | size |\n| ---: | ---: | --- | --- | --- |\n");
        foreach (var trial in read.OrderByDescending(trial => trial.Confidence).Take(Math.Max(20, Math.Min(found.Count, 200))))
            text.Append(Text($"| {(trial.Found ? "**found** " : "")}{trial.Confidence:F2} | {trial.Number} | {trial.Kind} | {trial.What} | {trial.Width}×{trial.Height} |\n"));
        var odd = read.Count(trial => trial.Found != trial.Confidence >= threshold - 0.005);
        if (odd > 0) text.Append(Text($"\n{odd} readings don't go with the threshold of {threshold:0.##}: the detector decides otherwise.\n"));
        foreach (var problem in trials.Where(trial => trial.Problem is not null).GroupBy(trial => trial.Problem)) text.Append(Text($"\nNot read: {problem.Count()} (`{problem.Key}`)\n"));
        if (trials.Count(trial => trial.Problem is null) is var whole && whole > read.Count) text.Append(Text($"\nConfidence not a number: {whole - read.Count}\n"));
        Output.Write(target, "false-positives.md", text.Append("\nMade by `benchmarks/robustness false-positives`.\n").ToString());
    }

    private static void Kinds(StringBuilder text, List<UnmarkedTrial> trials, double threshold)
    {
        text.Append("| kind | trials | not read | found | confidence, mean | highest | Gumbel at the threshold |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var kind in trials.GroupBy(trial => trial.Kind))
        {
            var confidences = kind.Where(trial => trial.Problem is null && double.IsFinite(trial.Confidence)).Select(trial => trial.Confidence).ToList();
            var fit = TailFit.Of(confidences.Where(confidence => confidence > 0));
            text.Append(Text($"| {kind.Key} | {kind.Count()} | {kind.Count(trial => trial.Problem is not null)} | {kind.Count(trial => trial.Found)} | "));
            text.Append(Text($"{(confidences.Count > 0 ? confidences.Average() : 0):F2} | {confidences.DefaultIfEmpty().Max():F2} | {(fit is null ? "" : Rate(fit.Gumbel(threshold)))} |\n"));
        }
    }

    private static void Histogram(StringBuilder text, List<UnmarkedTrial> read)
    {
        const double Bin = 0.5;
        var bins = read.GroupBy(trial => (int)Math.Floor(trial.Confidence / Bin)).ToDictionary(bin => bin.Key, bin => bin.Count());
        text.Append("\n## Histogram of the confidence\n\n```\n");
        for (var bin = bins.Keys.Min(); bin <= bins.Keys.Max(); bin++)
        {
            var count = bins.GetValueOrDefault(bin);
            text.Append(Text($"{bin * Bin,5:F1} {count,9} {new string('#', (int)Math.Ceiling(60.0 * count / bins.Values.Max()))}\n"));
        }
        text.Append("```\n");
    }

    private static string Plot(List<UnmarkedTrial> read, TailFit fit, double threshold)
    {
        var sorted = read.Select(trial => trial.Confidence).Order().ToList();
        var floor = Math.Clamp(Math.Floor(Math.Log10(fit.Gumbel(threshold))) - 2, -20, -4);
        double left = Math.Floor(sorted[sorted.Count / 20]), right = Math.Ceiling(Math.Max(threshold + 1, sorted[^1] + 0.5));
        var chart = new Chart("Confidence of unmarked pictures", Text($"{read.Count} trials, highest {sorted[^1]:F2}"), "confidence", "share of trials at or above")
        {
            X = new Axis(left, right, right - left > 16 ? 2 : 1), Y = new Axis(floor, 0, floor < -10 ? 2 : 1, Powers: true),
        };
        var grid = Enumerable.Range(0, 601).Select(i => left + (i / 600.0 * (right - left))).ToList();
        chart.Add(new Series("measured", Measured(), Stroke.Thick));
        chart.Add(Curve("Gumbel", fit.Gumbel));
        chart.Add(Curve("normal", fit.Normal));
        chart.Add(Curve($"exponential, top {fit.TailCount}", fit.Exponential));
        chart.Mark(threshold, Text($"found from {threshold:0.##}"));
        return chart.ToSvg();

        Series Curve(string name, Func<double, double> survival) =>
            new(name, [.. grid.Select(x => (x, Math.Log10(survival(x)))).Where(point => double.IsFinite(point.Item2))], Stroke.Dashed);

        List<(double X, double Y)> Measured()
        {
            var points = new List<(double X, double Y)>();
            var below = 0;
            foreach (var x in grid)
            {
                while (below < sorted.Count && sorted[below] < x) below++;
                if (below < sorted.Count) points.Add((x, Math.Log10((sorted.Count - below) / (double)sorted.Count)));
            }
            return points;
        }
    }

    private static string Rate(double rate) => rate is 0 or double.NaN ? "too small to say" : Text($"{rate:0.0e+0}");
}
