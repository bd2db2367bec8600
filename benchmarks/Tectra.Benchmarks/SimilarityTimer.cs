using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tectra.Registry.Similarity;
using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Verification;

namespace Tectra.Benchmarks;

/// <summary>
/// The similarity index beside looking at every value with vector instructions, in one run on one thread, a hundred queries
/// in turn, so that a busy moment of the machine hits both alike. Checks that both find the same. What counts is the
/// processor's time, which waiting for other programs doesn't lengthen; the clock's time is beside it.
/// </summary>
internal sealed class SimilarityTimer
{
    private const int Limit = 1_000, Queries = 1_000, Turn = 100, WarmUp = 100;
    private const double MostBytes = 60, MostPayloadMilliseconds = 1, MostHashMilliseconds = 10;

    private readonly StringBuilder _text = new();
    private readonly List<string> _missed = [];

    /// <summary>Returns 0 if the bars are met.</summary>
    public static int Run(int records, string? output)
    {
        var timer = new SimilarityTimer();
        timer.Write(records);
        Console.Write(timer._text);
        if (output is not null) AtomicFile.Write(output, Encoding.UTF8.GetBytes(timer._text.ToString()));
        return timer._missed.Count == 0 ? 0 : 1;
    }

    private static double At(List<double> times, double share) => times.Order().ElementAt((int)Math.Ceiling(share * times.Count) - 1);

    private void Write(int records)
    {
        _text.AppendLine("# Similarity index beside a scan").AppendLine();
        Line($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Machine.Processor} ({Machine.VectorWidth}), {Environment.ProcessorCount} cores; .NET {Environment.Version}.");
        Line($"{records:N0} records, each with a hash and a payload. {Queries:N0} queries a row on one thread, at most {Limit:N0} results each: half of");
        _text.AppendLine("them random, half beside a record, from no wrong bit to as many as the radius. The scan looks at every value, in one");
        Line($"array, with the widest vectors; index and scan take turns of {Turn} queries, and find the same in each. The machine is shared:");
        _text.AppendLine("the times are those of the processor, the last but one column is by the clock.").AppendLine();
        Measure(SimilarityData.Uniform(records), "Uniform: all bits are random.");
        Measure(
            SimilarityData.Clustered(records),
            """
            Clustered: 5 % of the hashes lie within 4 bits of a thousand centres, 1 % share ten hashes. A third of the queries beside
            a record are beside one of the first kind, a third beside one of the second.
            """);
        var bars = $"at most {MostBytes} bytes a record; 99 of 100 queries within {MostPayloadMilliseconds} ms (payload) and {MostHashMilliseconds} ms (hash, radius {VerificationPolicy.DefaultPerceptualRadius}) of the processor's time";
        Line($"Bars: {bars}: {(_missed.Count == 0 ? "met" : $"missed: {string.Join(", ", _missed)}")}.");
        _text.AppendLine().AppendLine("Made by `dotnet run -c Release --project benchmarks/Tectra.Benchmarks -- similarity`.");
    }

    private void Measure(SimilarityData data, string description)
    {
        Console.WriteLine($"// {data.Name}");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Environment.CpuUsage.TotalTime;
        var index = new SimilarityIndex();
        for (var i = 0; i < data.Hashes.Length; i++) index.Add(i + 1, new PerceptualHash(data.Hashes[i]), new WatermarkPayload(data.Payloads[i]));
        var built = Environment.CpuUsage.TotalTime - start;
        double records = data.Hashes.Length, bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / records;
        Check(bytes, MostBytes, $"{data.Name}, bytes");

        _text.AppendLine(description);
        Line($"Built in {built.TotalSeconds:F1} s ({built.TotalNanoseconds / records:F0} ns a record); {bytes:F1} bytes a record after a full collection ({index.Bytes / records:F1} computed).").AppendLine();
        _text.AppendLine("| | scan, ms: median | 99 % | a second | index, ms: median | 99 % | longest | a second | 99 %, by the clock | × |");
        _text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        List<int> found = [];
        const int Near = VerificationPolicy.WatermarkRadius, Similar = VerificationPolicy.DefaultPerceptualRadius, Far = 12;
        var payloads = Row(
            $"payload, radius {Near}", data.PayloadQueries(Near, Queries), found,
            query => HammingScan.Find(data.Payloads, query, Near, found), query => index.FindPayloads(new WatermarkPayload(query), Near, Limit));
        Check(payloads, MostPayloadMilliseconds, $"{data.Name}, payload");
        var hashes = HashRow(Similar);
        Check(hashes, MostHashMilliseconds, $"{data.Name}, hash");
        HashRow(Far);
        _text.AppendLine();

        double HashRow(int radius) => Row(
            $"hash, radius {radius}", data.HashQueries(radius, Queries), found,
            query => HammingScan.Find(data.Hashes, query, radius, found), query => index.FindPictures(new PerceptualHash(query), radius, Limit));
    }

    /// <summary>Measures both and returns what 99 % of the index's queries took at most, in milliseconds.</summary>
    private double Row<T>(string name, T[] queries, List<int> found, Action<T> scan, Func<T, SimilarityMatches> find)
    {
        Console.WriteLine($"// {name}");
        List<double> scans = [], finds = [], byClock = [];
        for (var i = 0; i < WarmUp; i++) Compare(name, queries.AsSpan(i, 1), found, scan, find, [], [], []);
        for (var first = 0; first < queries.Length; first += Turn) Compare(name, queries.AsSpan(first, Turn), found, scan, find, scans, finds, byClock);
        double scanned = scans.Average(), looked = finds.Average(), most = At(finds, 0.99);
        Line($"| {name} | {At(scans, 0.5):F2} | {At(scans, 0.99):F2} | {1000 / scanned:N0} | {At(finds, 0.5):F3} | {most:F3} | {finds.Max():F2} | {1000 / looked:N0} | {At(byClock, 0.99):F3} | {scanned / looked:F1} |");
        return most;
    }

    private static void Compare<T>(
        string name, ReadOnlySpan<T> queries, List<int> found, Action<T> scan, Func<T, SimilarityMatches> find, List<double> scans, List<double> finds, List<double> byClock)
    {
        var expected = new List<long[]>();
        foreach (var query in queries)
        {
            found.Clear();
            var before = Environment.CpuUsage.TotalTime;
            scan(query);
            scans.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            expected.Add([.. found.Select(i => i + 1L)]);
        }
        for (var i = 0; i < queries.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var before = Environment.CpuUsage.TotalTime;
            var matches = find(queries[i]);
            finds.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            byClock.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var same = matches.IsCut ? expected[i].Length > Limit && matches.Sequences.Count == Limit : matches.Sequences.SequenceEqual(expected[i]);
            if (!same) throw new InvalidOperationException($"The index and the scan disagree: {name}.");
        }
    }

    private void Check(double value, double most, string name)
    {
        if (value > most) _missed.Add(name);
    }

    private StringBuilder Line(FormattableString text) => _text.AppendLine(text.ToString(CultureInfo.InvariantCulture));
}
