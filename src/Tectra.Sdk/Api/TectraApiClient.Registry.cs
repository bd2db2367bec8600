using Tectra.Sdk.Api.Transport;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Api;

/// <content>The registry itself.</content>
public sealed partial class TectraApiClient
{
    /// <summary>What the registry says of itself.</summary>
    public ValueTask<RegistryInfo> GetRegistryInfoAsync(CancellationToken cancellationToken = default) => _transport.SendAsync(
        ApiCall.Get("registry", "api/v1/registry", ApiAccess.Public),
        Wire.LenientJson.RegistryInfoDocument,
        answer => new RegistryInfo(
            PublicKey.Parse(answer.LedgerPublicKey),
            answer.Anchoring,
            answer is { ChainId: { } chainId, Contract: { } contract } ? new EvmContract(chainId, EvmAddress.Parse(contract)) : null),
        cancellationToken);

    /// <summary>The origin types that the registry knows.</summary>
    public ValueTask<IReadOnlyList<OriginTypeInfo>> ListOriginTypesAsync(CancellationToken cancellationToken = default) => _transport.SendAsync<OriginTypesDocument, IReadOnlyList<OriginTypeInfo>>(
        ApiCall.Get("origin_types", "api/v1/origin-types", ApiAccess.Public),
        Wire.LenientJson.OriginTypesDocument,
        answer => [.. Wire.WithoutNulls(answer.Items).Select(origin => new OriginTypeInfo(origin.Category, origin.Code, origin.Label))],
        cancellationToken);

    /// <summary>What the account has registered.</summary>
    public ValueTask<DashboardStats> GetStatsAsync(CancellationToken cancellationToken = default) =>
        _transport.SendAsync(
            ApiCall.Get("stats", "api/v1/dashboard/stats", ApiAccess.Account),
            Wire.LenientJson.DashboardStats,
            stats => stats with { Recent = Wire.WithoutNulls(stats.Recent) },
            cancellationToken);

    /// <summary>Comes back when the registry's process answers; asks once.</summary>
    /// <exception cref="RegistryException">It doesn't (<c>registry_unreachable</c>).</exception>
    public ValueTask PingAsync(CancellationToken cancellationToken = default) =>
        _transport.SendAsync(new ApiCall("health", HttpMethod.Get, "health") { Access = ApiAccess.Anonymous }, cancellationToken);

    /// <summary>Whether the registry can do its work now: its database is there and its index is filled. Asks once.</summary>
    /// <exception cref="RegistryException">It can't be reached (<c>registry_unreachable</c>).</exception>
    public async ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _transport.SendAsync(new ApiCall("ready", HttpMethod.Get, "health/ready") { Access = ApiAccess.Anonymous }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RegistryException e) when (e.Code == ErrorCodes.RegistryUnavailable)
        {
            return false;
        }
    }
}
