namespace Tectra.Registry.Tests;

/// <summary>Ends what the assembly's tests share.</summary>
[SetUpFixture]
public sealed class AssemblyEnd
{
    [OneTimeTearDown]
    public Task StopPostgres() => PostgresServer.StopSharedAsync();
}
