using System.Text.Json.Serialization;

namespace Tectra.Server.Http;

/// <summary>The answer of a health endpoint.</summary>
internal sealed record StatusDocument(string Status);

/// <summary>The answer to a request that is only taken note of.</summary>
internal sealed record AcceptedDocument;

/// <summary>The few documents that only a server writes; the others are the client's too, and in the SDK.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(AcceptedDocument))]
internal sealed partial class ServerJson : JsonSerializerContext;
