using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tectra.Benchmarks;

/// <summary>What a report says about the machine.</summary>
internal static class Machine
{
    public static string Processor { get; } = OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
        : RuntimeInformation.ProcessArchitecture.ToString();

    public static string VectorWidth { get; } = (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated, Avx2.IsSupported) switch
    {
        (true, _) => "AVX-512",
        (_, true) => "AVX2",
        _ => "128-bit vectors",
    };
}
