using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Video.Sampling;

/// <summary>The luma of one sample in rented memory, rows packed, eight bits. Dispose returns it.</summary>
internal sealed class LumaFrame : IDisposable
{
    private byte[]? _bytes;

    private LumaFrame(int sample, int length, byte[] bytes)
    {
        Sample = sample;
        Length = length;
        _bytes = bytes;
    }

    /// <summary>Which sample it is, from 0.</summary>
    public int Sample { get; }

    public int Length { get; }

    public ReadOnlySpan<byte> Luma => (_bytes ?? throw new ObjectDisposedException(nameof(LumaFrame))).AsSpan(0, Length);

    /// <summary>Reads a frame from a stream of samples of 8 to 16 bits, of which the high eight count.</summary>
    /// <returns>Null if the stream ends before the frame does.</returns>
    public static async ValueTask<LumaFrame?> ReadAsync(Stream stream, int sample, int length, int depth, CancellationToken cancellationToken)
    {
        var wanted = depth > 8 ? 2 * length : length;
        var bytes = ArrayPool<byte>.Shared.Rent(wanted);
        try
        {
            if (await stream.ReadAtLeastAsync(bytes.AsMemory(0, wanted), wanted, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) == wanted)
            {
                if (depth > 8) KeepHighBits(bytes.AsSpan(0, wanted), depth - 8);
                var frame = new LumaFrame(sample, length, bytes);
                bytes = null;
                return frame;
            }
            return null;
        }
        finally
        {
            if (bytes is not null) ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public void Dispose()
    {
        if (_bytes is null) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = null;
    }

    /// <summary>Samples of two bytes, the low one first, become their high eight bits, in place.</summary>
    internal static void KeepHighBits(Span<byte> bytes, int shift)
    {
        var words = MemoryMarshal.Cast<byte, ushort>(bytes);
        var i = 0;
        if (BitConverter.IsLittleEndian && Vector128.IsHardwareAccelerated)
        {
            var mask = Vector128.Create((ushort)byte.MaxValue);
            for (; i + (2 * Vector128<ushort>.Count) <= words.Length; i += 2 * Vector128<ushort>.Count)
            {
                var low = Vector128.Min(Vector128.ShiftRightLogical(Vector128.Create(words[i..]), shift), mask);
                var high = Vector128.Min(Vector128.ShiftRightLogical(Vector128.Create(words[(i + Vector128<ushort>.Count)..]), shift), mask);
                Vector128.Narrow(low, high).CopyTo(bytes[i..]);
            }
        }
        for (; i < words.Length; i++) bytes[i] = (byte)Math.Min((bytes[2 * i] | (bytes[(2 * i) + 1] << 8)) >> shift, byte.MaxValue);
    }
}
