using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tectra.Registry;
using Tectra.Sdk.Api;
using Tectra.Sdk.Content;
using Tectra.Server.Http;

namespace Tectra.Server.Endpoints;

/// <summary>What this registry is: its origin types, the key of its ledger, and where its batches go. None of it changes while a server runs.</summary>
internal sealed class RegistryEndpoints
{
    private const string Tag = "registry";

    private readonly byte[] _origins = JsonSerializer.SerializeToUtf8Bytes(
        new OriginTypesDocument([.. OriginType.All.Select(origin => OriginDocument.From(origin.Code))]), Wire.Json.OriginTypesDocument);

    private readonly byte[] _registry;

    private RegistryEndpoints(ContentRegistry registry)
    {
        var target = registry.Target;
        _registry = JsonSerializer.SerializeToUtf8Bytes(
            new RegistryInfoDocument(
                registry.LedgerKey.ToString(), target is null ? RegistryInfoDocument.Ledger : RegistryInfoDocument.Evm, target?.ChainId, target?.Contract.ToString()),
            Wire.Json.RegistryInfoDocument);
    }

    public static void Map(ApiRoutes routes, ContentRegistry registry)
    {
        var endpoints = new RegistryEndpoints(registry);
        routes.Map(new ApiEndpoint("GET", "/api/v1/origin-types", Tag, "The origin types that content can have.", Access.Anonymous)
        {
            Answers = [new(StatusCodes.Status200OK, typeof(OriginTypesDocument))],
        }, context => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, endpoints._origins, JsonAnswer.JsonType));
        routes.Map(new ApiEndpoint("GET", "/api/v1/registry", Tag, "The key that signs this registry's ledger, and the contract to which its batches go.", Access.Anonymous)
        {
            Answers = [new(StatusCodes.Status200OK, typeof(RegistryInfoDocument))],
        }, context => JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, endpoints._registry, JsonAnswer.JsonType));
    }
}
