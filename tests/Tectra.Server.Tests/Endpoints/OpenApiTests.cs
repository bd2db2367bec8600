using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tectra.Server.Http;

namespace Tectra.Server.Tests.Endpoints;

/// <summary>The document that describes the API, held against the endpoints that there are.</summary>
internal sealed class OpenApiTests
{
    private TestServer _server = null!;
    private JsonElement _document;

    [OneTimeSetUp]
    public async Task ReadDocument()
    {
        _server = await TestServer.StartAsync(TestServer.Sqlite);
        var answer = await _server.GetAsync(ApiDocument.Path);
        Assert.That((int)answer.Status, Is.EqualTo(200), answer.Text);
        _document = answer.Json;
    }

    [OneTimeTearDown]
    public async Task StopServer() => await _server.DisposeAsync();

    [Test]
    public void Every_endpoint_carries_its_description_and_is_in_the_document()
    {
        var endpoints = _server.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.That(endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ApiEndpoint>() is null), Is.Empty);
        var expected = endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<ApiEndpoint>()!).Select(endpoint => $"{endpoint.Method} {endpoint.Path}").ToList();
        Assert.That(expected, Has.Count.GreaterThan(25));
        Assert.That(Operations().Select(operation => $"{operation.Method} {operation.Path}"), Is.EquivalentTo(expected));
        Report.Line($"OpenAPI: {expected.Count} endpoints");
    }

    [Test]
    public void Every_operation_has_a_summary_a_tag_its_parameters_and_its_answers()
    {
        Assert.That(_document.GetProperty("openapi").GetString(), Does.StartWith("3.1"));
        foreach (var (method, path, operation) in Operations())
        {
            var name = $"{method} {path}";
            Assert.That(operation.GetProperty("summary").GetString(), Is.Not.Empty, name);
            Assert.That(operation.GetProperty("tags").GetArrayLength(), Is.EqualTo(1), name);
            var parameters = operation.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [];
            Assert.That(parameters.Any(parameter => parameter.GetProperty("in").GetString() == "path"), Is.EqualTo(path.Contains('{')), name);
            Assert.That(operation.TryGetProperty("requestBody", out _), Is.EqualTo(method == "POST" && !path.EndsWith("/test", StringComparison.Ordinal)), name);
            var responses = operation.GetProperty("responses").EnumerateObject().ToList();
            foreach (var response in responses.Where(response => response.Name is not "204"))
            {
                var content = response.Value.GetProperty("content").EnumerateObject().Single();
                Assert.That(content.Name, Is.EqualTo(response.Name[0] is '2' || path == "/health/ready" ? "application/json" : "application/problem+json"), $"{name} {response.Name}");
                Assert.That(content.Value.TryGetProperty("schema", out _), Is.True, $"{name} {response.Name}");
            }
            Assert.That(responses.Count(response => response.Name[0] == '2'), Is.GreaterThanOrEqualTo(1), name);
        }
    }

    [Test]
    public void Schemas_are_spelt_as_the_JSON_is()
    {
        var receipt = _document.GetProperty("components").GetProperty("schemas").GetProperty("RegistrationReceiptDocument").GetProperty("properties");
        Assert.That(receipt.EnumerateObject().Select(property => property.Name), Does.Contain("record_id").And.Contain("perceptual_hash"));
        var text = _document.GetRawText();
        foreach (var reference in text.Split("\"$ref\":").Skip(1).Select(rest => rest.TrimStart()[1..].Split('"')[0]).Distinct())
        {
            var target = _document;
            foreach (var part in reference.TrimStart('#', '/').Split('/')) Assert.That(target.TryGetProperty(part, out target), Is.True, reference);
        }
    }

    private IEnumerable<(string Method, string Path, JsonElement Operation)> Operations() =>
        from path in _document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);
}
