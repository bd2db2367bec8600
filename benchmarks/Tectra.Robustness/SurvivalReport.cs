using System.Text;
using System.Text.Json.Nodes;
using static Tectra.Robustness.Output;

namespace Tectra.Robustness;

/// <summary>Writes what survived as a table for people and as JSON.</summary>
internal static class SurvivalReport
{
    /// <summary>Attacks that take longer than all others together: only on request, and not in the sums, which so stay comparable.</summary>
    public static readonly string[] Apart = ["nlm5"];

    public static double Percent(IEnumerable<Trial> trials)
    {
        var all = trials.ToList();
        return all.Count == 0 ? 0 : 100.0 * all.Count(trial => trial.Recovered) / all.Count;
    }

    public static IEnumerable<Trial> Counted(IEnumerable<Trial> trials) => trials.Where(trial => !Apart.Contains(trial.Attack.Name));

    public static string Markdown(SurvivalResult result, string title, string pictures, string environment, string madeBy)
    {
        var counted = Counted(result.Trials).ToList();
        var text = new StringBuilder();
        text.Append(Text($"# {title}\n\n{environment}.\n\n"));
        text.Append(Text($"{Count(result.Pictures.Count)} of `{pictures}`, {Sizes(result)}, marked at {result.Strength:0.#} dB as PNG, then attacked. Each carries "));
        text.Append(Text($"the first 128 bits of the SHA-256 of its name. Recovered: found, with at most {Trial.MostErrors} of 128 bits wrong.\n\n"));
        text.Append("| | |\n| --- | ---: |\n");
        Row("recovered", $"**{Percent(counted):F2} %** of {counted.Count} trials");
        Row("found, but with another payload", $"{counted.Count(trial => trial.Misread)}");
        Row("right payload, but not certain enough to be called found", $"{counted.Count(trial => !trial.Found && trial.Errors <= Trial.MostErrors)}");
        Row("PSNR, mean / lowest", $"{result.MeanPsnr:F2} / {result.Pictures.Min(picture => picture.Quality.PsnrDecibels):F2} dB");
        Row("SSIM, mean / lowest", $"{result.Pictures.Average(picture => picture.Quality.Ssim):F5} / {result.Pictures.Min(picture => picture.Quality.Ssim):F5}");
        Row("confidence, median", $"{Median(counted.Select(trial => trial.Confidence)):F2}");
        Row("time to read one, median", $"{Median(counted.Select(trial => trial.Milliseconds)):F1} ms");
        text.Append('\n');
        Table(text, counted);
        if (result.Trials.Where(trial => Apart.Contains(trial.Attack.Name)).ToList() is { Count: > 0 } apart)
        {
            text.Append("\n## Not in the sums\n\n");
            Table(text, apart);
        }
        Losses(text, result);
        if (result.Skipped.Count > 0) text.Append("\n## Not marked\n\n").AppendJoin('\n', result.Skipped.Select(line => $"* {line}")).Append('\n');
        return text.Append(Text($"\nMade by `{madeBy}`.\n")).ToString();

        void Row(string name, FormattableString value) => text.Append(Text($"| {name} | {Text(value)} |\n"));
    }

    public static JsonObject Json(SurvivalResult result, string environment)
    {
        var counted = Counted(result.Trials).ToList();
        return new JsonObject
        {
            ["environment"] = environment,
            ["strength_db"] = result.Strength,
            ["pictures"] = result.Pictures.Count,
            ["trials"] = counted.Count,
            ["recovered_percent"] = Rounded(Percent(counted)),
            ["misread"] = counted.Count(trial => trial.Misread),
            ["psnr_mean"] = Rounded(result.MeanPsnr),
            ["psnr_min"] = Rounded(result.Pictures.Min(picture => picture.Quality.PsnrDecibels)),
            ["ssim_mean"] = Math.Round(result.Pictures.Average(picture => picture.Quality.Ssim), 5),
            ["ssim_min"] = Math.Round(result.Pictures.Min(picture => picture.Quality.Ssim), 5),
            ["confidence_median"] = Rounded(Median(counted.Select(trial => trial.Confidence))),
            ["extract_ms_median"] = Rounded(Median(counted.Select(trial => trial.Milliseconds))),
            ["per_attack"] = Object(result.Trials.GroupBy(trial => trial.Attack), attack => attack.Name, trials => new JsonObject
            {
                ["group"] = trials.First().Attack.Group,
                ["n"] = trials.Count,
                ["percent"] = Rounded(Percent(trials)),
                ["confidence_median"] = Rounded(Median(trials.Select(trial => trial.Confidence))),
                ["ms_median"] = Rounded(Median(trials.Select(trial => trial.Milliseconds))),
                ["lost"] = new JsonArray([.. trials.Where(trial => !trial.Recovered).Select(trial => JsonValue.Create(trial.Picture))]),
            }),
            ["quality"] = Object(result.Pictures.GroupBy(picture => picture.Name), name => name, pictures => new JsonObject
            {
                ["width"] = pictures[0].Width, ["height"] = pictures[0].Height, ["psnr"] = pictures[0].Quality.PsnrDecibels, ["ssim"] = pictures[0].Quality.Ssim,
            }),
        };
    }

    public static string Count(int pictures) => pictures == 1 ? "1 picture" : $"{pictures} pictures";

    public static double Rounded(double value) => Math.Round(value, 3);

    private static JsonObject Object<TKey, TItem>(IEnumerable<IGrouping<TKey, TItem>> groups, Func<TKey, string> name, Func<List<TItem>, JsonObject> value)
    {
        var result = new JsonObject();
        foreach (var group in groups) result[name(group.Key)] = value([.. group]);
        return result;
    }

    private static void Table(StringBuilder text, List<Trial> trials)
    {
        text.Append("| group | attack | recovered, % | n | confidence, median | ms, median |\n| --- | --- | ---: | ---: | ---: | ---: |\n");
        foreach (var group in trials.GroupBy(trial => trial.Attack.Group))
        {
            var attacks = group.GroupBy(trial => trial.Attack.Name).ToList();
            if (attacks.Count > 1) Line($"**{group.Key}**", $"*{attacks.Count} attacks*", [.. group], "**");
            foreach (var attack in attacks) Line(attacks.Count > 1 ? "" : $"**{group.Key}**", attack.Key, [.. attack], "");
        }

        void Line(string group, string attack, List<Trial> of, string mark) => text.Append(Text(
            $"| {group} | {attack} | {mark}{Percent(of):F1}{mark} | {of.Count} | {Median(of.Select(trial => trial.Confidence)):F2} | {Median(of.Select(trial => trial.Milliseconds)):F1} |\n"));
    }

    private static void Losses(StringBuilder text, SurvivalResult result)
    {
        var lost = result.Trials.Where(trial => !trial.Recovered).GroupBy(trial => trial.Attack).ToList();
        text.Append("\n## Lost\n\n");
        if (lost.Count == 0) text.Append("Nothing.\n");
        foreach (var attack in lost)
        {
            var pictures = attack.Count() == result.Pictures.Count && result.Pictures.Count > 3 ? "every picture" : string.Join(", ", attack.Select(Describe));
            text.Append(Text($"* `{attack.Key.Name}`: {pictures}\n"));
        }

        static string Describe(Trial trial) => trial.Misread ? Text($"{trial.Picture} (**another payload**, {trial.Errors} bits wrong)")
            : trial.Errors <= Trial.MostErrors ? Text($"{trial.Picture} (right payload at {trial.Confidence:F1})") : trial.Picture;
    }

    private static string Sizes(SurvivalResult result)
    {
        var sizes = result.Pictures.Select(picture => picture.Width * (double)picture.Height / 1e6).Order().ToList();
        return sizes[^1] - sizes[0] < 0.005 ? Text($"{sizes[0]:0.##} megapixels") : Text($"{sizes[0]:0.##} to {sizes[^1]:0.##} megapixels");
    }
}
