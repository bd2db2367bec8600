using BenchmarkDotNet.Running;
using Tectra.Benchmarks;

return args switch
{
    ["phash", var file, var rounds] => PhashTimer.Run(file, int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture)),
    _ => BenchmarkSwitcher.FromAssembly(typeof(Data).Assembly).Run(args).Any() ? 0 : 1,
};
