using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tectra.Sdk.Api;

namespace Tectra.Sdk.Imaging;

/// <summary>Dependency injection.</summary>
public static class TectraImagingServices
{
    /// <summary>
    /// Adds <see cref="ImageInspector"/> and <see cref="ImageSignerProvider"/>, each one for all. The provider needs what
    /// <see cref="TectraServices.AddTectra(IServiceCollection, TectraOptions)"/> adds.
    /// </summary>
    /// <param name="services">Where to add them.</param>
    /// <param name="options">Limits and strength; null for <see cref="ImagingOptions.Default"/>.</param>
    public static IServiceCollection AddTectraImaging(this IServiceCollection services, ImagingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ImageInspector(options));
        services.TryAddSingleton(provider => new ImageSignerProvider(provider.GetRequiredService<TectraApiClient>(), options, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
