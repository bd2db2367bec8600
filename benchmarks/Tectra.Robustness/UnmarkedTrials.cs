using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Tectra.Sdk;
using Tectra.Sdk.Imaging;

namespace Tectra.Robustness;

/// <summary>What was read from an unmarked picture, or the problem why nothing could be. One line of the checkpoint.</summary>
internal sealed record UnmarkedTrial(int Number, string Kind, string What, int Width, int Height, bool Found, double Confidence, double Milliseconds, string? Problem);

/// <summary>
/// Reads watermarks from pictures that have none. Every trial follows from its number alone, and each is written down when it
/// is done, so that a run can be stopped and taken up again.
/// </summary>
internal sealed class UnmarkedTrials(WorkerPool pool, string folder)
{
    private const string Checkpoint = "false-positives.jsonl";
    private const int Repeated = 24;

    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    private readonly ImageWatermarker _watermarker = new(new ImagingOptions { MaxFileBytes = Array.MaxLength });

    private sealed record Kind(string Name, int Weight, bool Photo);

    private sealed record Plan(int Number, Kind Kind, string? Path, string? Attack);

    public List<UnmarkedTrial> Run(IReadOnlyList<Picture> pictures, int count)
    {
        var photos = Readable(pictures);
        var attacks = Survival.AttacksOf(pool, "attacks", "");
        var kinds = pool.With(worker => worker.Ask(new JsonObject { ["op"] = "kinds" })).Fields["kinds"]!.AsArray()
            .Select(kind => new Kind((string)kind!["name"]!, (int)kind["weight"]!, (bool)kind["photo"]!)).ToList();
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Checkpoint);
        var done = Resume(path);
        var known = done.ToDictionary(trial => trial.Number);
        if (known.Count > 0)
        {
            Console.WriteLine($"{known.Count} trials are in {path}");
            Compare(known, Plans(kinds, photos, attacks), path);
        }
        var plans = Plans(kinds, photos, attacks).Take(count).Where(plan => !known.ContainsKey(plan.Number));
        using var lines = new StreamWriter(path, append: true);
        pool.ForEach(plans, (plan, worker) =>
        {
            var trial = Read(plan, worker);
            lock (done)
            {
                done.Add(trial);
                lines.WriteLine(JsonSerializer.Serialize(trial, Json));
                lines.Flush();
                if (trial.Found) Console.WriteLine(Output.Text($"FOUND at {trial.Confidence:F2} in trial {trial.Number}: {trial.Kind}, {trial.What}"));
                if (done.Count % 500 == 0) Console.WriteLine(Output.Text($"{done.Count} trials, {done.Count(one => one.Found)} found, highest {done.Max(one => one.Confidence):F2}"));
            }
        });
        return [.. done.Where(trial => trial.Number < count).OrderBy(trial => trial.Number)];
    }

    /// <summary>Each kind has its share of the numbers; within a kind, photographs and attacks go round so that all meet.</summary>
    private static IEnumerable<Plan> Plans(List<Kind> kinds, List<Picture> photos, List<Attack> attacks)
    {
        // Spread over the round, so that a short run has a bit of everything.
        var slots = kinds.SelectMany(kind => Enumerable.Range(0, kind.Weight).Select(i => (Kind: kind, At: (i + 0.5) / kind.Weight))).OrderBy(slot => slot.At).Select(slot => slot.Kind).ToList();
        var counts = kinds.ToDictionary(kind => kind, _ => 0);
        for (var number = 0; ; number++)
        {
            var kind = slots[number % slots.Count];
            var k = counts[kind]++;
            var (round, photo) = Math.DivRem(k, photos.Count);
            yield return kind.Photo ? new Plan(number, kind, photos[photo].Path, attacks[(round + photo) % attacks.Count].Name) : new Plan(number, kind, null, null);
        }
    }

    private List<Picture> Readable(IReadOnlyList<Picture> pictures)
    {
        var readable = pictures.Where(picture => pool.With(worker =>
        {
            try
            {
                return (bool)worker.Ask(new JsonObject { ["op"] = "readable", ["path"] = Path.GetFullPath(picture.Path) }).Fields["readable"]!;
            }
            catch (WorkerException)
            {
                return false;
            }
        })).Select(picture => new Picture(Path.GetFullPath(picture.Path))).ToList();
        Console.WriteLine($"{readable.Count} of {pictures.Count} pictures serve as photographs");
        return readable.Count > 0 ? readable : throw new UsageException("None of the pictures can be read and is large enough.");
    }

    /// <summary>What a former run left. A line that it didn't finish is cut off.</summary>
    private static List<UnmarkedTrial> Resume(string path)
    {
        if (!File.Exists(path)) return [];
        var text = File.ReadAllText(path);
        var whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length) AtomicFile.Write(path, Encoding.UTF8.GetBytes(whole));
        return [.. whole.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<UnmarkedTrial>(line, Json)!)];
    }

    /// <summary>Repeats some trials of a former run: those of another detector, or of other pictures, must not be mixed in.</summary>
    private void Compare(Dictionary<int, UnmarkedTrial> known, IEnumerable<Plan> plans, string path)
    {
        var numbers = known.Keys.Order().ToList();
        var sample = Enumerable.Range(0, Repeated).Select(i => numbers[(int)((long)i * numbers.Count / Repeated)]).ToHashSet();
        var last = sample.Max();
        pool.ForEach(plans.TakeWhile(plan => plan.Number <= last).Where(plan => sample.Contains(plan.Number)), (plan, worker) =>
        {
            var (before, now) = (known[plan.Number], Read(plan, worker));
            if (now with { Milliseconds = before.Milliseconds } != before)
                throw new UsageException($"'{path}' is of another detector or other pictures: trial {plan.Number} gives something else now. Remove it, or choose another --out.");
        });
    }

    private UnmarkedTrial Read(Plan plan, Worker worker)
    {
        var photo = plan.Path is null ? "" : Path.GetFileNameWithoutExtension(plan.Path) + ", ";
        Answer answer;
        try
        {
            answer = worker.Ask(new JsonObject { ["op"] = "trial", ["kind"] = plan.Kind.Name, ["trial"] = plan.Number, ["path"] = plan.Path, ["attack"] = plan.Attack });
        }
        catch (WorkerException e)
        {
            return new UnmarkedTrial(plan.Number, plan.Kind.Name, photo + plan.Attack, 0, 0, false, 0, 0, e.Message);
        }
        var result = new UnmarkedTrial(plan.Number, plan.Kind.Name, photo + (string)answer.Fields["detail"]!, answer.Width, answer.Height, false, 0, 0, null);
        var start = Stopwatch.GetTimestamp();
        try
        {
            var reading = _watermarker.Extract(answer.Blob);
            var elapsed = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1);
            // Whoever improves the detector will want to see what fooled it.
            if (reading.Found) AtomicFile.Write(Path.Combine(folder, $"found-{plan.Number}.png"), answer.Blob);
            return result with { Found = reading.Found, Confidence = reading.Confidence, Milliseconds = elapsed };
        }
        catch (InvalidContentException e)
        {
            return result with { Problem = e.Code };
        }
    }
}
