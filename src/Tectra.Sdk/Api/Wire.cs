using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tectra.Sdk.Api;

/// <summary>The one place where JSON is configured: strict when reading, plain when writing.</summary>
internal static class Wire
{
    private const int MaxDepth = 16;

    /// <summary>Without white space: what is signed and sent.</summary>
    public static WireContext Json { get; } = new(Options(indented: false));

    /// <summary>With white space: what people open in an editor.</summary>
    public static WireContext IndentedJson { get; } = new(Options(indented: true));

    /// <summary>For answers of a server that may be newer than this program: fields it doesn't know are passed over.</summary>
    public static WireContext LenientJson { get; } = new(new JsonSerializerOptions(Options(indented: false)) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip });

    /// <summary>For documents that are written token by token; the same text as <see cref="Json"/>.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A list as it was read, without nulls: the serialiser lets them pass in lists, whatever the type says.</summary>
    /// <exception cref="FormatException">An item is null.</exception>
    public static IReadOnlyList<T> WithoutNulls<T>(IReadOnlyList<T> items)
        where T : class => items.Contains(null) ? throw new FormatException("An item of a list is null.") : items;

    /// <summary>The rules, for the documents of other assemblies.</summary>
    public static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = MaxDepth,
        WriteIndented = indented,
        // Relaxed: '+' in base64 and letters of every language stay readable. The files are JSON, never HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

[JsonSerializable(typeof(DsseEnvelopeDocument))]
[JsonSerializable(typeof(CertificateDocument))]
[JsonSerializable(typeof(EvidenceBundleDocument))]
[JsonSerializable(typeof(LedgerEntryDocument))]
[JsonSerializable(typeof(VerificationReportDocument))]
[JsonSerializable(typeof(RegistrationDocument))]
[JsonSerializable(typeof(RegistrationBatchDocument))]
[JsonSerializable(typeof(RegistrationReceiptDocument))]
[JsonSerializable(typeof(RegistrationOutcomesDocument))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(Outbox.OutboxEntryDocument))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ObservationDocument))]
[JsonSerializable(typeof(RecordPage))]
[JsonSerializable(typeof(RecordDetailDocument))]
[JsonSerializable(typeof(PublicCertificateDocument))]
[JsonSerializable(typeof(EvidenceListDocument))]
[JsonSerializable(typeof(SegmentListDocument))]
[JsonSerializable(typeof(RevocationDocument))]
[JsonSerializable(typeof(RegistryInfoDocument))]
[JsonSerializable(typeof(OriginTypesDocument))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(NewAccountDocument))]
[JsonSerializable(typeof(LoginDocument))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(ForgotPasswordDocument))]
[JsonSerializable(typeof(ResetPasswordDocument))]
[JsonSerializable(typeof(NewApiKeyDocument))]
[JsonSerializable(typeof(CreatedApiKey))]
[JsonSerializable(typeof(ApiKeyListDocument))]
[JsonSerializable(typeof(NewSigningKeyDocument))]
[JsonSerializable(typeof(SigningKeyInfo))]
[JsonSerializable(typeof(SigningKeyListDocument))]
[JsonSerializable(typeof(DashboardStats))]
[JsonSerializable(typeof(NewWebhookDocument))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(WebhookListDocument))]
[JsonSerializable(typeof(WebhookDelivery))]
[JsonSerializable(typeof(WebhookDeliveryListDocument))]
[JsonSerializable(typeof(WebhookEnvelopeDocument<ContentSignedDocument>))]
[JsonSerializable(typeof(WebhookEnvelopeDocument<BatchAnchoredDocument>))]
[JsonSerializable(typeof(WebhookEnvelopeDocument<ContentVerifiedDocument>))]
[JsonSerializable(typeof(WebhookEnvelopeDocument<WebhookTestDocument>))]
internal sealed partial class WireContext : JsonSerializerContext;
