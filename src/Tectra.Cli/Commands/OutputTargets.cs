using Tectra.Sdk.Imaging;
using Tectra.Sdk.Interop;

namespace Tectra.Cli.Commands;

/// <summary>Decides where each signed file goes, and that none lands on a source or on another output.</summary>
internal sealed class OutputTargets
{
    private readonly string? _output;
    private readonly bool _isFolder;
    private readonly HashSet<string> _sources;
    private readonly HashSet<string> _targets = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">Several inputs and one output file.</exception>
    public OutputTargets(IReadOnlyCollection<string> files, string? output)
    {
        _output = output;
        _isFolder = output is not null && (Directory.Exists(output) || output.EndsWith('/') || files.Count > 1);
        if (_isFolder && (File.Exists(output) || (!Directory.Exists(output) && IsNameOfFile(output!, files))))
            throw new ArgumentException($"'{output}' is a file's name; with several inputs the output must be a folder.");
        if (_isFolder) Directory.CreateDirectory(output!);
        _sources = [.. files.Select(Posix.IdentityOf)];
    }

    /// <summary>Where a picture goes, and the format its path asks for (null: the source's own).</summary>
    /// <exception cref="ArgumentException">The path would overwrite a source or another output, or its extension is unknown.</exception>
    public (string Target, ImageFormat? Format) OfPicture(string file)
    {
        var target = Claim(_output is null
            ? Path.Combine(Path.GetDirectoryName(file) ?? "", $"{Path.GetFileNameWithoutExtension(file)}.signed{Path.GetExtension(file)}")
            : Below(_output, file));
        return (target, _output is null || _isFolder ? null : CommandParts.FormatOf(target));
    }

    /// <summary>Where a copy of a video goes; null without an output, since a video is delivered as it is.</summary>
    /// <exception cref="ArgumentException">The path would overwrite a source or another output, or has another extension than the source.</exception>
    public string? OfVideo(string file)
    {
        if (_output is null) return null;
        var target = Claim(Below(_output, file));
        return string.Equals(Path.GetExtension(target), Path.GetExtension(file), StringComparison.OrdinalIgnoreCase)
            ? target
            : throw new ArgumentException($"A video is delivered as it is, byte for byte: give '{target}' the extension '{Path.GetExtension(file)}', or leave the output out.");
    }

    private static bool IsNameOfFile(string output, IEnumerable<string> files) => Path.GetExtension(output) is { Length: > 0 } extension
        && (ImageFormats.TryFromExtension(extension, out _) || files.Any(file => string.Equals(Path.GetExtension(file), extension, StringComparison.OrdinalIgnoreCase)));

    private string Below(string output, string file) => _isFolder ? Path.Combine(output, Path.GetFileName(file)) : output;

    private string Claim(string target)
    {
        if (_sources.Contains(Posix.IdentityOf(target))) throw new ArgumentException($"'{target}' is a source; choose another output.");
        if (!_targets.Add(Path.GetFullPath(target))) throw new ArgumentException($"'{target}' is the output of another input already; sign into different folders.");
        return target;
    }
}
