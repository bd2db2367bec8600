using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Merkle;

namespace Tectra.Benchmarks;

/// <summary>
/// Keccak-256 of one message beside the permutations that it can't do without and beside OpenSSL's hashes; and of many pairs of
/// nodes at every width. All of it in one run on one thread.
/// </summary>
internal static class KeccakTimer
{
    private const int WarmUpRounds = 5, Rounds = 41, BytesAStep = 4 << 20, RateBytes = 136, Pairs = 8192;
    private const double LeastMegabytes = 250;

    private static readonly int[] Lengths = [64, 1 << 10, 1 << 20];

    /// <summary>Returns 0 if the bar is met.</summary>
    public static int Run(string? output)
    {
        if (!SHA3_256.IsSupported) throw new InvalidOperationException("The comparison needs OpenSSL 1.1.1 or newer: install libssl3.");
        var messages = Lengths.Select(length => new MessageSteps(length)).ToList();
        var widths = Widths();
        TimedStep.RunAll([.. messages.SelectMany(message => message.All), .. widths.SelectMany(width => new[] { width.Hash, width.Permute })], WarmUpRounds, Rounds);

        var text = new StringBuilder();
        text.AppendLine("# Keccak-256").AppendLine();
        Line($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Machine.Processor} ({Machine.VectorWidth}), {Environment.ProcessorCount} cores; .NET {Environment.Version}; {OpenSsl()}.");
        Line($"Medians of {Rounds} rounds, one thread, warm, everything measured in each round. The machine is shared: the times are those of");
        text.AppendLine("the processor.").AppendLine();
        text.AppendLine("One message. Its floor is the permutations alone; SHA3-256 is the same sponge with another padding byte, SHA-256 has");
        text.AppendLine("instructions of its own in this processor. × is how many times as long as Keccak-256 they take.").AppendLine();
        text.AppendLine("| message | Keccak-256, MB/s | × floor's time | OpenSSL SHA3-256, MB/s | × | OpenSSL SHA-256, MB/s | × |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var message in messages)
        {
            double keccak = message.Keccak.Median, sha3 = message.Sha3.Median, sha2 = message.Sha2.Median;
            Line($"| {message.Keccak.Name} | {message.Megabytes / keccak:F0} | {keccak / message.Floor.Median:F2} | {message.Megabytes / sha3:F0} | {sha3 / keccak:F2} | {message.Megabytes / sha2:F0} | {sha2 / keccak:F2} |");
        }
        text.AppendLine().AppendLine("Parents in a Merkle tree: pairs of nodes, put in order and hashed, one pair a lane. The floor is the permutations alone.");
        text.AppendLine(Avx512F.VL.IsSupported ? "All vectors here have AVX-512's operations of three operands." : "Without AVX-512's operations of three operands.").AppendLine();
        text.AppendLine("| | hashes a second | ns each | × one lane | floor, ns | × floor's time |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (hash, permute) in widths)
        {
            double each = 1e9 * hash.Median / Pairs, floor = 1e9 * permute.Median / Pairs;
            Line($"| {hash.Name} | {Pairs / hash.Median:N0} | {each:F1} | {widths[0].Hash.Median / hash.Median:F2} | {floor:F1} | {each / floor:F2} |");
        }
        var longest = messages[^1];
        var met = longest.Megabytes / longest.Keccak.Median >= LeastMegabytes;
        text.AppendLine();
        Line($"Bar: at least {LeastMegabytes} MB/s of a long message: {(met ? "met" : "missed")}.").AppendLine();
        text.AppendLine("Made by `dotnet run -c Release --project benchmarks/Tectra.Benchmarks -- keccak`.");
        Console.Write(text);
        if (output is not null) AtomicFile.Write(output, Encoding.UTF8.GetBytes(text.ToString()));
        return met ? 0 : 1;

        StringBuilder Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static List<(TimedStep Hash, TimedStep Permute)> Widths()
    {
        var children = new MerkleHash[2 * Pairs];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(children.AsSpan()));
        List<(TimedStep, TimedStep)> widths = [Width<ulong, KeccakLanes1>("one lane", children)];
        if (Vector128.IsHardwareAccelerated) widths.Add(Width<Vector128<ulong>, KeccakLanes2>("two lanes, 128 bits", children));
        if (Vector256.IsHardwareAccelerated) widths.Add(Width<Vector256<ulong>, KeccakLanes4>("four lanes, 256 bits", children));
        if (Avx512F.IsSupported) widths.Add(Width<Vector512<ulong>, KeccakLanes8>("eight lanes, 512 bits", children));
        return widths;
    }

    private static (TimedStep Hash, TimedStep Permute) Width<TWord, TLanes>(string name, MerkleHash[] children)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        var parents = new MerkleHash[Pairs];
        return (
            new TimedStep(name, () => MerkleHasher.HashPairs<TWord, TLanes>(children, parents)),
            new TimedStep(name, () => Permute<TWord, TLanes>(Pairs / TLanes.Count)));
    }

    private static void Permute<TWord, TLanes>(int times)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = stackalloc TWord[KeccakF1600.Words];
        for (var i = 0; i < times; i++) KeccakF1600.Permute<TWord, TLanes>(state);
    }

    /// <summary>The library's file, whose name tells its version.</summary>
    private static string OpenSsl()
    {
        const string Name = "libcrypto";
        var mapped = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.Contains(Name, StringComparison.Ordinal)) : null;
        return mapped is null ? Name : Path.GetFileName(mapped);
    }

    /// <summary>So many messages of one length that they are some megabytes together.</summary>
    private sealed class MessageSteps
    {
        private readonly byte[] _message, _digest = new byte[Keccak256.LengthBytes];

        public MessageSteps(int length)
        {
            _message = new byte[length];
            new Random(1).NextBytes(_message);
            var times = BytesAStep / length;
            var name = length >= 1 << 20 ? $"{length >> 20} MB" : length >= 1 << 10 ? $"{length >> 10} kB" : $"{length} B";
            Keccak = new TimedStep(name, () => Repeat(times, () => Keccak256.HashData(_message, _digest)));
            Floor = new TimedStep(name, () => Permute<ulong, KeccakLanes1>(times * ((length / RateBytes) + 1)));
            Sha3 = new TimedStep(name, () => Repeat(times, () => SHA3_256.HashData(_message, _digest)));
            Sha2 = new TimedStep(name, () => Repeat(times, () => SHA256.HashData(_message, _digest)));
            Megabytes = (double)times * length / 1e6;
        }

        public double Megabytes { get; }

        public TimedStep Keccak { get; }

        public TimedStep Floor { get; }

        public TimedStep Sha3 { get; }

        public TimedStep Sha2 { get; }

        public TimedStep[] All => [Keccak, Floor, Sha3, Sha2];

        private static void Repeat(int times, Action action)
        {
            for (var i = 0; i < times; i++) action();
        }
    }
}
