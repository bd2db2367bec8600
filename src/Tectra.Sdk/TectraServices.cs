using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;

namespace Tectra.Sdk;

/// <summary>Dependency injection.</summary>
public static class TectraServices
{
    /// <summary>
    /// Adds <see cref="TectraOptions"/>, <see cref="TectraApiClient"/>, also as <see cref="ITectraApi"/>, and, if
    /// <see cref="TectraOptions.OutboxDirectory"/> is set, <see cref="RegistrationOutbox"/> with a service that delivers it.
    /// Everything is one for all. The client's connections are those of the <see cref="HttpClient"/> named
    /// <see cref="TectraApiClient.HttpClientName"/>.
    /// </summary>
    /// <param name="services">Where to add them.</param>
    /// <param name="configuration">The application's configuration; see <see cref="TectraOptions.Load(IConfiguration?)"/>.</param>
    /// <exception cref="ArgumentException">An option is missing or can't be used; the message names it.</exception>
    public static IServiceCollection AddTectra(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddTectra(TectraOptions.Load(configuration));
    }

    /// <inheritdoc cref="AddTectra(IServiceCollection, IConfiguration)"/>
    /// <param name="services">Where to add them.</param>
    /// <param name="options">The options.</param>
    public static IServiceCollection AddTectra(this IServiceCollection services, TectraOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(options);
        // One client for the life of the process: its handler renews connections by itself, so the factory must not.
        services.AddHttpClient(TectraApiClient.HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(TectraApiClient.CreateHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.TryAddSingleton(provider => new TectraApiClient(
            options, provider.GetRequiredService<IHttpClientFactory>().CreateClient(TectraApiClient.HttpClientName), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ITectraApi>(provider => provider.GetRequiredService<TectraApiClient>());
        if (options.OutboxDirectory is not { } directory)
        {
            services.TryAddSingleton<RegistrationOutbox>(_ => throw new ArgumentException($"{TectraOptions.SectionName}:{nameof(TectraOptions.OutboxDirectory)} (TECTRA_OUTBOX) is missing. Set it to a folder on a disk that outlives this process."));
            return services;
        }
        services.TryAddSingleton(provider => RegistrationOutbox.Open(directory, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService(provider => new OutboxFlusher(
            provider.GetRequiredService<RegistrationOutbox>(),
            provider.GetRequiredService<ITectraApi>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OutboxFlusher>>()));
        return services;
    }
}
