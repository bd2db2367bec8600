using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk.Content;

namespace Tectra.Robustness;

/// <summary>The user asked for something that can't be done.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>A picture to be marked, and the payload it gets: the first 16 bytes of the SHA-256 of its name.</summary>
internal sealed record Picture(string Path)
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp"];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public WatermarkPayload Payload => new(SHA256.HashData(Encoding.UTF8.GetBytes(Name)).AsSpan(0, WatermarkPayload.LengthBytes));

    public byte[] Read() => File.ReadAllBytes(Path);

    /// <summary>The pictures of a folder, by name; the first <paramref name="limit"/> of them unless that is 0.</summary>
    public static List<Picture> In(string folder, int limit = 0)
    {
        if (!Directory.Exists(folder)) throw new UsageException($"There is no folder '{folder}'.");
        var found = Directory.EnumerateFiles(folder).Where(path => Extensions.Contains(System.IO.Path.GetExtension(path).ToLowerInvariant()))
            .OrderBy(path => path, StringComparer.Ordinal).Select(path => new Picture(path));
        var pictures = (limit > 0 ? found.Take(limit) : found).ToList();
        return pictures.Count > 0 ? pictures : throw new UsageException($"There are no pictures in '{folder}'.");
    }
}
