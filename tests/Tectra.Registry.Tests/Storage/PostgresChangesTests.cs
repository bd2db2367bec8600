using Npgsql;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Content;

namespace Tectra.Registry.Tests.Storage;

/// <summary>What only PostgreSQL has: transactions that stay open while others commit.</summary>
public sealed class PostgresChangesTests
{
    private static readonly UtcTimestamp Now = UtcTimestamp.Parse("2026-11-20T16:00:00.000Z");

    [Test]
    public async Task A_transaction_that_stays_open_hides_nothing_repeats_nothing_and_is_seen_when_it_commits()
    {
        await using var database = await TestDatabase.CreateAsync(TestDatabase.Postgres);
        await using var fixture = await RegistryFixture.CreateAsync();
        await using var store = await database.OpenStoreAsync();
        var cursor = await store.ReadIndexAsync(_ => { }, default);

        await using var connection = new NpgsqlConnection(PostgresAddress.ToConnectionString(database.Address));
        await connection.OpenAsync();
        await using var open = await connection.BeginTransactionAsync();
        var late = RecordRow.Of(Record(fixture, "late"));
        await using (var insert = new NpgsqlCommand(
            """
            INSERT INTO record (record_id, user_id, public_key, origin_type, original_sha256, certificate_sha256, perceptual_hash, envelope, registered_at, registered_ms)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, connection, open))
        {
            foreach (var value in new object[] { Guid.Parse(late.RecordId), late.UserId, late.PublicKey, late.OriginType, late.OriginalSha256, late.CertificateSha256, late.PerceptualHash, late.Envelope, late.RegisteredAt, late.RegisteredMilliseconds })
                insert.Parameters.Add(new NpgsqlParameter { Value = value });
            await insert.ExecuteNonQueryAsync();
        }

        foreach (var name in new[] { "a", "b", "c" })
        {
            await store.AddRecordsAsync([Record(fixture, name)], null, default);
            Assert.That(await ReadAsync(), Is.EqualTo(new[] { RegistryFixture.Digest(name) }), "although an earlier number isn't committed");
            Assert.That(await ReadAsync(), Is.Empty, "although an earlier transaction is open");
        }
        await open.CommitAsync();
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { RegistryFixture.Digest("late") }));
        Assert.That(await ReadAsync(), Is.Empty);

        async Task<List<Sha256Digest>> ReadAsync()
        {
            var added = new List<Sha256Digest>();
            cursor = (await store.ReadChangesAsync(cursor, record => added.Add(record.OriginalSha256), default)).Cursor;
            return added;
        }
    }

    private static NewRecord Record(RegistryFixture fixture, string name)
    {
        var signed = fixture.Sign(name);
        return new NewRecord(signed.Certificate, signed.Envelope, null, null, Now);
    }
}
