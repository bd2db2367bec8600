using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Tectra.Sdk.Video;

/// <summary>Dependency injection.</summary>
public static class TectraVideoServices
{
    /// <summary>Adds <see cref="VideoInspector"/>, one for all.</summary>
    /// <param name="services">Where to add it.</param>
    /// <param name="options">Limits and where ffmpeg is; null for <see cref="VideoOptions.Default"/>.</param>
    public static IServiceCollection AddTectraVideo(this IServiceCollection services, VideoOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(new VideoInspector(options));
        return services;
    }
}
