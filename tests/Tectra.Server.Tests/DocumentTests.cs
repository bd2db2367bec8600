using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tectra.Server.Http;

namespace Tectra.Server.Tests;

/// <summary>That the API's document says what there is.</summary>
internal sealed partial class DocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(TestData.Repository, "docs", "api.md"));

    [Test]
    public async Task Every_endpoint_is_in_the_document_and_nothing_else()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite);
        var endpoints = server.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<ApiEndpoint>()!).Select(endpoint => $"{endpoint.Method} {endpoint.Path}");
        Assert.That(EndpointRow().Matches(Document).Select(match => match.Groups[1].Value), Is.EquivalentTo(endpoints));
    }

    [Test]
    public void Every_test_that_the_document_names_exists()
    {
        var named = TestName().Matches(Document).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        Assert.That(named, Has.Count.GreaterThan(25));
        var types = typeof(DocumentTests).Assembly.GetTypes().ToLookup(type => type.Name);
        var missing = named.Where(test => !types[test.Class].Any(type => type.GetMethod(test.Method)?.GetCustomAttributes().Any(attribute => attribute is TestAttribute or TestCaseAttribute or TestCaseSourceAttribute) == true));
        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Every_setting_is_in_the_document()
    {
        var settings = typeof(ServerOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(property => property.Name)
            .Except([nameof(ServerOptions.Chain)]).Concat(ChainConfiguration.Names); // a chain is several settings
        Assert.That(settings.Where(name => !Document.Contains($"`{name}`")), Is.Empty);
    }

    [GeneratedRegex(@"^\| `([A-Z]+ /[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex EndpointRow();

    [GeneratedRegex("`([A-Za-z]+Tests)\\.([A-Za-z_0-9]+)`")]
    private static partial Regex TestName();
}
