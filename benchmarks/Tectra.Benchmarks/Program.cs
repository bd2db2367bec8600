using BenchmarkDotNet.Running;
using Tectra.Benchmarks;

return args switch
{
    ["phash", var file, var rounds] => PhashTimer.Run(file, int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture)),
    ["watermark", "--out", var output] => WatermarkTimer.Run(null, output),
    ["watermark", var photo, "--out", var output] => WatermarkTimer.Run(photo, output),
    ["watermark"] => WatermarkTimer.Run(null, null),
    ["watermark", var photo] => WatermarkTimer.Run(photo, null),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Data).Assembly).Run(args).Any() ? 0 : 1,
};
