using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Spectre.Console;
using Tectra.Cli.Commands;
using Tectra.Cli.Output;
using Tectra.Sdk;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Imaging;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;
using Tectra.Sdk.Video;

namespace Tectra.Cli.Batch;

/// <summary>What a batch is asked to do. Immutable.</summary>
/// <param name="Paths">Folders and files to sign.</param>
/// <param name="Output">The folder that signed files go to.</param>
/// <param name="Recursive">Whether folders in folders are signed too.</param>
/// <param name="Jobs">How many pictures side by side.</param>
/// <param name="Resume">Whether the output folder must have a batch in it to go on with.</param>
/// <param name="Request">What to say about each file.</param>
/// <param name="SendsNames">Whether the registry is told file names.</param>
internal sealed record BatchRequest(IReadOnlyList<string> Paths, string Output, bool Recursive, int Jobs, bool Resume, SignRequest Request, bool SendsNames);

/// <summary>
/// Signs a folder into another. What is done stands in the manifest; a run that was interrupted, even by kill −9, is gone on with by running it
/// again: files that are signed already and haven't changed are left alone, and what was on its way is delivered first. For one use.
/// </summary>
internal sealed class BatchRun(BatchRequest request, ImageSigner pictures, VideoSigner videos, PublicKey key, ISignDelivery delivery, CommandOutput console)
{
    private const int ThumbnailSide = 160;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly List<BatchEntry> _failures = [];
    private readonly Dictionary<string, BatchEntry> _recovered = new(StringComparer.Ordinal);
    private BatchProgress _progress = null!;
    private BatchManifest _manifest = null!;
    private SigningSpool _spool = null!;
    private int _signed, _unchanged;

    /// <summary>Signs everything that isn't signed yet.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var output = request.Output;
        if (request.Resume && !File.Exists(Path.Combine(output, BatchManifest.FileName)))
            throw new ArgumentException($"There is no batch to resume in '{output}': it has no {BatchManifest.FileName}. Leave --resume out to begin one.");
        Directory.CreateDirectory(output);
        var found = BatchFiles.Find(request.Paths, output, request.Recursive);
        if (found.Folders > 0 && !request.Recursive)
            console.Remark(null, string.Create(CultureInfo.InvariantCulture, $"{found.Folders} folders in it are left out; --recursive signs them too."));
        using var spool = _spool = await SigningSpool.OpenAsync(output, cancellationToken).ConfigureAwait(false);
        using var manifest = _manifest = BatchManifest.Open(output);
        var exit = ExitCode.Success;
        var interrupted = false;
        await BatchProgress.RunAsync(console, async progress =>
        {
            _progress = progress;
            try
            {
                await SignAsync(found, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                interrupted = true;
            }
            finally
            {
                // Whatever happened: what was delivered is reported, and anchored if that is done here.
                exit = await delivery.FinishAsync(interrupted ? new CancellationToken(canceled: true) : cancellationToken).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        var report = BatchReport.Write(output, manifest.Entries);
        Summarise(found, report, interrupted);
        return interrupted ? ExitCode.Cancelled : _failures.Count > 0 ? ExitCode.Failure : exit;
    }

    private async Task SignAsync(BatchFiles found, CancellationToken cancellationToken)
    {
        foreach (var file in _spool.Recover(Deliver))
        {
            await delivery.DeliverAsync(file, cancellationToken).ConfigureAwait(false);
            _recovered[file.Source] = file.Document.Entry; // the manifest gets it when its registration's state is known
        }
        foreach (var (name, error) in found.Unreadable) Fail(new BatchEntry { File = name, Status = BatchEntry.Failed, Error = error });
        var due = new List<BatchFile>();
        foreach (var file in found.Files)
        {
            if (!await IsSignedAsync(file, cancellationToken).ConfigureAwait(false)) due.Add(file);
        }
        _progress.Expect(due.Count, due.Sum(file => file.Size));
        var options = new SignManyOptions { Jobs = request.Jobs };
        var byName = due.ToDictionary(file => file.Path, StringComparer.Ordinal);
        await foreach (var outcome in pictures.SignManyAsync(PicturesAsync(due.Where(file => !file.IsVideo), cancellationToken), options, cancellationToken).ConfigureAwait(false))
        {
            var file = byName[outcome.Picture.Name];
            if (outcome.Signed is { } signed) await TakeAsync(file, () => AddAsync(file, signed), cancellationToken).ConfigureAwait(false);
            else Fail(file, outcome.Error!);
        }
        foreach (var file in due.Where(file => file.IsVideo))
        {
            _progress.Begin(file);
            await TakeAsync(file, () => AddVideoAsync(file, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private async IAsyncEnumerable<PictureToSign> PicturesAsync(IEnumerable<BatchFile> files, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _progress.Begin(file);
            yield return PictureToSign.FromFile(file.Path, request.Request with { ThumbnailSide = ThumbnailSide });
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    /// <summary>Whether an earlier run has signed a file, as it is now and with the same key and claims.</summary>
    private async Task<bool> IsSignedAsync(BatchFile file, CancellationToken cancellationToken)
    {
        if ((_recovered.GetValueOrDefault(file.Name) ?? _manifest.Find(file.Name)) is not { Status: BatchEntry.Signed } entry || entry.Size != file.Size || entry.PublicKey != key.ToString()
            || entry.OriginType != request.Request.Origin.Code || entry.DeviceId != request.Request.DeviceId || !File.Exists(Path.Combine(request.Output, entry.Output!)))
        {
            return false;
        }
        if (entry.ModifiedAt != file.ModifiedAt)
        {
            // Copied or touched: its bytes decide.
            using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
            if ((await Sha256Digest.ComputeAsync(stream, cancellationToken).ConfigureAwait(false)).ToString() != entry.Sha256) return false;
        }
        if (_recovered.ContainsKey(file.Name)) return true; // counted and reported as signed by this run, which delivers it
        _unchanged++;
        if (console.IsJson) console.Line(entry with { Status = BatchEntry.Unchanged, Thumbnail = null }, CliJson.Lean.BatchEntry);
        return true;
    }

    /// <summary>Puts a signed file into the spool and delivers it. A file that fails doesn't stop the rest, but a full disk does.</summary>
    private async Task TakeAsync(BatchFile file, Func<Task<SpooledFile>> add, CancellationToken cancellationToken)
    {
        try
        {
            await delivery.DeliverAsync(await add().ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            _progress.End(file.Path);
        }
        catch (Exception e) when (e is not OperationCanceledException && CommandOutput.ErrorOf(e) is not null)
        {
            if (DiskSpace.IsFull(e)) throw new IOException($"The disk of '{request.Output}' is full. Make room, and run the same command again: it goes on where it stopped.", e);
            Fail(file, e);
        }
    }

    private Task<SpooledFile> AddAsync(BatchFile file, SignedImage signed)
    {
        var quality = signed.Quality;
        var entry = Entry(file, signed.Certificate, signed.Format.MediaType(), signed.Notices) with
        {
            WatermarkedSha256 = signed.Certificate.WatermarkedSha256?.ToString(),
            Watermarked = signed.Certificate.WatermarkFormat is not null,
            Payload = signed.Certificate.WatermarkPayload.ToString(),
            PsnrDb = quality?.PsnrDecibels,
            Ssim = quality?.Ssim,
            WatermarkProblem = ToDocument(signed.WatermarkProblem),
            PerceptualHashProblem = ToDocument(signed.PerceptualHashProblem),
            Thumbnail = signed.Thumbnail is { } thumbnail ? Convert.ToBase64String(thumbnail) : null,
        };
        return _spool.AddAsync(entry, WithName(file, signed.Registration), path => Task.FromResult(AtomicFile.Stage(path, signed.Bytes.Span)), Deliver);
    }

    private async Task<SpooledFile> AddVideoAsync(BatchFile file, CancellationToken cancellationToken)
    {
        var claims = request.Request;
        if (claims.Watermark == WatermarkMode.Required)
            throw new InvalidContentException(ErrorCodes.VideoHasNoWatermark, "Videos carry no watermark. Leave --watermark Required out.");
        var signed = await videos.SignFileAsync(
            file.Path, new VideoSignRequest(claims.Origin) { DeviceId = claims.DeviceId, Metadata = claims.Metadata, ParentRecordId = claims.ParentRecordId }, null, cancellationToken).ConfigureAwait(false);
        var video = signed.Certificate.Fingerprint.Video!;
        var entry = Entry(file, signed.Certificate, signed.MediaType, signed.Notices) with { DurationMs = (long)video.Duration.TotalMilliseconds, SegmentCount = video.Chain.Segments.Length };
        return await _spool.AddAsync(entry, WithName(file, signed.Registration), path => SignedClip.StageCopyAsync(file.Path, path, signed.Certificate.Fingerprint.Sha256, cancellationToken), Deliver).ConfigureAwait(false);
    }

    private BatchEntry Entry(BatchFile file, Certificate certificate, string mediaType, IReadOnlyCollection<string> notices) => new()
    {
        File = file.Name,
        Status = BatchEntry.Signed,
        Size = file.Size,
        ModifiedAt = file.ModifiedAt,
        Output = file.Name,
        RecordId = certificate.RecordId.ToString(),
        Sha256 = certificate.Fingerprint.Sha256.ToString(),
        Phash = certificate.Fingerprint.PerceptualHash.ToString(),
        Timestamp = certificate.Timestamp.ToString(),
        PublicKey = key.ToString(),
        OriginType = request.Request.Origin.Code,
        DeviceId = request.Request.DeviceId,
        MediaType = mediaType,
        Width = certificate.Fingerprint.Width,
        Height = certificate.Fingerprint.Height,
        Notices = [.. notices],
    };

    /// <summary>A file has its name, and it is known what has become of its registration.</summary>
    private void Deliver(BatchEntry entry, RegistrationState state)
    {
        entry = entry with { BlockchainStatus = state.Status, AnchoringProblem = state.AnchoringProblem, RegistrationProblem = state.RegistrationProblem };
        _manifest.Add(entry);
        if (entry.Status == BatchEntry.Signed) _signed++;
        else _failures.Add(entry);
        _progress.Report(entry);
    }

    private void Fail(BatchFile file, Exception e)
    {
        _progress.End(file.Path);
        Fail(new BatchEntry { File = file.Name, Status = BatchEntry.Failed, Size = file.Size, ModifiedAt = file.ModifiedAt, Error = CommandOutput.ErrorOf(e) });
    }

    private void Fail(BatchEntry entry)
    {
        _manifest.Add(entry);
        _failures.Add(entry);
        _progress.Report(entry);
    }

    private Sdk.Api.RegistrationRequest WithName(BatchFile file, Sdk.Api.RegistrationRequest registration) =>
        request.SendsNames ? registration with { OriginalFileName = Path.GetFileName(file.Path) } : registration;

    private void Summarise(BatchFiles found, string report, bool interrupted)
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var manifest = Path.Combine(request.Output, BatchManifest.FileName);
        if (console.IsJson)
        {
            console.Line(new BatchSummaryLine(new BatchSummary(found.Files.Count, _signed, _unchanged, _failures.Count, found.Ignored, interrupted, Math.Round(seconds, 3), manifest, report)), CliJson.Line.BatchSummaryLine);
            return;
        }
        foreach (var failure in _failures) console.Failure(failure.File, failure.Error!);
        console.Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_signed} signed, {_unchanged} unchanged, {_failures.Count} failed{(found.Ignored > 0 ? $", {found.Ignored} neither picture nor video" : "")}, in {seconds:F1} s."));
        console.Console.WriteLine($"Summary: {report}  Manifest: {manifest}");
        if (interrupted) console.Remark(null, "Interrupted. Run the same command again, it goes on where it stopped.");
    }

    private static ErrorDocument? ToDocument(MeasurementProblem? problem) => problem is null ? null : new ErrorDocument(problem.Code, problem.Reason);
}
