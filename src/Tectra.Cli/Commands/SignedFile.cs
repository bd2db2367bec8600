using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Imaging;

namespace Tectra.Cli.Commands;

/// <summary>What became of a signed file's registration.</summary>
/// <param name="Status"><c>queued</c>, <c>pending</c> or <c>anchored</c>.</param>
/// <param name="RegistrationProblem">Why it isn't registered yet, or null.</param>
/// <param name="AnchoringProblem">Why it isn't anchored although it should be, or null.</param>
internal sealed record RegistrationState(string Status, ErrorDocument? RegistrationProblem = null, ErrorDocument? AnchoringProblem = null);

/// <summary>A file that was signed, on its way to the disk, the registry and the report.</summary>
/// <param name="Source">The file that was read.</param>
/// <param name="Target">The file that is delivered; the source itself where nothing is written.</param>
internal abstract record SignedFile(string Source, string Target)
{
    /// <summary>What to send to a registry.</summary>
    public abstract RegistrationRequest Registration { get; }

    /// <summary>The delivered file on the disk, not yet under its name; null where the source itself is delivered.</summary>
    public abstract ValueTask<AtomicFile?> StageAsync(CancellationToken cancellationToken);

    /// <summary>The same without the delivered bytes, which needn't wait in memory for the report.</summary>
    public abstract SignedFile WithoutContent();

    /// <summary>Reports it.</summary>
    public abstract void Report(CommandOutput console, RegistrationState state);

    /// <summary>Reports that the registry refused it.</summary>
    public virtual void Refuse(CommandOutput console, ErrorDocument refusal) => console.Failure(Source, refusal);
}

/// <summary>A picture.</summary>
internal sealed record SignedPicture(string Source, string Target, SignedImage Signed) : SignedFile(Source, Target)
{
    public override RegistrationRequest Registration => Signed.Registration;

    public override ValueTask<AtomicFile?> StageAsync(CancellationToken cancellationToken) => ValueTask.FromResult<AtomicFile?>(AtomicFile.Stage(Target, Signed.Bytes.Span));

    public override SignedFile WithoutContent() => this with { Signed = Signed with { Bytes = ReadOnlyMemory<byte>.Empty } };

    public override void Report(CommandOutput console, RegistrationState state) => SignReport.Write(console, this, state);
}
