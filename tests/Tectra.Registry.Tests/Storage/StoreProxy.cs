using System.Reflection;
using Tectra.Registry.Storage;

namespace Tectra.Registry.Tests.Storage;

/// <summary>A store whose calls a test sees, and may answer otherwise.</summary>
public class StoreProxy : DispatchProxy
{
    private IRegistryStore _inner = null!;
    private Func<string, Func<object?>, object?> _intercept = null!;

    /// <param name="inner">The real one.</param>
    /// <param name="intercept">Is told the method's name and how to call it; what it returns is the call's result.</param>
    internal static IRegistryStore Around(IRegistryStore inner, Func<string, Func<object?>, object?> intercept)
    {
        var store = Create<IRegistryStore, StoreProxy>();
        (((StoreProxy)(object)store)._inner, ((StoreProxy)(object)store)._intercept) = (inner, intercept);
        return store;
    }

    /// <summary>A store whose process ends when a method is called, or right after what it did is on the disk.</summary>
    internal static IRegistryStore Crashing(IRegistryStore inner, string? method, bool after = false) => Around(inner, (name, call) =>
    {
        if (name != method) return call();
        if (after)
        {
            switch (call())
            {
                case ValueTask task: task.AsTask().GetAwaiter().GetResult(); break;
                case ValueTask<FormedBatch> task: task.AsTask().GetAwaiter().GetResult(); break;
                default: throw new InvalidOperationException($"{name} returns something else.");
            }
        }
        throw new CrashException();
    });

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _intercept(targetMethod!.Name, () => targetMethod.Invoke(_inner, args));
}

/// <summary>The end of a process.</summary>
public sealed class CrashException : Exception;
