using System.Text.Json;

namespace Tectra.Testing;

/// <summary>Where the test data is, and whether this is the quick run or the one at full size.</summary>
public static class TestData
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The data that ships with the repository.</summary>
    public static string Root { get; } = Path.Combine(Repository, "tests", "data");

    /// <summary>True under <c>./test --full</c>.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("TECTRA_TEST_FULL") == "1";

    /// <summary>A larger set of the same layout, for measurements; null where there is none.</summary>
    public static string? LargeRoot { get; } = FindLargeRoot();

    /// <summary>A file of the repository's data, by its path below <c>tests/data</c>.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>A file's bytes, by its path below <c>tests/data</c>.</summary>
    public static byte[] Read(string relative) => File.ReadAllBytes(PathOf(relative));

    /// <summary>A file's JSON, by its path below <c>tests/data</c>.</summary>
    public static JsonElement Json(string relative)
    {
        using var document = JsonDocument.Parse(Read(relative));
        return document.RootElement.Clone();
    }

    /// <summary>
    /// The path of a file that is either in the repository's data or, in the full run, in the larger set; null where it is in neither.
    /// </summary>
    public static string? Find(string relative)
    {
        var own = PathOf(relative);
        if (File.Exists(own)) return own;
        var large = LargeRoot is null ? null : Path.Combine(LargeRoot, relative);
        return IsFull && File.Exists(large) ? large : null;
    }

    /// <summary>
    /// Every image below <c>images/</c>, as relative paths: the repository's, and in the full run also those of the larger set.
    /// </summary>
    public static IReadOnlyList<string> Images(string folder = "images")
    {
        var roots = IsFull && LargeRoot is not null ? new[] { Root, LargeRoot } : [Root];
        return
        [
            .. roots.SelectMany(root => Directory.EnumerateFiles(Path.Combine(root, folder), "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/')))
                .Distinct().Order(StringComparer.Ordinal),
        ];
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tectra.Sdk.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("The tests must run from inside the repository.");
    }

    private static string? FindLargeRoot()
    {
        var folder = Environment.GetEnvironmentVariable("TECTRA_LARGE_DATA") ?? Path.Combine(Repository, "..", "shared", "data");
        return Directory.Exists(Path.Combine(folder, "images")) ? Path.GetFullPath(folder) : null;
    }
}
