using System.Data.Common;
using Tectra.Sdk;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Storage.Sql;

/// <summary>
/// One database engine: opens sessions, makes and migrates the schema, and holds the few statements in which the engines
/// differ. Everything else is written once, in SQL that both understand. Thread-safe.
/// </summary>
internal abstract class SqlEngine : IAsyncDisposable
{
    /// <summary>The version of the schema that this program reads and writes.</summary>
    public const int SchemaVersion = 4;

    /// <summary>The versions before, to which <see cref="SqlSchema.CreateChains"/> and <see cref="SqlSchema.CreateSegments"/> only add.</summary>
    protected const long VersionWithoutChains = 2, VersionWithoutSegments = 3;

    /// <summary>What makes a claiming query pass over rows that another process is claiming.</summary>
    public abstract string SkipLocked { get; }

    /// <summary>What keeps the rows of a query from being changed by others before the transaction ends.</summary>
    public abstract string KeepFromChange { get; }

    /// <summary>What makes a reading of all records go through the narrow index that holds all it needs.</summary>
    public abstract string SimilarityHint { get; }

    /// <summary>A record id as this engine stores it.</summary>
    public abstract object ToStored(RecordId id);

    /// <summary>Several record ids as one parameter, for <see cref="IsOneOf"/>.</summary>
    public abstract object ToStored(IReadOnlyCollection<RecordId> ids);

    /// <summary>Several numbers as one parameter, for <see cref="IsOneOf"/>.</summary>
    public abstract object ToStored(IReadOnlyCollection<long> numbers);

    /// <summary>The condition that a column is one of a parameter's several values: the same text however many they are.</summary>
    public abstract string IsOneOf(string parameter);

    /// <summary>A record id as this engine gives it back.</summary>
    public abstract RecordId ReadRecordId(DbDataReader reader, int column);

    /// <summary>A session to read with, each statement for itself.</summary>
    public abstract ValueTask<SqlSession> ReadAsync(CancellationToken cancellationToken);

    /// <summary>A session in a transaction.</summary>
    public abstract ValueTask<SqlSession> WriteAsync(CancellationToken cancellationToken);

    /// <summary>Keeps every other process that shares the database from batching until it is disposed of; null if one is at it.</summary>
    public abstract ValueTask<IAsyncDisposable?> TryLockBatchingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Inserts records and lines them up for a batch, passing over those whose id is taken.
    /// </summary>
    /// <returns>The sequence numbers of those that were inserted, by record id.</returns>
    public abstract ValueTask<Dictionary<RecordId, long>> InsertRecordsAsync(SqlSession session, IReadOnlyList<NewRecord> records, CancellationToken cancellationToken);

    /// <summary>Inserts segments of videos that were just inserted.</summary>
    public abstract ValueTask InsertSegmentsAsync(SqlSession session, IEnumerable<SegmentRow> segments, CancellationToken cancellationToken);

    /// <summary>The cursor from which on everything that isn't committed yet will be a change.</summary>
    public abstract ValueTask<ChangeCursor> ReadCursorAsync(SqlSession session, CancellationToken cancellationToken);

    /// <summary>Everything that changed lookups since a cursor; see <see cref="Changes"/>.</summary>
    public abstract ValueTask<Changes> ReadChangesAsync(SqlSession session, ChangeCursor since, Action<AddedRecord> add, CancellationToken cancellationToken);

    /// <summary>Inserts the leaves of a batch and takes their records out of the queue.</summary>
    public abstract ValueTask InsertLeavesAsync(SqlSession session, long batchId, IReadOnlyList<PendingLeaf> leaves, IReadOnlyList<byte[]> proofs, CancellationToken cancellationToken);

    /// <summary>Whether the same transaction, tried again, may succeed: it lost against another one.</summary>
    public abstract bool IsTransient(DbException exception);

    /// <summary>What a caller sees of a database's error.</summary>
    public abstract RegistryException Translate(DbException exception);

    public abstract ValueTask DisposeAsync();

    /// <summary>A schema that this program can't use.</summary>
    protected static RegistryException WrongVersion(long version) => new(
        ErrorCodes.RegistryUnavailable,
        FormattableString.Invariant($"The registry database is of version {version}; this program reads version {SchemaVersion}. Use the program that wrote it."));
}
