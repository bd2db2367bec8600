using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tectra.Sdk.Api;

namespace Tectra.Sdk.Video;

/// <summary>Dependency injection.</summary>
public static class TectraVideoServices
{
    /// <summary>
    /// Adds <see cref="VideoInspector"/> and <see cref="VideoSignerProvider"/>, each one for all. The provider needs what
    /// <see cref="TectraServices.AddTectra(IServiceCollection, TectraOptions)"/> adds.
    /// </summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="options">Limits and where ffmpeg is; null for <see cref="VideoOptions.Default"/>.</param>
    public static IServiceCollection AddTectraVideo(this IServiceCollection services, VideoOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new VideoInspector(options));
        services.TryAddSingleton(provider => new VideoSignerProvider(provider.GetRequiredService<TectraApiClient>(), options, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
