using System.Net;
using System.Text.Json;

namespace Tectra.Server.Tests;

/// <summary>An answer with its body read.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, HttpResponseMessage Message)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The code of a problem.</summary>
    public string? Code => Message.Content.Headers.ContentType?.MediaType == "application/problem+json" ? Json.GetProperty("code").GetString() : null;

    public JsonElement this[string name] => Json.GetProperty(name);

    public string Get(string name) => Json.GetProperty(name).GetString()!;

    public override string ToString() => $"{(int)Status} {Text}";
}
