namespace Tectra.Server.Tests;

/// <summary>Tests of one server on either database; each test has tenants of its own.</summary>
[TestFixture(TestServer.Sqlite)]
[TestFixture(TestServer.Postgres)]
internal abstract class ServerTests(string engine)
{
    protected string Engine => engine;

    protected TestServer Server { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartServer() => Server = await TestServer.StartAsync(engine, Configure);

    [OneTimeTearDown]
    public async Task StopServer() => await Server.DisposeAsync();

    protected virtual ServerOptions Configure(ServerOptions options) => options;
}
