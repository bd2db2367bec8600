using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Tectra.Sdk.Api;

namespace Tectra.Server.Http;

/// <summary>The API's own description in OpenAPI, made once from the endpoints' metadata.</summary>
internal sealed class ApiDocument
{
    public const string Path = "/openapi/v1.json";

    private const string Version = "v1", BearerScheme = "bearer";
    private const int SchemaDepth = 64;

    private readonly Lazy<Task<byte[]>> _json;

    private ApiDocument(IServiceProvider services) => _json = new Lazy<Task<byte[]>>(() => WriteAsync(services));

    public static void AddServices(IServiceCollection services)
    {
        // The schemas are made by the rules that the documents are written by; only nested deeper.
        services.ConfigureHttpJsonOptions(options =>
        {
            var rules = Wire.Options(indented: false);
            options.SerializerOptions.PropertyNamingPolicy = rules.PropertyNamingPolicy;
            options.SerializerOptions.UnmappedMemberHandling = rules.UnmappedMemberHandling;
            options.SerializerOptions.RespectNullableAnnotations = rules.RespectNullableAnnotations;
            options.SerializerOptions.RespectRequiredConstructorParameters = rules.RespectRequiredConstructorParameters;
            options.SerializerOptions.NumberHandling = rules.NumberHandling;
            options.SerializerOptions.MaxDepth = SchemaDepth;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, Wire.Json);
            options.SerializerOptions.TypeInfoResolverChain.Insert(1, ServerJson.Default);
        });
        services.AddOpenApi(Version, options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Tectra",
                    Version = Version,
                    Description = "Provenance for images and videos: registers, verifies and anchors what clients have signed. It never sees a picture. Errors are problem details (RFC 9457) with a stable code.",
                };
                document.Servers?.Clear();
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
                document.Components.SecuritySchemes[BearerScheme] = new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = BearerScheme,
                    Description = "An API key (iai_…), or the token of a login.",
                };
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                Describe(operation, context);
                return Task.CompletedTask;
            });
        });
    }

    public static void Map(ApiRoutes routes, IServiceProvider services)
    {
        var document = new ApiDocument(services);
        routes.Map(new ApiEndpoint("GET", Path, "registry", "This description.", Access.Anonymous) { Answers = [new(StatusCodes.Status200OK, typeof(JsonElement))] }, document.GetAsync);
    }

    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Version).GetOpenApiDocumentAsync(CancellationToken.None).ConfigureAwait(false);
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None).ConfigureAwait(false);
        return stream.ToArray();
    }

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiEndpoint>().FirstOrDefault() is not { } endpoint) return;
        operation.Parameters ??= [];
        if (endpoint.Path.Contains("{id}", StringComparison.Ordinal) && operation.Parameters.All(parameter => parameter.Name != "id"))
            operation.Parameters.Add(Parameter("id", ParameterLocation.Path, "A UUID in lower case with hyphens."));
        foreach (var parameter in endpoint.Parameters)
            operation.Parameters.Add(Parameter(parameter.Name, parameter.IsHeader ? ParameterLocation.Header : ParameterLocation.Query, parameter.Description));
        if (AccessOf(endpoint) is { } access) operation.Description = access;
        if (endpoint.Access is not (Access.Anonymous or Access.Public))
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerScheme, context.Document)] = [] }];
    }

    private static string? AccessOf(ApiEndpoint endpoint) => endpoint.Access switch
    {
        Access.Login => "Needs the token of a login.",
        Access.Scope => $"Needs the token of a login, or an API key with the scope {endpoint.Scope}.",
        Access.Account => "Needs the token of a login, or an API key.",
        _ => null,
    };

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string description) => new()
    {
        Name = name,
        In = place,
        Description = description,
        Required = place == ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private async Task GetAsync(HttpContext context) =>
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, await _json.Value.ConfigureAwait(false), JsonAnswer.JsonType).ConfigureAwait(false);
}
