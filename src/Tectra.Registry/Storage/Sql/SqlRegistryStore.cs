using System.Data.Common;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

/// <summary>
/// Everything a registry keeps, in a SQL database. The engines differ in a few statements; the rest is here, in parts: records,
/// batches, accounts, webhooks.
/// </summary>
internal sealed partial class SqlRegistryStore : IRegistryStore
{
    private const int MaxAttempts = 5;

    private readonly SqlEngine _engine;

    public SqlRegistryStore(SqlEngine engine) => _engine = engine;

    /// <summary>Opens the database that a text names: a file of SQLite's, or an address of PostgreSQL's.</summary>
    /// <exception cref="RegistryException">It can't be opened (<c>registry_unavailable</c>).</exception>
    /// <exception cref="FormatException">The address is malformed.</exception>
    public static async ValueTask<SqlRegistryStore> OpenAsync(string database, CancellationToken cancellationToken) => new(
        PostgresAddress.IsPostgres(database) ? await PostgresEngine.OpenAsync(database, cancellationToken).ConfigureAwait(false) : SqliteEngine.Open(database));

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async ValueTask<List<T>> ReadAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var session = await _engine.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false)) return await session.QueryAsync(sql, read, cancellationToken, parameters).ConfigureAwait(false);
    }

    private async ValueTask<T?> ReadOneAsync<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var session = await _engine.ReadAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false)) return await session.QueryOneAsync(sql, read, cancellationToken, parameters).ConfigureAwait(false);
    }

    private ValueTask<int> WriteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        TransactAsync(session => session.ExecuteAsync(sql, cancellationToken, parameters), cancellationToken);

    /// <summary>One transaction, done again where it lost against another one.</summary>
    private async ValueTask<T> TransactAsync<T>(Func<SqlSession, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var session = await _engine.WriteAsync(cancellationToken).ConfigureAwait(false);
                await using (session.ConfigureAwait(false))
                {
                    var result = await work(session).ConfigureAwait(false);
                    await session.CommitAsync(cancellationToken).ConfigureAwait(false);
                    return result;
                }
            }
            catch (RegistryException e) when (attempt < MaxAttempts && e.InnerException is DbException cause && _engine.IsTransient(cause))
            {
                // Undone as a whole; nothing of it is seen.
            }
        }
    }

    private static byte[]? ReadBytes(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<byte[]>(column);

    private static string? ReadText(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static long? ReadNumber(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    private static Sha256Digest ReadDigest(DbDataReader reader, int column) => new(reader.GetFieldValue<byte[]>(column));
}
