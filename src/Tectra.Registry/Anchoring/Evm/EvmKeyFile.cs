using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Interop;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>Reads the file of a private key so that no copy of its content is left in memory.</summary>
internal static class EvmKeyFile
{
    /// <summary>More than any form of a key needs.</summary>
    private const int MaxBytes = 512;

    private const UnixFileMode NotTheOwner =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <inheritdoc cref="EvmPrivateKey.Load"/>
    public static EvmPrivateKey Read(string path, FernetKey? fernetKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Span<byte> bytes = stackalloc byte[MaxBytes + 1];
        Span<char> text = stackalloc char[MaxBytes];
        try
        {
            var length = Read(path, bytes);
            if (length > MaxBytes) throw new KeyAccessException(ErrorCodes.EvmKeyMalformed, $"'{path}' is too long to be an EVM private key.");
            // One character a byte, whatever it is: what isn't ASCII is no digit either.
            Encoding.Latin1.GetChars(bytes[..length], text);
            return EvmPrivateKey.Parse(text[..length], fernetKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(text));
        }
    }

    private static int Read(string path, Span<byte> bytes)
    {
        // Opening a pipe would wait for somebody to write into it.
        if (Posix.IsSpecial(path)) throw Unreadable(path, "it is a folder, device or pipe");
        try
        {
            using var file = File.OpenHandle(path);
            // Of the open file: by its name, it could be exchanged between looking and reading.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & NotTheOwner) != 0)
            {
                throw new KeyAccessException(
                    ErrorCodes.EvmKeyExposed,
                    $"'{path}' holds an EVM private key and is open to others than its owner. Close it (chmod 600), and use a new key if others could have read it.");
            }
            int length = 0, read;
            while ((read = RandomAccess.Read(file, bytes[length..], length)) > 0) length += read;
            return length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "it is not open to this process", e);
        }
    }

    private static KeyAccessException Unreadable(string path, string why, Exception? cause = null) =>
        new(ErrorCodes.EvmKeyUnreadable, $"The EVM private key '{path}' can't be read: {why}.", cause);
}
