using System.Globalization;
using System.Security.Cryptography;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.TestChild;

/// <summary>
/// Enqueues registrations and delivers them at the same time, until it is done or killed. A line "enqueued ID" is a promise
/// that this record will arrive; "empty" says that all have.
/// </summary>
internal static class OutboxRun
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="url">The registry: a real one, or one that a test plays.</param>
    /// <param name="apiKey">An API key with the scope <c>sign</c>.</param>
    /// <param name="directory">The outbox.</param>
    /// <param name="count">How many records to sign; 0 delivers what is there.</param>
    public static async Task<int> RunAsync(string url, string apiKey, string directory, long count)
    {
        using var client = new TectraApiClient(new TectraOptions { ApiUrl = new Uri(url), ApiKey = apiKey });
        var outbox = RegistrationOutbox.Open(directory);
        var enqueuing = Task.Run(() => EnqueueAsync(client, outbox, count));
        while (!enqueuing.IsCompleted || (await outbox.GetStatusAsync().ConfigureAwait(false)).Waiting > 0)
        {
            var flush = await outbox.FlushAsync(client).ConfigureAwait(false);
            if (flush.Problem is { } problem) await Console.Error.WriteLineAsync($"{problem.Code}: {problem.Message}").ConfigureAwait(false);
            await Task.Delay(Pause).ConfigureAwait(false);
        }
        await enqueuing.ConfigureAwait(false);
        Console.WriteLine("empty");
        return 0;
    }

    private static async Task EnqueueAsync(TectraApiClient client, RegistrationOutbox outbox, long count)
    {
        if (count == 0) return;
        using var key = SigningKey.Create();
        var account = await client.GetAccountAsync().ConfigureAwait(false);
        await client.RegisterSigningKeyAsync(key, string.Create(CultureInfo.InvariantCulture, $"outbox {Environment.ProcessId}")).ConfigureAwait(false);
        var builder = new CertificateBuilder(key, new SignerIdentity(account.UserId), TimeProvider.System);
        var claims = new ContentClaims { Origin = OriginType.AiGeneratedImage, MediaType = "image/png" };
        for (var i = 0L; i < count; i++)
        {
            // Digests of nothing in particular: a registry sees no pixels anyway.
            var picture = RandomNumberGenerator.GetBytes(sizeof(ulong));
            var source = new ContentFingerprint(Sha256Digest.Compute(picture), new PerceptualHash(BitConverter.ToUInt64(picture)), 640, 480);
            var fingerprint = await builder.SignFingerprintAsync(source).ConfigureAwait(false);
            var signed = await builder.SignCertificateAsync(fingerprint, claims).ConfigureAwait(false);
            await outbox.EnqueueAsync(new RegistrationRequest(signed.Envelope, null)).ConfigureAwait(false);
            Console.WriteLine($"enqueued {signed.Certificate.RecordId}");
        }
    }
}
