namespace Tectra.Benchmarks;

/// <summary>The pictures that are measured: the repository's own.</summary>
internal static class Data
{
    public static string PathOf(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "tests", "data", "images", relative);
            if (File.Exists(path)) return path;
        }
        throw new FileNotFoundException($"{relative} is not in tests/data/images above {AppContext.BaseDirectory}.");
    }

    public static byte[] Read(string relative) => File.ReadAllBytes(PathOf(relative));
}
