using Tectra.Sdk.Api;

namespace Tectra.Sdk.Tests.Api;

/// <summary>The client's own connections, over real sockets.</summary>
public sealed class TectraApiClientConnectionTests
{
    [Test]
    public async Task A_redirect_is_not_followed_and_the_API_key_stays_here()
    {
        var reached = 0;
        await using var elsewhere = new LoopbackServer(_ =>
        {
            reached++;
            return Task.CompletedTask;
        });
        await using var server = new LoopbackServer(context =>
        {
            context.Response.Redirect(elsewhere.Url.AbsoluteUri);
            return Task.CompletedTask;
        });
        using var client = new TectraApiClient(new TectraOptions { ApiUrl = server.Url, ApiKey = FakeRegistry.ApiKey });
        Assert.That(async () => await client.GetAccountAsync(), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("registry_answer_malformed").And.Message.Contain("302"));
        Assert.That(reached, Is.Zero);
    }

    [Test]
    public void Where_nobody_listens_the_registry_is_unreachable()
    {
        var url = new Uri($"http://127.0.0.1:{LoopbackServer.FreePort()}/");
        using var client = new TectraApiClient(new TectraOptions { ApiUrl = url, ApiKey = FakeRegistry.ApiKey, MaxRetries = 1 });
        var error = Assert.CatchAsync<RegistryException>(async () => await client.GetAccountAsync());
        Assert.That((error!.Code, error.Message), Is.EqualTo(("registry_unreachable", $"There is no connection to {url.Authority} (ConnectionError). Check the network and TECTRA_API_URL, and try again: what can be repeated is safe to repeat.")));
        Assert.That(error.ToString(), Does.Not.Contain(FakeRegistry.ApiKey));
    }

    [Test]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        var asked = 0;
        await using var server = new LoopbackServer(async context =>
        {
            context.Response.ContentType = "application/json";
            var body = """{"status":"ok","user_id":"u-1","email":"a@b.example","org_name":null,"org_type":null,"created_at":"x"}"""u8.ToArray();
            context.Response.ContentLength64 = body.Length;
            await context.Response.OutputStream.WriteAsync(body.AsMemory(0, ++asked == 1 ? 10 : body.Length));
            if (asked == 1) context.Response.Abort();
        });
        using var client = new TectraApiClient(new TectraOptions { ApiUrl = server.Url, ApiKey = FakeRegistry.ApiKey });
        Assert.That((await client.GetAccountAsync()).UserId, Is.EqualTo("u-1"));
        Assert.That(asked, Is.EqualTo(2));
    }
}
