namespace Tectra.Server.Tests;

/// <summary>For what happens in the background.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Step = TimeSpan.FromMilliseconds(10);

    public static Task BecomesTrueAsync(Func<bool> condition) => BecomesTrueAsync(() => Task.FromResult(condition()));

    public static async Task BecomesTrueAsync(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience) Assert.Fail($"It did not happen within {Patience}.");
            await Task.Delay(Step);
        }
    }
}
