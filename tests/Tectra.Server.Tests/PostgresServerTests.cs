using Npgsql;

namespace Tectra.Server.Tests;

/// <summary>The tests' own database server.</summary>
public sealed class PostgresServerTests
{
    [Test]
    public async Task Databases_are_empty_and_apart_and_writes_go_through_to_the_disk()
    {
        var server = await PostgresServer.GetSharedAsync();
        var (first, second) = (await server.CreateDatabaseAsync(), await server.CreateDatabaseAsync());
        Assert.That(first, Is.Not.EqualTo(second));
        await using var connection = new NpgsqlConnection(first);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT current_setting('fsync') || ' ' || current_setting('synchronous_commit') || ' ' || (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')";
        Assert.That(await command.ExecuteScalarAsync(), Is.EqualTo("on on 0"));
    }

    [Test]
    public async Task A_server_that_was_stopped_starts_again_with_its_data()
    {
        await using var server = await PostgresServer.CreateAsync();
        var database = await server.CreateDatabaseAsync();
        await server.StopAsync();
        await server.StartAsync();
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        Assert.That(connection.State, Is.EqualTo(System.Data.ConnectionState.Open));
    }
}
