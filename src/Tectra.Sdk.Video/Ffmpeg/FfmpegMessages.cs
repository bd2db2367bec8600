namespace Tectra.Sdk.Video.Ffmpeg;

/// <summary>What the programs write to standard error.</summary>
internal static class FfmpegMessages
{
    private const int MaxLength = 160;

    /// <summary>The last line that says something, without addresses of memory and unprintable characters, short enough for a message.</summary>
    public static string Last(string messages)
    {
        var line = messages.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "ffmpeg doesn't say why";
        while (line.StartsWith('[') && line.IndexOf(']') is var end and > 0) line = line[(end + 1)..].Trim();
        // The name of the file is the caller's own.
        if (line.StartsWith("file:", StringComparison.Ordinal) && line.LastIndexOf(": ", StringComparison.Ordinal) is var at and > 0) line = line[(at + 2)..];
        line = new string([.. line.Where(character => !char.IsControl(character))]);
        return line.Length <= MaxLength ? line : line[..MaxLength] + "…";
    }
}
