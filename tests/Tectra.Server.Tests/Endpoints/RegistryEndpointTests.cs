using System.Net;
using Tectra.Sdk.Content;

namespace Tectra.Server.Tests.Endpoints;

internal sealed class RegistryEndpointTests(string engine) : ServerTests(engine)
{
    [Test]
    public async Task The_process_says_that_it_lives_and_when_it_can_work()
    {
        var live = await Server.GetAsync("/health");
        Assert.That(live.ToString(), Is.EqualTo("""200 {"status":"ok"}"""));
        Assert.That(live.Message.Headers.Contains("Server"), Is.False);
        await Eventually.BecomesTrueAsync(async () => (await Server.GetAsync("/health/ready")).Status == HttpStatusCode.OK);
        Assert.That((await Server.GetAsync("/health/ready")).Text, Is.EqualTo("""{"status":"ready"}"""));
    }

    [Test]
    public async Task Origin_types_and_the_ledgers_key_are_public()
    {
        var origins = await Server.GetAsync("/api/v1/origin-types");
        Assert.That(origins["items"].EnumerateArray().Select(item => item.GetProperty("code").GetString()), Is.EqualTo(OriginType.All.Select(origin => origin.Code)));
        Assert.That(origins["items"][0].GetProperty("category").GetString(), Is.EqualTo("camera"));
        var registry = await Server.GetAsync("/api/v1/registry");
        Assert.That(registry.Get("ledger_public_key"), Is.EqualTo(Server.Server.LedgerKey.ToString()));
        Assert.That(registry.Get("anchoring"), Is.EqualTo("ledger"));
    }
}
