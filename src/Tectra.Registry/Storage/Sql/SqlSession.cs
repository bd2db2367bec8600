using System.Data.Common;

namespace Tectra.Registry.Storage.Sql;

/// <summary>
/// One connection for the length of one piece of work; a writing one is in a transaction, which ends with
/// <see cref="CommitAsync"/> or is undone. Not thread-safe. The database's own exceptions come out as
/// <see cref="Sdk.RegistryException"/>.
/// </summary>
internal sealed class SqlSession : IAsyncDisposable
{
    private readonly SqlEngine _engine;
    private readonly DbTransaction? _transaction;
    private readonly Func<ValueTask> _release;

    public SqlSession(SqlEngine engine, DbConnection connection, DbTransaction? transaction, Func<ValueTask> release)
    {
        _engine = engine;
        Connection = connection;
        _transaction = transaction;
        _release = release;
    }

    /// <summary>For what only one engine can do.</summary>
    public DbConnection Connection { get; }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public async ValueTask<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        try
        {
            var command = Command(sql, parameters);
            await using (command.ConfigureAwait(false)) return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw _engine.Translate(e);
        }
    }

    /// <summary>Runs a query and reads every row.</summary>
    public async ValueTask<List<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        var rows = new List<T>();
        await StreamAsync(sql, reader => rows.Add(read(reader)), cancellationToken, parameters).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Runs a query and hands over row by row.</summary>
    public async ValueTask StreamAsync(
        string sql, Action<DbDataReader> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters)
    {
        try
        {
            var command = Command(sql, parameters);
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) read(reader);
                }
            }
        }
        catch (DbException e)
        {
            throw _engine.Translate(e);
        }
    }

    /// <summary>Runs a query of at most one row; the default value when there is none.</summary>
    public async ValueTask<T?> QueryOneAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken cancellationToken, params (string Name, object? Value)[] parameters) =>
        (await QueryAsync(sql, read, cancellationToken, parameters).ConfigureAwait(false)) is [var first, ..] ? first : default;

    /// <summary>A command of this session.</summary>
    public DbCommand Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = Connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
        return command;
    }

    /// <summary>Makes everything of a writing session durable.</summary>
    public async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _transaction!.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw _engine.Translate(e);
        }
    }

    /// <summary>Gives the connection back; what wasn't committed is undone.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_transaction is not null) await _transaction.DisposeAsync().ConfigureAwait(false);
        }
        catch (DbException)
        {
            // The connection is broken, and with it the transaction is undone.
        }
        finally
        {
            await _release().ConfigureAwait(false);
        }
    }
}
