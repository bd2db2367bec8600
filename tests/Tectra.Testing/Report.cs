using NUnit.Framework;

namespace Tectra.Testing;

/// <summary>Lines that the test run shows whether or not a test fails: counts of vectors, tables of outcomes.</summary>
public static class Report
{
    /// <summary>Writes one line to the run's output at once.</summary>
    public static void Line(string text) => TestContext.Progress.WriteLine(text);
}
