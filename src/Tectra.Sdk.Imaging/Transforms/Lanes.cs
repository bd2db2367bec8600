using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tectra.Sdk.Imaging.Transforms;

/// <summary>
/// A handful of floats that are computed side by side: one, four, eight or sixteen. A kernel that is written once over this
/// type is its own scalar reference: all widths do the same operations in the same order, each rounded by itself.
/// </summary>
internal interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T Create(float value);

    static abstract T Load(ref readonly float source, nint offset);

    static abstract void Store(T value, ref float destination, nint offset);

    static abstract T Sqrt(T value);

    static abstract T Min(T a, T b);

    static abstract T Max(T a, T b);
}

/// <summary>One float: the reference.</summary>
internal readonly struct Lanes1(float value) : ILanes<Lanes1>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static Lanes1 operator +(Lanes1 a, Lanes1 b) => new(a._value + b._value);

    public static Lanes1 operator -(Lanes1 a, Lanes1 b) => new(a._value - b._value);

    public static Lanes1 operator *(Lanes1 a, Lanes1 b) => new(a._value * b._value);

    public static Lanes1 operator /(Lanes1 a, Lanes1 b) => new(a._value / b._value);

    public static Lanes1 Create(float value) => new(value);

    public static Lanes1 Load(ref readonly float source, nint offset) => new(Unsafe.Add(ref Unsafe.AsRef(in source), offset));

    public static void Store(Lanes1 value, ref float destination, nint offset) => Unsafe.Add(ref destination, offset) = value._value;

    public static Lanes1 Sqrt(Lanes1 value) => new(MathF.Sqrt(value._value));

    public static Lanes1 Min(Lanes1 a, Lanes1 b) => new(a._value < b._value ? a._value : b._value);

    public static Lanes1 Max(Lanes1 a, Lanes1 b) => new(a._value > b._value ? a._value : b._value);
}

/// <summary>Four floats in a vector register.</summary>
internal readonly struct Lanes4(Vector128<float> value) : ILanes<Lanes4>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    public static Lanes4 operator +(Lanes4 a, Lanes4 b) => new(a._value + b._value);

    public static Lanes4 operator -(Lanes4 a, Lanes4 b) => new(a._value - b._value);

    public static Lanes4 operator *(Lanes4 a, Lanes4 b) => new(a._value * b._value);

    public static Lanes4 operator /(Lanes4 a, Lanes4 b) => new(a._value / b._value);

    public static Lanes4 Create(float value) => new(Vector128.Create(value));

    public static Lanes4 Load(ref readonly float source, nint offset) => new(Vector128.LoadUnsafe(in source, (nuint)offset));

    public static void Store(Lanes4 value, ref float destination, nint offset) => value._value.StoreUnsafe(ref destination, (nuint)offset);

    public static Lanes4 Sqrt(Lanes4 value) => new(Vector128.Sqrt(value._value));

    public static Lanes4 Min(Lanes4 a, Lanes4 b) => new(Vector128.ConditionalSelect(Vector128.LessThan(a._value, b._value), a._value, b._value));

    public static Lanes4 Max(Lanes4 a, Lanes4 b) => new(Vector128.ConditionalSelect(Vector128.GreaterThan(a._value, b._value), a._value, b._value));
}

/// <summary>Eight floats in a vector register.</summary>
internal readonly struct Lanes8(Vector256<float> value) : ILanes<Lanes8>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a._value + b._value);

    public static Lanes8 operator -(Lanes8 a, Lanes8 b) => new(a._value - b._value);

    public static Lanes8 operator *(Lanes8 a, Lanes8 b) => new(a._value * b._value);

    public static Lanes8 operator /(Lanes8 a, Lanes8 b) => new(a._value / b._value);

    public static Lanes8 Create(float value) => new(Vector256.Create(value));

    public static Lanes8 Load(ref readonly float source, nint offset) => new(Vector256.LoadUnsafe(in source, (nuint)offset));

    public static void Store(Lanes8 value, ref float destination, nint offset) => value._value.StoreUnsafe(ref destination, (nuint)offset);

    public static Lanes8 Sqrt(Lanes8 value) => new(Vector256.Sqrt(value._value));

    public static Lanes8 Min(Lanes8 a, Lanes8 b) => new(Vector256.ConditionalSelect(Vector256.LessThan(a._value, b._value), a._value, b._value));

    public static Lanes8 Max(Lanes8 a, Lanes8 b) => new(Vector256.ConditionalSelect(Vector256.GreaterThan(a._value, b._value), a._value, b._value));
}

/// <summary>Sixteen floats in a vector register.</summary>
internal readonly struct Lanes16(Vector512<float> value) : ILanes<Lanes16>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a._value + b._value);

    public static Lanes16 operator -(Lanes16 a, Lanes16 b) => new(a._value - b._value);

    public static Lanes16 operator *(Lanes16 a, Lanes16 b) => new(a._value * b._value);

    public static Lanes16 operator /(Lanes16 a, Lanes16 b) => new(a._value / b._value);

    public static Lanes16 Create(float value) => new(Vector512.Create(value));

    public static Lanes16 Load(ref readonly float source, nint offset) => new(Vector512.LoadUnsafe(in source, (nuint)offset));

    public static void Store(Lanes16 value, ref float destination, nint offset) => value._value.StoreUnsafe(ref destination, (nuint)offset);

    public static Lanes16 Sqrt(Lanes16 value) => new(Vector512.Sqrt(value._value));

    public static Lanes16 Min(Lanes16 a, Lanes16 b) => new(Vector512.ConditionalSelect(Vector512.LessThan(a._value, b._value), a._value, b._value));

    public static Lanes16 Max(Lanes16 a, Lanes16 b) => new(Vector512.ConditionalSelect(Vector512.GreaterThan(a._value, b._value), a._value, b._value));
}
