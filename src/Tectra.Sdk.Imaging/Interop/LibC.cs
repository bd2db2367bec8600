using System.Runtime.InteropServices;

namespace Tectra.Sdk.Imaging.Interop;

/// <summary>The C library's C names. Linux only. No policy.</summary>
internal static unsafe partial class LibC
{
    public const int AdviceHugePage = 14;

    [LibraryImport("libc")]
    internal static partial int madvise(void* address, nuint length, int advice);
}
