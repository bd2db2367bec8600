using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Tests.Api;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests;

public sealed class TectraServicesTests
{
    [Test]
    public async Task What_was_enqueued_is_delivered_in_the_background()
    {
        var directory = Directory.CreateTempSubdirectory("tectra-services-").FullName;
        try
        {
            using var record = SignedRecord.Create();
            using var registry = new FakeRegistry(() => FakeRegistry.Json($$"""{"results":[{"record_id":"{{record.Certificate.RecordId}}","status":"registered","error":null}]}"""));
            var services = new ServiceCollection().AddTectra(FakeRegistry.Options with { OutboxDirectory = directory }).AddTectra(FakeRegistry.Options);
            services.AddHttpClient(TectraApiClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => registry);
            await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
            Assert.That(provider.GetRequiredService<ITectraApi>(), Is.SameAs(provider.GetRequiredService<TectraApiClient>()));
            Assert.That(provider.GetRequiredService<TimeProvider>(), Is.SameAs(TimeProvider.System));
            var hosted = provider.GetServices<IHostedService>().Single();
            await hosted.StartAsync(default);
            var outbox = provider.GetRequiredService<RegistrationOutbox>();
            await outbox.EnqueueAsync(new RegistrationRequest(record.Bundle.Envelope, null));
            for (var patience = 0; (await outbox.GetStatusAsync()).Waiting > 0 && patience < 1000; patience++) await Task.Delay(10);
            Assert.That((await outbox.GetStatusAsync()).Waiting, Is.Zero);
            Assert.That(registry.Sent.Single().Authorization, Is.EqualTo("Bearer " + FakeRegistry.ApiKey));
            await hosted.StopAsync(default);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Test]
    public void The_hosts_clock_is_kept()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(SignedRecord.Clock).AddTectra(FakeRegistry.Options);
        using var provider = services.BuildServiceProvider();
        Assert.That(provider.GetRequiredService<TimeProvider>(), Is.SameAs(SignedRecord.Clock));
    }

    [Test]
    public void Without_an_outbox_nothing_runs_and_asking_for_it_says_what_to_set()
    {
        using var provider = new ServiceCollection().AddTectra(FakeRegistry.Options).BuildServiceProvider();
        Assert.That(provider.GetServices<IHostedService>(), Is.Empty);
        Assert.That(() => provider.GetRequiredService<RegistrationOutbox>(), Throws.ArgumentException.With.Message.Contain("TECTRA_OUTBOX"));
    }

    [Test]
    public void A_wrong_configuration_fails_when_services_are_added()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Tectra:ApiUrl", "nonsense")]).Build();
        Assert.That(() => new ServiceCollection().AddTectra(configuration), Throws.ArgumentException.With.Message.Contain("Tectra:ApiUrl"));
    }
}
