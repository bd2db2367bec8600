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

    /// <summary>For documents that are written token by token; the same text as <see cref="Json"/>.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
internal sealed partial class WireContext : JsonSerializerContext;
