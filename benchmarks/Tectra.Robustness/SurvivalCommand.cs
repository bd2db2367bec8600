using System.CommandLine;
using Tectra.Sdk.Imaging;

namespace Tectra.Robustness;

/// <summary>Options that several commands share.</summary>
internal static class Options
{
    public static Option<string> Images() => new("--images") { Description = "A folder of JPEG, PNG or WebP pictures.", Required = true };

    public static Option<string> Out() => new("--out") { Description = "The folder for the results; made if it is missing.", Required = true };

    public static Option<string> Only() => new("--only") { Description = "A regular expression: only attacks whose names match.", DefaultValueFactory = _ => "" };

    public static Option<int> Limit() => new("--limit") { Description = "Only the first so many pictures; 0 for all." };

    public static Option<int> Jobs() => new("--jobs") { Description = "How many pictures at a time.", DefaultValueFactory = _ => 1 };

    public static Option<bool> All() => new("--all") { Description = $"Also the attacks that don't count: {string.Join(", ", SurvivalReport.Apart)}." };

    public static Option<double> Strength() => new("--strength")
    {
        Description = "Mean strength in decibels, 36 to 52.", DefaultValueFactory = _ => ImagingOptions.DefaultWatermarkStrengthDecibels,
    };

    /// <summary>How a folder is called in a report, which is no place for this machine's paths.</summary>
    public static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}

/// <summary><c>survival</c>: what the watermark survives at one strength.</summary>
internal static class SurvivalCommand
{
    public static Command Create() => Create("survival", "Attack marked pictures and read the watermark.", "Watermark survival", "attacks", 0);

    /// <summary>A command over any suite of attacks.</summary>
    public static Command Create(string name, string description, string title, string suite, long leastPixels)
    {
        Option<string> images = Options.Images(), output = Options.Out(), only = Options.Only();
        Option<int> limit = Options.Limit(), jobs = Options.Jobs();
        var strength = Options.Strength();
        var all = Options.All();
        var command = new Command(name, description) { images, strength, only, limit, jobs, all, output };
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            var folder = parsed.GetRequiredValue(images);
            using var pool = new WorkerPool(parsed.GetValue(jobs), cancellationToken);
            var attacks = Survival.AttacksOf(pool, suite, parsed.GetValue(only)!);
            if (!parsed.GetValue(all)) attacks.RemoveAll(attack => SurvivalReport.Apart.Contains(attack.Name));
            var result = new Survival(pool, suite, attacks, parsed.GetValue(strength)) { LeastPixels = leastPixels }.Run(Picture.In(folder, parsed.GetValue(limit)));
            if (result.Pictures.Count == 0) throw new UsageException($"No picture of '{folder}' could be marked: {string.Join("; ", result.Skipped)}");
            var environment = Output.Environment(pool);
            var target = parsed.GetRequiredValue(output);
            Output.Write(target, $"{name}.md", SurvivalReport.Markdown(result, title, Options.NameOf(folder), environment, $"benchmarks/robustness {name}"));
            Output.Write(target, $"{name}.json", SurvivalReport.Json(result, environment));
            return 0;
        }, cancellationToken));
        return command;
    }
}

/// <summary><c>large</c>: what happens to camera-sized pictures on their way through networks and screens.</summary>
internal static class LargeCommand
{
    private const long LeastPixels = 8_000_000 * 99 / 100; // 3264×2448, sold as 8 megapixels, is 7.99

    public static Command Create() =>
        SurvivalCommand.Create("large", "The same for pictures from 8 megapixels, with what social networks do to them.", "Watermark survival, large pictures", "large_attacks", LeastPixels);
}
