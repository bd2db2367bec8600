using Microsoft.AspNetCore.Http;
using Tectra.Registry.Accounts;
using Tectra.Registry.Storage;
using Tectra.Sdk.Api;
using Tectra.Sdk.Keys;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Endpoints;

/// <summary>Signing keys: their public halves, and private halves that only their owner can decrypt and only their owner gets.</summary>
internal sealed class SigningKeyEndpoints(SigningKeyService keys)
{
    private const string Tag = "signing keys", Path = "/api/v1/keys/signing-keys";

    public static void Map(ApiRoutes routes, SigningKeyService keys)
    {
        var endpoints = new SigningKeyEndpoints(keys);
        routes.Map(Endpoint("POST", Path, "Register a signing key, with its own signature as the proof that its private half is at hand.") with
        {
            Request = typeof(NewSigningKeyDocument),
            Answers = [new(StatusCodes.Status201Created, typeof(SigningKeyInfo)), new(StatusCodes.Status200OK, typeof(SigningKeyInfo))],
            Problems = [StatusCodes.Status422UnprocessableEntity],
        }, endpoints.RegisterAsync);
        routes.Map(Endpoint("GET", Path, "The account's signing keys, without private halves.") with
        {
            Answers = [new(StatusCodes.Status200OK, typeof(SigningKeyListDocument))],
        }, endpoints.ListAsync);
        routes.Map(Endpoint("GET", $"{Path}/{{id}}", "One signing key, with its encrypted private half if that was uploaded.") with
        {
            Answers = [new(StatusCodes.Status200OK, typeof(SigningKeyInfo))],
            Problems = [StatusCodes.Status404NotFound],
        }, endpoints.GetAsync);
    }

    private static ApiEndpoint Endpoint(string method, string path, string summary) => new(method, path, Tag, summary, Access.Scope) { Scope = ApiScopes.Sign };

    private static SigningKeyInfo ToDocument(StoredSigningKey key, bool withPrivateHalf) => new(
        key.Id, key.PublicKey.KeyId, key.Name, key.PublicKey.ToString(), key.RegisteredAt, withPrivateHalf ? key.EncryptedPrivateKey : null);

    private async Task RegisterAsync(HttpContext context)
    {
        var document = await JsonBody.ReadAsync(context, Wire.Json.NewSigningKeyDocument).ConfigureAwait(false);
        var (publicKey, proof) = JsonBody.Convert(document, sent => (PublicKey.Parse(sent.PublicKey), Signature.Parse(sent.Proof)));
        var (key, isNew) = await keys.RegisterAsync(
            Authentication.GetCaller(context).UserId, document.Name, publicKey, document.EncryptedPrivateKey, proof, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK, ToDocument(key, withPrivateHalf: false), Wire.Json.SigningKeyInfo).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext context)
    {
        var found = await keys.ListAsync(Authentication.GetCaller(context).UserId, context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, new SigningKeyListDocument([.. found.Select(key => ToDocument(key, withPrivateHalf: false))]), Wire.Json.SigningKeyListDocument).ConfigureAwait(false);
    }

    private async Task GetAsync(HttpContext context)
    {
        var key = await keys.GetAsync(Authentication.GetCaller(context).UserId, RouteValues.Id(context), context.RequestAborted).ConfigureAwait(false);
        await JsonAnswer.WriteAsync(context, ToDocument(key, withPrivateHalf: true), Wire.Json.SigningKeyInfo).ConfigureAwait(false);
    }
}
