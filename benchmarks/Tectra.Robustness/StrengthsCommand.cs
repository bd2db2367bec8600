using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using static Tectra.Robustness.Output;

namespace Tectra.Robustness;

/// <summary><c>strengths</c>: survival over PSNR.</summary>
internal static class StrengthsCommand
{
    public static Command Create()
    {
        Option<string> images = Options.Images(), output = Options.Out(), only = Options.Only();
        Option<int> limit = Options.Limit(), jobs = Options.Jobs();
        var from = new Option<double>("--from") { Description = "The strongest, in decibels.", DefaultValueFactory = _ => 40 };
        var to = new Option<double>("--to") { Description = "The faintest, in decibels.", DefaultValueFactory = _ => 50 };
        var step = new Option<double>("--step") { Description = "Decibels from one to the next.", DefaultValueFactory = _ => 2 };
        var command = new Command("strengths", "Survival at several strengths, plotted over PSNR.") { images, from, to, step, only, limit, jobs, output };
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            double first = parsed.GetValue(from), last = parsed.GetValue(to), by = parsed.GetValue(step);
            if (!(by > 0) || !(first <= last)) throw new UsageException("--from must not be above --to, and --step must be positive.");
            var folder = parsed.GetRequiredValue(images);
            var pictures = Picture.In(folder, parsed.GetValue(limit));
            using var pool = new WorkerPool(parsed.GetValue(jobs), cancellationToken);
            var attacks = Survival.AttacksOf(pool, "attacks", parsed.GetValue(only)!);
            attacks.RemoveAll(attack => SurvivalReport.Apart.Contains(attack.Name));
            var results = new List<SurvivalResult>();
            for (var i = 0; first + (i * by) <= last + 1e-9; i++)
            {
                Console.WriteLine(Text($"{first + (i * by):0.##} dB"));
                results.Add(new Survival(pool, "attacks", attacks, first + (i * by)).Run(pictures));
                if (results[^1].Pictures.Count == 0) throw new UsageException($"No picture of '{folder}' could be marked.");
            }
            Write(parsed.GetRequiredValue(output), results, Options.NameOf(folder), attacks.Count, Output.Environment(pool));
            return 0;
        }, cancellationToken));
        return command;
    }

    private static void Write(string target, List<SurvivalResult> results, string folder, int attacks, string environment)
    {
        var groups = results[0].Trials.Select(trial => trial.Attack.Group).Distinct().ToList();
        var about = Text($"{SurvivalReport.Count(results[0].Pictures.Count)} of {folder}, {attacks} attacks");
        var chart = new Chart("Survival over quality", about, "mean PSNR of the marked pictures, dB", "recovered, %")
        {
            X = new Axis(Math.Floor(results.Min(result => result.MeanPsnr)), Math.Ceiling(results.Max(result => result.MeanPsnr) + 1e-9), 1), Y = new Axis(0, 100, 10),
        };
        foreach (var group in groups) chart.Add(new Series(group, [.. results.Select(result => (result.MeanPsnr, PercentOf(result, group)))], Stroke.Thin));
        chart.Add(new Series("all attacks", [.. results.Select(result => (result.MeanPsnr, SurvivalReport.Percent(result.Trials)))], Stroke.Thick));
        Output.Write(target, "survival-over-psnr.svg", chart.ToSvg());

        var text = new StringBuilder(Text($"# Survival over quality\n\n{environment}.\n\n{about}; percent recovered.\n\n![Survival over PSNR](survival-over-psnr.svg)\n\n"));
        text.Append("| strength, dB | PSNR, mean, dB | SSIM, mean | all | ").AppendJoin(" | ", groups).Append(" |\n|").Insert(text.Length, " ---: |", groups.Count + 4).Append('\n');
        foreach (var result in results)
        {
            text.Append(Text($"| {result.Strength:0.##} | {result.MeanPsnr:F2} | {result.Pictures.Average(picture => picture.Quality.Ssim):F4} | **{SurvivalReport.Percent(result.Trials):F1}** | "));
            text.AppendJoin(" | ", groups.Select(group => Text($"{PercentOf(result, group):F1}"))).Append(" |\n");
        }
        Output.Write(target, "strengths.md", text.Append("\nMade by `benchmarks/robustness strengths`.\n").ToString());
        Output.Write(target, "strengths.json", new JsonArray([.. results.Select(result => SurvivalReport.Json(result, environment))]));
    }

    private static double PercentOf(SurvivalResult result, string group) => SurvivalReport.Percent(result.Trials.Where(trial => trial.Attack.Group == group));
}
