using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Tectra.Sdk.Api;

namespace Tectra.Server.Http;

/// <summary>Maps endpoints together with what is to be known of them.</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder app)
{
    private const string Json = "application/json", ProblemJson = "application/problem+json";

    public void Map(ApiEndpoint endpoint, RequestDelegate handler)
    {
        var built = app.MapMethods(endpoint.Path, [endpoint.Method], handler).WithMetadata(endpoint, handler.Method, new Description(endpoint));
        if (endpoint.Request is { } request) built.WithMetadata(new AcceptsMetadata([Json], request));
        foreach (var answer in endpoint.Answers)
            built.WithMetadata(answer.Body is { } body ? new ProducesResponseTypeMetadata(answer.Status, body, [Json]) : new ProducesResponseTypeMetadata(answer.Status, typeof(void)));
        foreach (var status in ProblemsOf(endpoint)) built.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemDocument), [ProblemJson]));
    }

    private static SortedSet<int> ProblemsOf(ApiEndpoint endpoint)
    {
        var statuses = new SortedSet<int>(endpoint.Problems);
        if (endpoint.Rate != RateClass.None) statuses.Add(StatusCodes.Status429TooManyRequests);
        if (endpoint.Access != Access.Anonymous) statuses.Add(StatusCodes.Status401Unauthorized);
        if (endpoint.Access is Access.Scope or Access.Login) statuses.Add(StatusCodes.Status403Forbidden);
        if (endpoint.Request is not null) statuses.UnionWith([StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType]);
        if (endpoint.Parameters.Count > 0) statuses.Add(StatusCodes.Status400BadRequest);
        return statuses;
    }

    private sealed class Description(ApiEndpoint endpoint) : IEndpointSummaryMetadata, ITagsMetadata
    {
        public string Summary => endpoint.Summary;

        public IReadOnlyList<string> Tags => [endpoint.Tag];
    }
}
