using System.Globalization;
using Tectra.Cli.Commands;
using Tectra.Cli.Output;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Interop;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Batch;

/// <summary>A file to sign. Immutable.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Name">Its path below the folder that is signed, with '/' between the parts.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="ModifiedAt">When it was last written to.</param>
/// <param name="IsVideo">Whether it is a video; else it is a picture, or calls itself one.</param>
internal sealed record BatchFile(string Path, string Name, long Size, string ModifiedAt, bool IsVideo);

/// <summary>What is found in the folders that are to be signed. Immutable.</summary>
/// <param name="Files">Pictures and videos, by their content or by their name, in the order of their names.</param>
/// <param name="Unreadable">Files and folders that may not be read.</param>
/// <param name="Ignored">How many files are neither picture nor video.</param>
/// <param name="Folders">How many folders were left out.</param>
internal sealed record BatchFiles(IReadOnlyList<BatchFile> Files, IReadOnlyList<(string Name, ErrorDocument Error)> Unreadable, int Ignored, int Folders)
{
    /// <summary>Looks through files and folders. Hidden ones, links to folders and the output folder are left out.</summary>
    /// <exception cref="ArgumentException">Two files would get the same output, or a source lies in the output folder.</exception>
    public static BatchFiles Find(IEnumerable<string> paths, string output, bool recursive)
    {
        var search = new Search(Posix.IdentityOf(output), recursive);
        foreach (var path in paths)
        {
            if (Directory.Exists(path)) search.Folder(path);
            else search.File(path, Path.GetFileName(path), isNamed: true);
        }
        var files = search.Files.OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
        for (var i = 1; i < files.Length; i++)
        {
            if (files[i].Name == files[i - 1].Name) throw new ArgumentException($"'{files[i - 1].Path}' and '{files[i].Path}' would have the same output; sign into different folders.");
        }
        return new BatchFiles(files, search.Unreadable, search.Ignored, search.Folders);
    }

    private sealed class Search(string output, bool recursive)
    {
        public List<BatchFile> Files { get; } = [];

        public List<(string Name, ErrorDocument Error)> Unreadable { get; } = [];

        public int Ignored { get; private set; }

        public int Folders { get; private set; }

        public void Folder(string root)
        {
            if (Posix.IdentityOf(root) == output) throw new ArgumentException($"'{root}' is the output folder too; choose another one, which may lie in it.");
            var waiting = new Stack<string>([root]);
            while (waiting.TryPop(out var folder))
            {
                try
                {
                    foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry.Name[0] != '.'))
                    {
                        var name = Path.GetRelativePath(root, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');
                        if (entry is not DirectoryInfo) File(entry.FullName, name, isNamed: false);
                        else if (entry.LinkTarget is not null || Posix.IdentityOf(entry.FullName) == output) continue;
                        else if (recursive) waiting.Push(entry.FullName);
                        else Folders++;
                    }
                }
                catch (Exception e) when (e is UnauthorizedAccessException or IOException)
                {
                    Unreadable.Add((Path.GetRelativePath(root, folder), CommandOutput.ErrorOf(e)!));
                }
            }
        }

        public void File(string path, string name, bool isNamed)
        {
            try
            {
                var isVideo = Media.IsVideo(path);
                if (isVideo || isNamed || ImageFormats.TryFromExtension(Path.GetExtension(path), out _) || IsPicture(path)) Files.Add(Describe(path, name, isVideo));
                else Ignored++;
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                Unreadable.Add((name, CommandOutput.ErrorOf(e)!));
            }
        }

        private static bool IsPicture(string path)
        {
            if (Posix.IsSpecial(path)) return false;
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var header = new byte[VideoFormats.HeaderBytes];
            return ImageFormats.IsKnown(header.AsSpan(0, stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false)));
        }

        private static BatchFile Describe(string path, string name, bool isVideo)
        {
            var info = new FileInfo(path);
            return new BatchFile(path, name, info.Length, info.LastWriteTimeUtc.ToString("O", CultureInfo.InvariantCulture), isVideo);
        }
    }
}
