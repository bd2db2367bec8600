using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Server.Http;

namespace Tectra.Server.Security;

/// <summary>
/// How often who may ask: in windows of a minute, by address, by API key or account, and by the account that somebody tries to
/// log in to. An IPv6 address counts with the rest of its /64 network. Each server process counts for itself. Thread-safe.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Func<Counted, RateLimiter>? _public, _verification, _authentication, _caller;
    private readonly PartitionedRateLimiter<HttpContext> _refusals;
    private readonly PartitionedRateLimiter<string> _accounts;

    public RateLimits(ServerOptions options)
    {
        _public = WindowOf<Counted>(options.PublicRequestsPerMinute);
        _verification = WindowOf<Counted>(options.VerificationsPerMinute);
        _authentication = WindowOf<Counted>(options.AuthAttemptsPerMinute);
        _caller = WindowOf<Counted>(options.KeyRequestsPerMinute);
        var account = WindowOf<string>(options.AccountAttemptsPerMinute);
        Requests = PartitionedRateLimiter.Create<HttpContext, Counted>(PartitionOf);
        _refusals = PartitionedRateLimiter.Create<HttpContext, Counted>(context => Partition(ByAddress(RateClass.Authentication, context), _authentication));
        _accounts = PartitionedRateLimiter.Create<string, string>(email => account is null ? RateLimitPartition.GetNoLimiter("") : RateLimitPartition.Get(email, account));
    }

    /// <summary>Counts requests, after it is known who asks.</summary>
    public PartitionedRateLimiter<HttpContext> Requests { get; }

    /// <summary>The answer to a request that is one too many.</summary>
    public static async ValueTask RejectAsync(HttpContext context, RateLimitLease lease)
    {
        SetRetryAfter(context, lease);
        await Problems.WriteAsync(context, StatusCodes.Status429TooManyRequests).ConfigureAwait(false);
    }

    /// <summary>Counts credentials that were refused.</summary>
    /// <exception cref="RegistryException">This address has sent too many of them (<c>rate_limited</c>).</exception>
    public void CountRefusal(HttpContext context)
    {
        using var lease = _refusals.AttemptAcquire(context);
        Check(context, lease);
    }

    /// <summary>Counts an attempt to log in to an account or to reset its password, whether or not there is such an account.</summary>
    /// <exception cref="RegistryException">There were too many (<c>rate_limited</c>).</exception>
    public void CountAccountAttempt(HttpContext context, string email)
    {
        using var lease = _accounts.AttemptAcquire(email);
        Check(context, lease);
    }

    public void Dispose()
    {
        Requests.Dispose();
        _refusals.Dispose();
        _accounts.Dispose();
    }

    private static void Check(HttpContext context, RateLimitLease lease)
    {
        if (lease.IsAcquired) return;
        SetRetryAfter(context, lease);
        throw new RegistryException(ErrorCodes.RateLimited, "Too many attempts. Wait before the next one.");
    }

    private static void SetRetryAfter(HttpContext context, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)) : (long)Window.TotalSeconds;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Makes the counters of a limit; null where there is none. The partitioned limiter turns their windows.</summary>
    private static Func<TKey, RateLimiter>? WindowOf<TKey>(int permits) => permits == 0
        ? null
        : _ => new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = Window, QueueLimit = 0, AutoReplenishment = false });

    /// <summary>What isn't limited shares one partition: those without a limit are never forgotten.</summary>
    private static RateLimitPartition<Counted> Partition(Counted key, Func<Counted, RateLimiter>? window) =>
        window is null ? RateLimitPartition.GetNoLimiter(default(Counted)) : RateLimitPartition.Get(key, window);

    private static Counted ByAddress(RateClass rate, HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return new Counted(rate, 0, null);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        // An IPv4 address inside IPv6 (::ffff:1.2.3.4) is that IPv4 address, not one of a network that all of these share.
        return new Counted(rate, address switch
        {
            { AddressFamily: AddressFamily.InterNetwork } => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            { IsIPv4MappedToIPv6: true } => BinaryPrimitives.ReadUInt32BigEndian(bytes[12..length]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        }, null);
    }

    private RateLimitPartition<Counted> PartitionOf(HttpContext context)
    {
        var rate = context.GetEndpoint()?.Metadata.GetMetadata<ApiEndpoint>()?.Rate ?? RateClass.None;
        if (rate == RateClass.None) return RateLimitPartition.GetNoLimiter(default(Counted));
        if (Authentication.FindCaller(context) is { } caller && (rate != RateClass.Verification || caller.Has(ApiScopes.Verify)))
            return Partition(new Counted(RateClass.None, 0, caller.Id), _caller);
        return Partition(ByAddress(rate, context), rate switch
        {
            RateClass.Verification => _verification,
            RateClass.Authentication => _authentication,
            _ => _public,
        });
    }

    /// <summary>What is counted together.</summary>
    private readonly record struct Counted(RateClass Rate, ulong Address, string? CallerId);
}
