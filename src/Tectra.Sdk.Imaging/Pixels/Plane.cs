using System.Buffers;

namespace Tectra.Sdk.Imaging.Pixels;

/// <summary>One channel of an image as floats (or other values), row after row, in rented memory. Dispose returns it.</summary>
internal sealed class Plane<T> : IDisposable
    where T : unmanaged
{
    private T[]? _values;

    public Plane(int width, int height)
    {
        Width = width;
        Height = height;
        _values = ArrayPool<T>.Shared.Rent(checked(width * height));
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>All values.</summary>
    public Span<T> Values => (_values ?? throw new ObjectDisposedException(nameof(Plane<>))).AsSpan(0, Width * Height);

    public Span<T> Row(int y) => Values.Slice(y * Width, Width);

    /// <summary>A copy of the middle.</summary>
    public Plane<T> Middle(int width, int height)
    {
        var middle = new Plane<T>(width, height);
        for (var y = 0; y < height; y++) Row(((Height - height) / 2) + y).Slice((Width - width) / 2, width).CopyTo(middle.Row(y));
        return middle;
    }

    public void Dispose()
    {
        if (_values is null) return;
        ArrayPool<T>.Shared.Return(_values);
        _values = null;
    }
}
