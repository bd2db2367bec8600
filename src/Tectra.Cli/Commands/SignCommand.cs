using System.CommandLine;
using System.Globalization;
using Tectra.Cli.Batch;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Sdk;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra sign</c>.</summary>
internal static class SignCommand
{
    private const int MaxDeviceLength = 256, MaxWaitSeconds = 3600;

    public static Command Create()
    {
        var files = CommandParts.FilesArgument("JPEG, PNG or WebP pictures, or videos (MP4, WebM and what else ffmpeg reads); or folders of them, which are signed into another folder.");
        var output = new Option<string?>("--output", "-o") { Description = "A file (one input; its extension chooses the format) or a folder (formats are kept). Default: NAME.signed.EXT beside the input. What is there is replaced. A video is delivered as it is: with an output as a copy, else nothing is written." };
        var origin = new Option<string>("--origin") { Description = $"What it is: {string.Join(", ", OriginType.All.Select(type => type.Code))}.", DefaultValueFactory = _ => OriginType.DigitalArtwork.Code };
        var device = new Option<string?>("--device") { Description = "The capturing device or model." };
        var meta = new Option<string[]>("--meta") { Description = "Metadata to register and certify, K=V. May be repeated. No personal data." };
        var key = new Option<string?>("--key") { Description = "The signing key's name. Default: the login's; without a server 'default', made on first use." };
        var parent = new Option<string?>("--parent") { Description = "The record before this one in a chain of custody." };
        var watermark = new Option<WatermarkMode>("--watermark") { Description = "WhenPossible, Required or None.", DefaultValueFactory = _ => WatermarkMode.WhenPossible };
        var fps = CommandParts.SampleRateOption();
        var local = CommandParts.LocalOption();
        var wait = new Option<int>("--wait") { Description = $"With a server: how many seconds to wait at the end for registrations to be delivered, 0 to {MaxWaitSeconds}. What isn't stays in the outbox.", DefaultValueFactory = _ => 30 };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Folders: also the folders in them." };
        var jobs = new Option<int>("--jobs", "-j") { Description = $"Folders: how many pictures to sign side by side, 1 to {SignManyOptions.MostJobs}. Default: one a processor.", DefaultValueFactory = _ => SignManyOptions.Default.Jobs };
        var resume = new Option<bool>("--resume") { Description = "Folders: go on with the batch that the output folder must have begun. (Without, one that is there is gone on with too.)" };
        var sendName = new Option<bool>("--send-filename") { Description = "Tell the registry the source's file name, for lists. It is shown to nobody else." };
        var command = new Command("sign", "Sign and watermark images, sign videos, and register them: at the server that is configured, else in the registry on this machine.")
        {
            files, output, origin, device, meta, key, parent, watermark, fps, recursive, jobs, resume, local, wait, sendName,
        };
        return command.WithAction(CommandParts.JsonOption(), (parsed, console, cancellationToken) =>
        {
            var request = new SignRequest(OriginType.Parse(parsed.GetRequiredValue(origin)))
            {
                DeviceId = CommandParts.CheckText("--device", parsed.GetValue(device), MaxDeviceLength),
                Metadata = ParseMetadata(parsed.GetValue(meta) ?? []),
                ParentRecordId = parsed.GetValue(parent) is { } id ? RecordId.Parse(id) : null,
                Watermark = parsed.GetValue(watermark),
            };
            var seconds = parsed.GetValue(wait);
            if (seconds is < 0 or > MaxWaitSeconds) throw new ArgumentException($"--wait is 0 to {MaxWaitSeconds} seconds.");
            var job = new Job(parsed.GetRequiredValue(files), parsed.GetValue(output), parsed.GetValue(key), request, parsed.GetValue(fps), parsed.GetValue(sendName), console);
            if (job.Files.Any(Directory.Exists) || parsed.GetValue(recursive) || parsed.GetValue(resume) || parsed.GetResult(jobs) is { Implicit: false })
            {
                if (job.Output is null) throw new ArgumentException("Say with --output into which folder to sign.");
                if (File.Exists(job.Output)) throw new ArgumentException($"'{job.Output}' is a file; a batch is signed into a folder.");
                if (parsed.GetValue(jobs) is < 1 or > SignManyOptions.MostJobs) throw new ArgumentException($"--jobs is 1 to {SignManyOptions.MostJobs}.");
                job = job with { Batch = new BatchRequest(job.Files, job.Output, parsed.GetValue(recursive), parsed.GetValue(jobs), parsed.GetValue(resume), request, job.SendsNames) };
            }
            return RunAsync(job, parsed.GetValue(local), TimeSpan.FromSeconds(seconds), cancellationToken);
        }, files);
    }

    private static async Task<int> RunAsync(Job job, bool local, TimeSpan wait, CancellationToken cancellationToken)
    {
        var targets = job.Batch is null ? new OutputTargets(job.Files, job.Output) : null;
        var home = TectraHome.Open();
        return !local && ServerAccess.Find(home) is { } server
            ? await RegisterAtServerAsync(job, targets, home, server, wait, cancellationToken).ConfigureAwait(false)
            : await RegisterHereAsync(job, targets, home, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> RegisterHereAsync(Job job, OutputTargets? targets, TectraHome home, CancellationToken cancellationToken)
    {
        var stored = await home.OpenSigningKeyAsync(job.KeyName, cancellationToken).ConfigureAwait(false);
        using var key = Open(home, stored);
        var open = await home.OpenRegistryAsync(cancellationToken).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            await open.Registry.RegisterKeyAsync(key.PublicKey, stored.UserId, stored.Name, cancellationToken).ConfigureAwait(false);
            return await SignAsync(job, targets, Signers.Of(key, stored.Identity, job), new LocalDelivery(open.Registry, job.Console), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> RegisterAtServerAsync(Job job, OutputTargets? targets, TectraHome home, ServerAccess server, TimeSpan wait, CancellationToken cancellationToken)
    {
        server.RequireApiKey();
        using var client = server.CreateClient();
        var keys = new ServerKeys(home, server);
        var stored = await keys.OpenAsync(job.KeyName, client, cancellationToken).ConfigureAwait(false);
        using var key = Open(home, stored);
        using var delivery = new ServerDelivery(RegistrationOutbox.Open(home.OutboxPath), client, wait, job.Console);
        return await SignAsync(job, targets, Signers.Of(key, keys.IdentityOf(stored), job), delivery, cancellationToken).ConfigureAwait(false);
    }

    private static SigningKey Open(TectraHome home, StoredKey stored)
    {
        using var fernet = home.OpenFernetKey();
        return stored.Unprotect(fernet);
    }

    private static async Task<int> SignAsync(Job job, OutputTargets? targets, Signers signers, ISignDelivery delivery, CancellationToken cancellationToken)
    {
        if (targets is null) return await new BatchRun(job.Batch!, signers.Pictures, signers.Videos, signers.PublicKey, delivery, job.Console).RunAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var file in job.Files)
            {
                try
                {
                    var signed = Media.IsVideo(file)
                        ? await SignVideoAsync(job, targets, signers.Videos, file, cancellationToken).ConfigureAwait(false)
                        : await SignPictureAsync(job, targets, signers.Pictures, file, cancellationToken).ConfigureAwait(false);
                    await delivery.DeliverAsync(signed, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OperationCanceledException && CommandOutput.ErrorOf(e) is { } error)
                {
                    await delivery.FailAsync(file, error).ConfigureAwait(false);
                }
            }
            return await delivery.FinishAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever happened: what was delivered is reported, and anchored if that is done here.
            await delivery.FinishAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
            if (e is OperationCanceledException) job.Console.Remark(null, string.Create(CultureInfo.InvariantCulture, $"Interrupted after {delivery.Count} of {job.Files.Length} files; run it again with the others."));
            throw;
        }
    }

    private static Dictionary<string, string> ParseMetadata(string[] entries)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw new ArgumentException($"Metadata is K=V; '{entry}' isn't.");
            if (!metadata.TryAdd(entry[..equals], entry[(equals + 1)..])) throw new ArgumentException($"The metadata key '{entry[..equals]}' stands twice.");
        }
        return metadata;
    }

    /// <summary>Signs a picture in memory.</summary>
    private static async Task<SignedFile> SignPictureAsync(Job job, OutputTargets targets, ImageSigner signer, string file, CancellationToken cancellationToken)
    {
        var (target, format) = targets.OfPicture(file);
        var bytes = await CommandParts.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        var signed = await signer.SignAsync(bytes, job.Request with { OutputFormat = format }, cancellationToken).ConfigureAwait(false);
        if (job.SendsNames) signed = signed with { Registration = signed.Registration with { OriginalFileName = Path.GetFileName(file) } };
        return new SignedPicture(file, target, signed);
    }

    /// <summary>Signs a video where it is.</summary>
    private static async Task<SignedFile> SignVideoAsync(Job job, OutputTargets targets, VideoSigner signer, string file, CancellationToken cancellationToken)
    {
        if (job.Request.Watermark == WatermarkMode.Required)
            throw new InvalidContentException(ErrorCodes.VideoHasNoWatermark, "Videos carry no watermark. Leave --watermark Required out.");
        var target = targets.OfVideo(file) ?? file;
        var request = new VideoSignRequest(job.Request.Origin) { DeviceId = job.Request.DeviceId, Metadata = job.Request.Metadata, ParentRecordId = job.Request.ParentRecordId };
        var signed = await job.Console.WithProgressAsync(file, progress => signer.SignFileAsync(file, request, progress, cancellationToken)).ConfigureAwait(false);
        return new SignedClip(file, target, signed, job.SendsNames ? Path.GetFileName(file) : null);
    }

    /// <summary>What the arguments ask for.</summary>
    private sealed record Job(string[] Files, string? Output, string? KeyName, SignRequest Request, SampleRate? SampleRate, bool SendsNames, CommandOutput Console)
    {
        /// <summary>Null where single files are signed.</summary>
        public BatchRequest? Batch { get; init; }
    }

    /// <summary>Signers of one key.</summary>
    private sealed record Signers(ImageSigner Pictures, VideoSigner Videos, PublicKey PublicKey)
    {
        public static Signers Of(SigningKey key, SignerIdentity identity, Job job) => new(new ImageSigner(key, identity), new VideoSigner(key, identity, Media.Options(job.SampleRate)), key.PublicKey);
    }
}
