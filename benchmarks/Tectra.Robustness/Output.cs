using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tectra.Sdk;
using Tectra.Sdk.Imaging;

namespace Tectra.Robustness;

/// <summary>What every report has: where, when and with what it was measured, and how numbers are written.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A line for reports.</summary>
    public static string Environment(WorkerPool pool)
    {
        var versions = pool.With(worker => worker.Ask(new JsonObject { ["op"] = "versions" })).Fields;
        var date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"{date}; {Processor()}, {System.Environment.ProcessorCount} cores; Tectra {Version()}, {RuntimeInformation.FrameworkDescription}, " +
            $"Python {versions["python"]}, numpy {versions["numpy"]}, OpenCV {versions["opencv"]}, Pillow {versions["pillow"]}";
    }

    /// <summary>Writes text under a folder, which is made if it is missing.</summary>
    public static void Write(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text));
        Console.WriteLine(path);
    }

    public static void Write(string folder, string name, JsonNode document) => Write(folder, name, document.ToJsonString(Json) + "\n");

    /// <summary>Text with numbers as every country reads them.</summary>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? 0 : (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    /// <summary>The build's own number, with the commit where the build knows it.</summary>
    private static string Version() =>
        typeof(ImageWatermarker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is { } version
            ? version.Length > 14 && version.Contains('+') ? version[..(version.IndexOf('+') + 9)] : version
            : "?";

    private static string Processor()
    {
        const string Information = "/proc/cpuinfo";
        var model = File.Exists(Information) ? File.ReadLines(Information).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return model is null ? RuntimeInformation.ProcessArchitecture.ToString() : model[(model.IndexOf(':') + 1)..].Trim();
    }
}
