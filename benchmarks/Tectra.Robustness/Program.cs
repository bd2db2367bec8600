using System.CommandLine;
using Tectra.Robustness;

var root = new RootCommand("Measures what the watermark survives, what it costs in quality, and how often it is seen where there is none.")
{
    SurvivalCommand.Create(),
    StrengthsCommand.Create(),
    LargeCommand.Create(),
    ContactSheetCommand.Create(),
    FalsePositivesCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
}
catch (Exception e) when (e.GetBaseException() is IOException or UsageException or WorkerException or ArgumentException or OperationCanceledException)
{
    await Console.Error.WriteLineAsync(e.GetBaseException().Message).ConfigureAwait(false);
    return 2;
}
