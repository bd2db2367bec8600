namespace Tectra.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>All went well; everything verified is authentic; every watermark was found.</summary>
    public const int Success = 0;

    /// <summary>Something verified isn't authentic, or a watermark wasn't found.</summary>
    public const int Negative = 1;

    /// <summary>A file couldn't be read, the command was used wrongly, or something failed.</summary>
    public const int Failure = 2;

    /// <summary>The command was interrupted.</summary>
    public const int Cancelled = 130;

    /// <summary>The worse of two.</summary>
    public static int Worse(int first, int second) => Math.Max(first, second);
}
