using System.Globalization;
using BenchmarkDotNet.Running;
using Tectra.Benchmarks;

const int DefaultRecords = 10_000_000, DefaultLeaves = 1_000_000;

return args switch
{
    ["phash", var file, var rounds] => PhashTimer.Run(file, int.Parse(rounds, CultureInfo.InvariantCulture)),
    ["watermark", "--out", var output] => WatermarkTimer.Run(null, output),
    ["watermark", var photo, "--out", var output] => WatermarkTimer.Run(photo, output),
    ["watermark"] => WatermarkTimer.Run(null, null),
    ["watermark", var photo] => WatermarkTimer.Run(photo, null),
    ["similarity", "--out", var output] => SimilarityTimer.Run(DefaultRecords, output),
    ["similarity", var records, "--out", var output] => SimilarityTimer.Run(int.Parse(records, CultureInfo.InvariantCulture), output),
    ["similarity"] => SimilarityTimer.Run(DefaultRecords, null),
    ["similarity", var records] => SimilarityTimer.Run(int.Parse(records, CultureInfo.InvariantCulture), null),
    ["keccak", "--out", var output] => KeccakTimer.Run(output),
    ["keccak"] => KeccakTimer.Run(null),
    ["video", "--out", var output] => await VideoTimer.RunAsync(output),
    ["video"] => await VideoTimer.RunAsync(null),
    ["merkle", "--out", var output] => MerkleTimer.Run(DefaultLeaves, output),
    ["merkle", var leaves, "--out", var output] => MerkleTimer.Run(int.Parse(leaves, CultureInfo.InvariantCulture), output),
    ["merkle"] => MerkleTimer.Run(DefaultLeaves, null),
    ["merkle", var leaves] => MerkleTimer.Run(int.Parse(leaves, CultureInfo.InvariantCulture), null),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Data).Assembly).Run(args).Any() ? 0 : 1,
};
