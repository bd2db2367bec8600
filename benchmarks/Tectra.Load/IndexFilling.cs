using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tectra.Registry.Similarity;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk;
using Tectra.Testing;

namespace Tectra.Load;

/// <summary>
/// Fills the similarity index from a database of records. They are made by the database itself, with random hashes and payloads and
/// short certificates; nobody signed them.
/// </summary>
internal static class IndexFilling
{
    private const int EnvelopeBytes = 88; // filling reads the narrow index alone, so certificates may be short

    public static async Task<int> RunAsync(string engine, int records, string? output)
    {
        var isPostgres = engine == "postgres";
        var folder = Directory.CreateTempSubdirectory("tectra-filling-").FullName;
        await using var postgres = isPostgres ? await PostgresServer.CreateAsync() : null;
        var address = postgres is null ? Path.Combine(folder, "registry.db") : await postgres.CreateDatabaseAsync();
        await using var store = await SqlRegistryStore.OpenAsync(address, default);
        Console.WriteLine($"making {records:N0} records …");
        if (isPostgres) await MakePostgresAsync(address, records);
        else MakeSqlite(address, records);

        var index = new SimilarityIndex();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var since = Stopwatch.GetTimestamp();
        await store.ReadIndexAsync(record => index.Add(record.Sequence, record.Hash, record.Payload), default);
        var elapsed = Stopwatch.GetElapsedTime(since);
        var memory = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)records;
        GC.KeepAlive(index);
        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"{DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().DateTime):yyyy-MM-dd}, {(isPostgres ? "PostgreSQL" : "SQLite")}: {index.Count:N0} records into the index in {elapsed.TotalSeconds:F1} s (bar: 60 s), {memory:F1} bytes of memory a record\n");
        Console.Write(line);
        if (output is not null) AtomicFile.Write(output, [.. File.Exists(output) ? File.ReadAllBytes(output) : [], .. Encoding.UTF8.GetBytes(line)]);
        Directory.Delete(folder, recursive: true);
        return index.Count == records && elapsed < TimeSpan.FromSeconds(60) ? 0 : 1;
    }

    private static async Task MakePostgresAsync(string address, int records)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address) { CommandTimeout = 0 }.ToString());
        await RunAsync("DROP INDEX record_original; DROP INDEX record_watermarked; DROP INDEX record_user; DROP INDEX record_change; ALTER TABLE record DROP CONSTRAINT record_record_id_key");
        const int Step = 500_000;
        for (var made = 0; made < records; made += Step)
        {
            await RunAsync($"""
                INSERT INTO record (record_id, user_id, public_key, origin_type, original_sha256, watermarked_sha256, certificate_sha256, perceptual_hash, payload, envelope, registered_at, registered_ms)
                SELECT gen_random_uuid(), 'user-01a1fec9-bca8-7666-af7c-b4e3ee5c4a13', sha256('key'), 'ai_generated_image', a, sha256(a), sha256(a || 'c'),
                    ('x' || encode(substr(sha256(a || 'p'), 1, 8), 'hex'))::bit(64)::bigint, substr(sha256(a || 'w'), 1, 16), convert_to(repeat(encode(a, 'base64'), {EnvelopeBytes / 44}), 'UTF8'),
                    '2026-11-20T16:00:00.000Z', 1795190400000
                FROM (SELECT sha256(i::text::bytea) AS a FROM generate_series({made} + 1, {Math.Min(records, made + Step)}) AS i) AS made
                """);
            Console.WriteLine($"{made + Step:N0}");
        }
        await RunAsync("VACUUM record"); // which autovacuum does by itself, sooner or later

        async Task RunAsync(string sql)
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void MakeSqlite(string path, int records)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = OFF; DROP INDEX record_original; DROP INDEX record_watermarked; DROP INDEX record_user";
        command.ExecuteNonQuery();
        const int Step = 500_000;
        for (var made = 0; made < records; made += Step)
        {
            command.CommandText = $"""
                WITH RECURSIVE made (i) AS (SELECT {made} + 1 UNION ALL SELECT i + 1 FROM made WHERE i < {Math.Min(records, made + Step)})
                INSERT INTO record (record_id, user_id, public_key, origin_type, original_sha256, watermarked_sha256, certificate_sha256, perceptual_hash, payload, envelope, registered_at, registered_ms)
                SELECT printf('%036d', i), 'user-01a1fec9-bca8-7666-af7c-b4e3ee5c4a13', randomblob(32), 'ai_generated_image', randomblob(32), randomblob(32), randomblob(32),
                    random(), randomblob(16), randomblob({EnvelopeBytes}), '2026-11-20T16:00:00.000Z', 1795190400000 FROM made
                """;
            command.ExecuteNonQuery();
            Console.WriteLine($"{made + Step:N0}");
        }
    }
}
