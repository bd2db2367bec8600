namespace Tectra.Benchmarks;

/// <summary>The pictures that are measured: the repository's own.</summary>
internal static class Data
{
    /// <summary>The folder that holds the repository.</summary>
    public static string Repository { get; } = FindRepository();

    public static string PathOf(string relative) => Path.Combine(Repository, "tests", "data", "images", relative);

    public static byte[] Read(string relative) => File.ReadAllBytes(PathOf(relative));

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tectra.Sdk.sln"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"There is no repository above {AppContext.BaseDirectory}.");
    }
}
