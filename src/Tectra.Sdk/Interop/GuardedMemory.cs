using System.Runtime.InteropServices;

namespace Tectra.Sdk.Interop;

/// <summary>
/// A secret in libsodium's guarded heap: locked against swapping, between guard pages, unreadable except inside
/// <see cref="Read{TState}"/>, and zeroed on release (also by the finalizer). Reads from several threads may overlap.
/// </summary>
internal sealed unsafe class GuardedMemory : SafeHandle
{
    private readonly Lock _gate = new();
    private int _readers;

    private GuardedMemory(int length)
        : base(0, ownsHandle: true)
    {
        Sodium.EnsureInitialised();
        Length = length;
        var pointer = Sodium.sodium_malloc((nuint)length);
        if (pointer is null) throw new InsufficientMemoryException("libsodium could not allocate guarded memory.");
        SetHandle((nint)pointer);
    }

    public delegate void SecretWriter<in TState>(Span<byte> secret, TState state)
        where TState : allows ref struct;

    public delegate void SecretReader<in TState>(ReadOnlySpan<byte> secret, TState state)
        where TState : allows ref struct;

    public int Length { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>Allocates <paramref name="length"/> bytes, lets <paramref name="write"/> fill them, and seals them.</summary>
    public static GuardedMemory Create<TState>(int length, TState state, SecretWriter<TState> write)
        where TState : allows ref struct
    {
        var memory = new GuardedMemory(length);
        try
        {
            write(new Span<byte>((byte*)memory.handle, length), state);
            Protect(Sodium.sodium_mprotect_noaccess((byte*)memory.handle));
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>Makes the secret readable for the duration of <paramref name="read"/>, which must not keep the span.</summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed of.</exception>
    public void Read<TState>(TState state, SecretReader<TState> read)
        where TState : allows ref struct
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            var pointer = (byte*)handle;
            lock (_gate)
            {
                if (_readers == 0) Protect(Sodium.sodium_mprotect_readonly(pointer));
                _readers++;
            }
            try
            {
                read(new ReadOnlySpan<byte>(pointer, Length), state);
            }
            finally
            {
                lock (_gate)
                {
                    _readers--;
                    if (_readers == 0) Protect(Sodium.sodium_mprotect_noaccess(pointer));
                }
            }
        }
        finally
        {
            if (added) DangerousRelease();
        }
    }

    protected override bool ReleaseHandle()
    {
        Sodium.sodium_free((byte*)handle); // zeroes, checks the canary, unlocks
        return true;
    }

    private static void Protect(int result)
    {
        if (result != 0) throw new InvalidOperationException("The protection of guarded memory could not be changed (mprotect failed).");
    }
}
