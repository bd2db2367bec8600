using Tectra.Cli.Output;

namespace Tectra.Cli.Commands;

/// <summary>What becomes of signed files: they are registered, get their names, and are reported in order. For one thread.</summary>
internal interface ISignDelivery
{
    /// <summary>How many files were signed or failed.</summary>
    int Count { get; }

    /// <summary>
    /// Puts a file on the disk, registers it, and then gives it its name: a crash never leaves a delivered file whose
    /// registration is lost.
    /// </summary>
    ValueTask DeliverAsync(SignedFile signed, CancellationToken cancellationToken);

    /// <summary>Takes note of a file that failed.</summary>
    ValueTask FailAsync(string file, ErrorDocument error);

    /// <summary>Reports what is left.</summary>
    /// <param name="cancellationToken">Ends the waiting for a server, not the reporting.</param>
    /// <returns>The exit code of the whole run.</returns>
    ValueTask<int> FinishAsync(CancellationToken cancellationToken);
}
