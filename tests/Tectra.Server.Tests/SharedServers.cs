namespace Tectra.Server.Tests;

/// <summary>Ends what the tests of this assembly share.</summary>
[SetUpFixture]
public sealed class SharedServers
{
    [OneTimeTearDown]
    public Task StopPostgres() => PostgresServer.StopSharedAsync();
}
