using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tectra.Registry.Storage.Sql;

namespace Tectra.Registry.Tests;

/// <summary>An empty database of either engine, for one test.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    public const string Sqlite = "SQLite", Postgres = "PostgreSQL";

    private readonly string? _folder;

    private TestDatabase(string address, string? folder)
    {
        Address = address;
        _folder = folder;
    }

    public static string[] Engines { get; } = [Sqlite, Postgres];

    /// <summary>What a registry is told to open.</summary>
    public string Address { get; }

    public static async Task<TestDatabase> CreateAsync(string engine)
    {
        if (engine == Postgres) return new TestDatabase(await (await PostgresServer.GetSharedAsync()).CreateDatabaseAsync(), null);
        var folder = Directory.CreateTempSubdirectory("tectra-database-").FullName;
        return new TestDatabase(Path.Combine(folder, "registry.db"), folder);
    }

    public async Task<SqlRegistryStore> OpenStoreAsync() => await SqlRegistryStore.OpenAsync(Address, default);

    /// <summary>Does to the database what only its operator could.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using DbConnection connection = _folder is null ? new NpgsqlConnection(PostgresAddress.ToConnectionString(Address)) : new SqliteConnection($"Data Source={Address};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync()
    {
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
