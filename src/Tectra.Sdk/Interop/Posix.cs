using System.Globalization;
using System.Runtime.InteropServices;

namespace Tectra.Sdk.Interop;

/// <summary>What .NET doesn't offer of POSIX files.</summary>
internal static unsafe partial class Posix
{
    private const string Library = "libc";
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint TypeAndInode = 0x101; // STATX_TYPE | STATX_INO
    private const int StatxBytes = 256, ModeOffset = 28, InodeOffset = 32, DeviceOffset = 136; // of struct statx
    private const int TypeMask = 0xF000, Regular = 0x8000;

    /// <summary>
    /// Synchronises a folder: a new or renamed file is only sure to be found after a power loss once that was done. Windows
    /// does it by itself; file systems that can't are left as they are.
    /// </summary>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(path, 0);
        if (descriptor < 0) return;
        _ = fsync(descriptor);
        _ = close(descriptor);
    }

    /// <summary>Whether the path is a device, pipe, socket or folder (on Linux; elsewhere that isn't looked at).</summary>
    public static bool IsSpecial(string path)
    {
        Span<byte> status = stackalloc byte[StatxBytes];
        if (!TryGetStatus(path, status)) return false; // nothing there, or the writing will say what is wrong
        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) != Regular;
    }

    /// <summary>The same text for all paths that lead to one file through whatever links (elsewhere than on Linux, the full path).</summary>
    public static string IdentityOf(string path)
    {
        Span<byte> status = stackalloc byte[StatxBytes];
        return TryGetStatus(path, status)
            ? string.Create(CultureInfo.InvariantCulture, $"{MemoryMarshal.Read<ulong>(status[DeviceOffset..])}:{MemoryMarshal.Read<ulong>(status[InodeOffset..])}")
            : Path.GetFullPath(path);
    }

    private static bool TryGetStatus(string path, Span<byte> status)
    {
        if (!OperatingSystem.IsLinux()) return false;
        fixed (byte* pointer = status) return statx(CurrentDirectory, path, 0, TypeAndInode, pointer) == 0;
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library)]
    private static partial int fsync(int descriptor);

    [LibraryImport(Library)]
    private static partial int close(int descriptor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* status);
}
