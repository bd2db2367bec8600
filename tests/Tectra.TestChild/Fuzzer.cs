using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Tectra.Sdk;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Imaging.Codecs;
using Tectra.Sdk.Imaging.Containers;

namespace Tectra.TestChild;

/// <summary>
/// Repeatable mutants: number n is always the same bytes. Each is inspected in full (decode, hash, extract, alterations).
/// The number at work stands in a memory-mapped file, which outlives a crash.
/// </summary>
internal static class Fuzzer
{
    private const int ReportedHangMilliseconds = 10_000;

    private const int SearchedEvery = 64; // what the search for other geometries sees are pixels; mutants differ in what comes before

    private static readonly ImagingOptions Options = new() { MaxPixels = 20_000_000 };

    public static int Run(string folder, long start, long count, long step, TimeSpan limit, string progressFile)
    {
        var corpus = Corpus(folder);
        using var progress = MemoryMappedFile.CreateFromFile(progressFile, FileMode.Create, null, sizeof(long));
        using var view = progress.CreateViewAccessor();
        ImageInspector searching = new(Options), inspector = new(Options with { SearchGeometry = false });
        var outcomes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var clock = Stopwatch.StartNew();
        long done = 0, longest = 0, peak = 0;
        for (; done < count && clock.Elapsed < limit; done++)
        {
            var index = start + (done * step);
            view.Write(0, index);
            var mutant = Mutate(corpus, index);
            var watch = Stopwatch.StartNew();
            var observed = (index % SearchedEvery == 0 ? searching : inspector).Inspect(mutant); // must not throw, whatever the bytes
            var outcome = observed.PerceptualHashProblem?.Code ?? "decoded";
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            longest = Math.Max(longest, watch.ElapsedMilliseconds);
            if (watch.ElapsedMilliseconds > ReportedHangMilliseconds)
            {
                Console.WriteLine($"mutant {index} took {watch.ElapsedMilliseconds} ms");
                return 3;
            }
        }
        peak = Process.GetCurrentProcess().PeakWorkingSet64 / (1024 * 1024);
        Console.WriteLine($"mutants={done} longest_ms={longest} peak_mb={peak} {string.Join(' ', outcomes.Select(pair => $"{pair.Key}={pair.Value}"))}");
        return 0;
    }

    /// <summary>Decodes mutants and prints one digest of all their pixels: memory that no decoder wrote would change it.</summary>
    public static int Digest(string folder, long start, long count)
    {
        var corpus = Corpus(folder);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var index = start; index < start + count; index++)
        {
            var mutant = Mutate(corpus, index);
            try
            {
                var codec = ImageCodecs.Of(ImageFormats.Detect(mutant));
                using var image = codec.Decode(mutant, codec.ReadHeader(mutant, Options), out _);
                for (var y = 0; y < image.Height; y++) digest.AppendData(image.RawRow(y));
            }
            catch (InvalidContentException)
            {
                digest.AppendData("refused"u8);
            }
        }
        Console.WriteLine($"pixels {Convert.ToHexStringLower(digest.GetHashAndReset())}");
        return 0;
    }

    public static int Save(string folder, long index, string output)
    {
        using var stream = File.Create(output);
        stream.Write(Mutate(Corpus(folder), index));
        return 0;
    }

    private static byte[][] Corpus(string folder) =>
        [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).Where(file => file.Length is > 0 and < 1_000_000)];

    private static byte[] Mutate(byte[][] corpus, long index)
    {
        var random = new Random(HashCode(index));
        var mutant = (byte[])corpus[random.Next(corpus.Length)].Clone();
        for (var rounds = random.Next(1, 4); rounds > 0 && mutant.Length > 0; rounds--)
        {
            mutant = random.Next(8) switch
            {
                0 => mutant[..random.Next(mutant.Length)],
                1 => Splice(random, mutant, corpus[random.Next(corpus.Length)]),
                2 => Remove(random, mutant),
                3 => Fill(random, mutant),
                4 => Flip(random, mutant, Math.Min(mutant.Length, 600)), // headers deserve more than their share
                _ => Flip(random, mutant, mutant.Length),
            };
        }
        return random.Next(4) == 0 ? mutant : Repair(mutant);
    }

    /// <summary>Mends lengths and checksums, so that damage gets past the containers to the decoders.</summary>
    private static byte[] Repair(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith("RIFF"u8) && bytes.Length > 8) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        if (bytes.Length < 20 || bytes[1] != 'P' || bytes[2] != 'N') return bytes;
        for (long position = 8; position + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan((int)position));
            if (position + 12 + length > bytes.Length) break;
            var chunk = bytes.AsSpan((int)position + 4, (int)length + 8);
            BinaryPrimitives.WriteUInt32BigEndian(chunk[^4..], PngContainer.Crc(chunk[..^4]));
            position += 12 + length;
        }
        return bytes;
    }

    // System.Random's own seeding is documented to stay the same for a given seed; the seed is spread so that neighbours differ.
    private static int HashCode(long index) => (int)((ulong)(index + 1) * 0x9E3779B97F4A7C15 >> 33);

    private static byte[] Flip(Random random, byte[] bytes, int range)
    {
        for (var flips = random.Next(1, 20); flips > 0; flips--) bytes[random.Next(range)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private static byte[] Fill(Random random, byte[] bytes)
    {
        int offset = random.Next(bytes.Length), length = Math.Min(random.Next(1, 9), bytes.Length - offset);
        bytes.AsSpan(offset, length).Fill((byte)(random.Next(3) switch { 0 => 0x00, 1 => 0xFF, _ => random.Next(256) }));
        return bytes;
    }

    private static byte[] Remove(Random random, byte[] bytes)
    {
        int offset = random.Next(bytes.Length), length = random.Next(1, Math.Min(bytes.Length - offset, 4096) + 1);
        return [.. bytes[..offset], .. bytes[(offset + length)..]];
    }

    private static byte[] Splice(Random random, byte[] bytes, byte[] other)
    {
        int from = random.Next(other.Length), length = random.Next(1, Math.Min(other.Length - from, 4096) + 1), to = random.Next(bytes.Length);
        var replaced = random.Next(2) == 0 ? Math.Min(length, bytes.Length - to) : 0;
        return [.. bytes[..to], .. other.AsSpan(from, length), .. bytes[(to + replaced)..]];
    }
}
