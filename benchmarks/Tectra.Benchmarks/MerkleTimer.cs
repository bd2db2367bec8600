using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Merkle;

namespace Tectra.Benchmarks;

/// <summary>A large Merkle tree and all of its proofs beside the permutations that they can't do without, in one run on one thread.</summary>
internal static class MerkleTimer
{
    private const int WarmUpRounds = 1, Rounds = 9, Verified = 10_000;
    private const double MostSeconds = 10;

    /// <summary>Returns 0 if the bar is met.</summary>
    public static int Run(int count, string? output)
    {
        var leaves = new MerkleLeaf[count];
        new Random(1).NextBytes(MemoryMarshal.AsBytes(leaves.AsSpan()));
        var buffer = new MerkleHash[MerkleProof.MaxSiblings];

        // Memory first: the peak is that of the process, and what follows builds many trees.
        var before = WorkingSet();
        var start = Stopwatch.GetTimestamp();
        var tree = MerkleTree.Build(leaves);
        var nodes = CopyProofs(tree, buffer);
        var first = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var peak = Process.GetCurrentProcess().PeakWorkingSet64;

        var proofs = Enumerable.Range(0, Verified).Select(i => (int)((long)i * count / Verified)).Select(i => (Leaf: leaves[i], Proof: tree.GetProof(i))).ToList();
        var hashes = leaves.Select(leaf => leaf.ToHash()).ToArray();
        TimedStep build = new("tree", () => tree = MerkleTree.Build(leaves));
        TimedStep floor = new("its permutations alone", () => Permute((3 * (long)count) - 1));
        TimedStep sort = new("sorting alone", () => MerkleOrder.Sort(hashes, count));
        TimedStep copy = new("all proofs into one buffer", () => CopyProofs(tree, buffer));
        TimedStep create = new("all proofs as objects", () => CreateProofs(tree));
        TimedStep verify = new("verify", () =>
        {
            if (!proofs.TrueForAll(proof => proof.Proof.Verify(proof.Leaf, tree.Root, count))) throw new InvalidOperationException("A proof doesn't verify.");
        });
        TimedStep.RunAll([build, floor, sort, copy, create, verify], WarmUpRounds, Rounds);

        var text = new StringBuilder();
        text.AppendLine("# A large Merkle tree").AppendLine();
        Line($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Machine.Processor} ({Machine.VectorWidth}), {Environment.ProcessorCount} cores; .NET {Environment.Version}.");
        Line($"{count:N0} leaves, {nodes:N0} nodes in all proofs. Medians of {Rounds} rounds, one thread, warm, everything measured in each round.");
        text.AppendLine("The machine is shared: the times are those of the processor, the last column is by the clock.").AppendLine();
        text.AppendLine("| | ms | ns a leaf | longest by the clock, ms |");
        text.AppendLine("| --- | ---: | ---: | ---: |");
        foreach (var step in new[] { build, floor, sort, copy, create })
            Line($"| {step.Name} | {1e3 * step.Median:F1} | {1e9 * step.Median / count:F0} | {1e3 * step.LongestByClock:F1} |");
        text.AppendLine();
        Line($"The tree takes {build.Median / floor.Median:F2} times its {(3 * (long)count) - 1:N0} permutations. Checking one proof takes {1e6 * verify.Median / Verified:F2} µs.");
        Line($"Tree and all proofs into one buffer, the first time in the process: {first:F2} s by the clock; working set {before / 1e6:F0} MB with the leaves, {peak / 1e6:F0} MB");
        text.AppendLine("at the peak.").AppendLine();
        var met = first <= MostSeconds && build.LongestByClock + copy.LongestByClock <= MostSeconds;
        Line($"Bar: tree and all proofs within {MostSeconds} s by the clock: {(met ? "met" : "missed")}.").AppendLine();
        text.AppendLine("Made by `dotnet run -c Release --project benchmarks/Tectra.Benchmarks -- merkle`.");
        Console.Write(text);
        if (output is not null) AtomicFile.Write(output, Encoding.UTF8.GetBytes(text.ToString()));
        return met ? 0 : 1;

        StringBuilder Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static long CopyProofs(MerkleTree tree, MerkleHash[] buffer)
    {
        long nodes = 0;
        for (var i = 0; i < tree.LeafCount; i++) nodes += tree.CopyProof(i, buffer);
        return nodes;
    }

    private static void CreateProofs(MerkleTree tree)
    {
        for (var i = 0; i < tree.LeafCount; i++) _ = tree.GetProof(i);
    }

    /// <summary>So many permutations at the width that the tree takes.</summary>
    private static void Permute(long count)
    {
        if (Avx512F.IsSupported && Vector512.IsHardwareAccelerated) Permute<Vector512<ulong>, KeccakLanes8>(count);
        else if (Vector256.IsHardwareAccelerated) Permute<Vector256<ulong>, KeccakLanes4>(count);
        else if (Vector128.IsHardwareAccelerated) Permute<Vector128<ulong>, KeccakLanes2>(count);
        else Permute<ulong, KeccakLanes1>(count);
    }

    private static void Permute<TWord, TLanes>(long count)
        where TWord : unmanaged
        where TLanes : struct, IKeccakLanes<TWord>
    {
        Span<TWord> state = stackalloc TWord[KeccakF1600.Words];
        for (long i = 0; i < count; i += TLanes.Count) KeccakF1600.Permute<TWord, TLanes>(state);
    }
}
