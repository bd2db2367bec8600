using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Load;
using Tectra.Registry;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Keys;
using Tectra.Testing;

static (double Own, double Postgres) Cpu()
{
    var pg = 0.0;
    foreach (var d in Directory.GetDirectories("/proc"))
    {
        try
        {
            var st = File.ReadAllText(d + "/stat");
            if (!st.Contains("(postgres)")) continue;
            var f = st[(st.LastIndexOf(')') + 2)..].Split(' ');
            pg += (double.Parse(f[11]) + double.Parse(f[12]) ) * 10000;
        }
        catch (Exception) { }
    }
    return (Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds, pg);
}
using var key = SigningKey.Create();
var requests = SampleRecords.Sign(key, new SignerIdentity("user-1"), 0, 20000);
var certs = requests.Select(r => Certificate.FromPayload(r.Envelope.Payload)).ToArray();
for (var round = 0; round < 2; round++)
{
    var t = Stopwatch.StartNew();
    Parallel.For(0, requests.Length, i => { if (!requests[i].Envelope.Verify(key.PublicKey) || !certs[i].VerifyFingerprintSignature()) throw new InvalidOperationException(); });
    Console.WriteLine($"ed25519 both cores: {requests.Length / t.Elapsed.TotalSeconds:F0} records/s");
    t.Restart();
    for (var i = 0; i < 5000; i++) Certificate.FromPayload(requests[i].Envelope.Payload);
    Console.WriteLine($"parse cert: {t.Elapsed.TotalMicroseconds / 5000:F1} us");
    t.Restart();
    for (var i = 0; i < 5000; i++) DsseEnvelope.FromJson(requests[i].Envelope.ToJson());
    Console.WriteLine($"envelope to+from json: {t.Elapsed.TotalMicroseconds / 5000:F1} us, {requests[0].Envelope.ToJson().Length} bytes");
}
var server = await PostgresServer.GetSharedAsync();
var address = await server.CreateDatabaseAsync();
{
    var store = await SqlRegistryStore.OpenAsync(address, default);
    await using var registry = new ContentRegistry(store, new StoredLedger(store, key, TimeProvider.System), RegistryCaching.None, TimeProvider.System, NullLogger.Instance);
    await registry.RegisterKeyAsync(new("1", key.PublicKey, "user-1", null, null, Tectra.Sdk.Content.UtcTimestamp.From(TimeProvider.System.GetUtcNow())), default);
    foreach (var sql in args) { await using var c = new Npgsql.NpgsqlConnection(PostgresAddress.ToConnectionString(address)); await c.OpenAsync(); await using var cmd = new Npgsql.NpgsqlCommand(sql, c); await cmd.ExecuteNonQueryAsync(); }
    foreach (var parallel in new[] { 2, 2, 2 })
    {
        var mine = SampleRecords.Sign(key, new SignerIdentity("user-1"), Random.Shared.Next(100000000), 10000);
        var before0 = Cpu();
        var t = Stopwatch.StartNew();
        await Parallel.ForEachAsync(mine.Chunk(100), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (chunk, ct) => await registry.RegisterAsync(chunk, null, null, ct));
        var after0 = Cpu();
        Console.WriteLine($"registry in process, {parallel} at once: {mine.Length / t.Elapsed.TotalSeconds:F0} records/s; own {(after0.Own - before0.Own) / mine.Length:F1} us, postgres {(after0.Postgres - before0.Postgres) / mine.Length:F1} us a record");
        var records = SampleRecords.Sign(key, new SignerIdentity("user-1"), Random.Shared.Next(100000000), 10000).Select(r => new Tectra.Registry.Storage.NewRecord(Certificate.FromPayload(r.Envelope.Payload), r.Envelope, null, null, Tectra.Sdk.Content.UtcTimestamp.From(TimeProvider.System.GetUtcNow()))).ToArray();
        var before = Cpu();
        t.Restart();
        await Parallel.ForEachAsync(records.Chunk(100), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (chunk, ct) => await store.AddRecordsAsync(chunk, null, ct));
        var after = Cpu();
        Console.WriteLine($"store alone, {parallel} at once: {records.Length / t.Elapsed.TotalSeconds:F0} records/s; own {(after.Own - before.Own) / records.Length:F1} us, postgres {(after.Postgres - before.Postgres) / records.Length:F1} us a record");
    }
    Console.WriteLine(await registry.AnchorPendingAsync(default));
}
await PostgresServer.StopSharedAsync();
