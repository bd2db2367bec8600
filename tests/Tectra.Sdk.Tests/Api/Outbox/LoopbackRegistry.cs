using System.Net;
using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Sdk.Tests.Api.Outbox;

/// <summary>
/// A registry as seen through HTTP, as much of it as an outbox needs. It keeps what it has registered, turns
/// requests away, and breaks off after registering, before answering.
/// </summary>
internal sealed class LoopbackRegistry : IAsyncDisposable
{
    public const string UserId = "user-1";

    private readonly LoopbackServer _server;
    private readonly Random _random;
    private readonly HashSet<string> _keys = [];
    private readonly Dictionary<RecordId, Sha256Digest> _certificates = [];

    public LoopbackRegistry(int seed)
    {
        _random = new Random(seed);
        _server = new LoopbackServer(AnswerAsync);
    }

    public Uri Url => _server.Url;

    /// <summary>What was registered, in order. Read it when nobody registers any more.</summary>
    public List<RecordId> Registered { get; } = [];

    /// <summary>What was sent again.</summary>
    public int Repeated { get; private set; }

    /// <summary>What was refused: nothing, if all is well.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>How often it broke off, after registering and before answering.</summary>
    public int BrokenOff { get; private set; }

    /// <summary>How often it registered nothing and said so.</summary>
    public int TurnedAway { get; private set; }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        switch (request.Headers["Authorization"] == "Bearer " + FakeRegistry.ApiKey, request.HttpMethod, request.Url!.AbsolutePath)
        {
            case (true, "GET", "/api/v1/auth/me"):
                await WriteAsync(context, new Account(UserId, "a@b.example", null, null, "2026-11-20T16:00:00.000Z"), Wire.Json.Account);
                break;
            case (true, "POST", "/api/v1/keys/signing-keys"):
                await AddKeyAsync(context);
                break;
            case (true, "POST", "/api/v1/register-batch"):
                await RegisterAsync(context);
                break;
            default:
                context.Response.StatusCode = 401;
                break;
        }
    }

    private async Task AddKeyAsync(HttpListenerContext context)
    {
        var document = (await JsonSerializer.DeserializeAsync(context.Request.InputStream, Wire.Json.NewSigningKeyDocument))!;
        var key = PublicKey.Parse(document.PublicKey);
        if (key.Verify(SigningKeyProof.Message(UserId, key), Signature.Parse(document.Proof))) _keys.Add(document.PublicKey);
        var info = new SigningKeyInfo(RecordId.Create(TimeProvider.System).ToString(), key.KeyId, document.Name, document.PublicKey, "2026-11-20T16:00:00.000Z");
        await WriteAsync(context, info, Wire.Json.SigningKeyInfo);
    }

    private async Task RegisterAsync(HttpListenerContext context)
    {
        var document = (await JsonSerializer.DeserializeAsync(context.Request.InputStream, Wire.Json.RegistrationBatchDocument))!;
        // Often, so that many kills hit a delivery that waits to be repeated.
        if (_random.Next(3) == 0)
        {
            TurnedAway++;
            context.Response.StatusCode = 503;
            return;
        }
        var outcomes = document.Records.Select(RegistrationDocument.ToRequest).Select(Register).ToArray();
        if (_random.Next(5) == 0)
        {
            BrokenOff++;
            context.Response.Abort();
            return;
        }
        await Task.Delay(_random.Next(30)); // so that others hit one that was registered and not yet answered
        await WriteAsync(context, new RegistrationOutcomesDocument([.. outcomes.Select(RegistrationOutcomeDocument.From)]), Wire.Json.RegistrationOutcomesDocument);
    }

    private RegistrationOutcome Register(RegistrationRequest request)
    {
        var certificate = Certificate.FromPayload(request.Envelope.Payload);
        var isValid = _keys.Contains(certificate.PublicKey.ToString()) && request.Envelope.Verify(certificate.PublicKey) && certificate.VerifyFingerprintSignature();
        if (!isValid || (_certificates.TryGetValue(certificate.RecordId, out var known) && known != request.Envelope.PayloadSha256))
        {
            Refused.Add(certificate.RecordId.ToString());
            return RegistrationOutcome.Refused("record_conflict", "No.");
        }
        var isNew = _certificates.TryAdd(certificate.RecordId, request.Envelope.PayloadSha256);
        if (isNew) Registered.Add(certificate.RecordId);
        else Repeated++;
        return RegistrationOutcome.Registered(new RegistrationReceipt(certificate.RecordId, !isNew));
    }

    private static async Task WriteAsync<T>(HttpListenerContext context, T document, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.OutputStream, document, type);
    }
}
