using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tectra.Registry;
using Tectra.Registry.Accounts;
using Tectra.Registry.Webhooks;
using Tectra.Server.Endpoints;
using Tectra.Server.Http;
using Tectra.Server.Security;

namespace Tectra.Server.Hosting;

/// <summary>Puts the web application together: the listener's limits, the pipeline, the endpoints, the services in the background.</summary>
internal static class ServerApp
{
    /// <summary>Where everything logs: no single requests, unless the caller asks for them.</summary>
    public static ILoggerFactory CreateLoggers(Action<ILoggingBuilder>? configure) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // Even the level of warnings would make an activity of every request.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        if (configure is null) logging.AddSimpleConsole(console => console.SingleLine = true);
        else configure(logging);
    });

    public static WebApplication Build(
        ServerOptions options, ServerParts parts, ILoggerFactory loggers, ContentRegistry registry, RegistryWebhooks webhooks, TokenService tokens, PasswordHasher hasher, RateLimits limits)
    {
        var accounts = new AccountService(registry.Store, hasher, parts.Mail ?? new LogMailSender(loggers.CreateLogger<LogMailSender>()), parts.Time);
        var keys = new ApiKeyService(registry.Store, parts.Time);
        var mails = new ResetMails(accounts, loggers.CreateLogger<ResetMails>());
        var readiness = new Readiness(registry, parts.Time, loggers.CreateLogger<Readiness>());
        var app = CreateApp(options, loggers, limits, services =>
        {
            services.AddHostedService(_ => readiness);
            services.AddHostedService(_ => mails);
            services.AddHostedService(_ => new AnchoringService(registry, options, parts.Time, loggers.CreateLogger<AnchoringService>()));
            services.AddHostedService(_ => new WebhookHosting(webhooks));
            services.AddHostedService(_ => new HousekeepingService(registry, parts.Time, loggers.CreateLogger<HousekeepingService>()));
        });

        var errors = new ErrorHandling(parts.Time, loggers.CreateLogger<ErrorHandling>());
        var authentication = new Authentication(accounts, keys, tokens, limits, loggers.CreateLogger<Authentication>());
        if (options.TrustedProxies.Count > 0) app.UseForwardedHeaders(Forwarding(options));
        app.Use(next => context => errors.InvokeAsync(context, next));
        app.UseRouting();
        app.Use(next => context => authentication.InvokeAsync(context, next));
        app.UseRateLimiter();

        var routes = new ApiRoutes(app);
        HealthEndpoints.Map(routes, readiness);
        AuthEndpoints.Map(routes, accounts, tokens, mails, limits);
        ApiKeyEndpoints.Map(routes, keys);
        SigningKeyEndpoints.Map(routes, new SigningKeyService(registry, parts.Time));
        RegistryEndpoints.Map(routes, registry);
        RegistrationEndpoints.Map(routes, registry, options);
        VerificationEndpoints.Map(routes, registry, webhooks.Verified);
        RecordEndpoints.Map(routes, registry);
        PublicRecordEndpoints.Map(routes, registry);
        WebhookEndpoints.Map(routes, webhooks.Service);
        ApiDocument.Map(routes, app.Services);
        return app;
    }

    private static WebApplication CreateApp(ServerOptions options, ILoggerFactory loggers, RateLimits limits, Action<IServiceCollection> addServices)
    {
        // The options are read by the caller, once: no file is watched for changes.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.WebHost.UseUrls([.. options.Urls]).ConfigureKestrel(kestrel => Limit(kestrel, kestrel.Limits));
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRateLimiter(rate =>
        {
            rate.GlobalLimiter = limits.Requests;
            rate.OnRejected = static (rejected, _) => RateLimits.RejectAsync(rejected.HttpContext, rejected.Lease);
        });
        ApiDocument.AddServices(builder.Services);
        addServices(builder.Services);
        return builder.Build();
    }

    private static void Limit(KestrelServerOptions kestrel, KestrelServerLimits limits)
    {
        kestrel.AddServerHeader = false;
        limits.MaxConcurrentConnections = 10_000;
        limits.MaxRequestBodySize = ApiEndpoint.SmallBody; // endpoints that read more say so
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestLineSize = 16 * 1024; // a revocation's reason of 1,024 characters, escaped
        limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }

    private static ForwardedHeadersOptions Forwarding(ServerOptions options)
    {
        var forwarding = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        forwarding.KnownProxies.Clear();
        forwarding.KnownIPNetworks.Clear();
        foreach (var text in options.TrustedProxies)
        {
            if (ServerOptions.TryParseNetwork(text, out var network)) forwarding.KnownIPNetworks.Add(network);
        }
        return forwarding;
    }
}
