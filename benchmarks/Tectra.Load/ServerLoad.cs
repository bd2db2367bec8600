using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;
using Tectra.Testing;

namespace Tectra.Load;

/// <summary>
/// One server process on PostgreSQL, its load and the database all on this machine's cores. Verification is compared with the
/// server's floor (an endpoint that does nothing), registration with what the database can insert and what the cores can verify
/// at all. Floors and figures take turns in the same run.
/// </summary>
internal static class ServerLoad
{
    private const int Connections = 16, Writers = 8, Batch = 100, Rounds = 3, RegistrationRounds = 5;

    public static async Task<int> RunAsync(int seconds, int records, string? output)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        var home = Directory.CreateTempSubdirectory("tectra-load-").FullName;
        using var fernet = FernetKey.Create();
        await using var postgres = await PostgresServer.CreateAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var server = await ServeProcess.StartAsync(database, home, Encoding.ASCII.GetString(fernet.Export()));
        using var anonymous = new TectraApiClient(new TectraOptions { ApiUrl = server.Url });
        await anonymous.RegisterAccountAsync("load@example.org", "correct horse battery staple");
        var login = await anonymous.LoginAsync("load@example.org", "correct horse battery staple");
        using var client = anonymous.WithToken(login.Token);
        var apiKey = (await client.CreateApiKeyAsync("load", [ApiScopes.Sign, ApiScopes.Verify])).Key;
        using var key = SigningKey.Create();
        await client.RegisterSigningKeyAsync(key, "load");
        var identity = new SignerIdentity(login.UserId);

        // Records to verify, anchored.
        Console.WriteLine($"registering {records:N0} records …");
        await SendBatchesAsync(server.Url, apiKey, SampleRecords.Sign(key, identity, 0, records), Writers);
        await WaitUntilAnchoredAsync(database);

        var health = HttpLoad.Request(server.Url, "GET", "/health");
        var verifications = Enumerable.Range(0, records).Select(i => HttpLoad.Request(server.Url, "POST", "/api/v1/verify", Observation(i))).ToArray();
        await HttpLoad.RunAsync(server.Url, Connections, duration, null, _ => health); // warm
        var first = await HttpLoad.RunAsync(server.Url, Connections, TimeSpan.FromMinutes(5), null, i => verifications[i], records);
        Console.WriteLine($"verify for the first time {first.PerSecond:F0}/s; {first.StatusText}");
        await HttpLoad.RunAsync(server.Url, Connections, duration, null, i => verifications[i % records]);
        var (floors, verified) = (new List<LoadResult>(), new List<LoadResult>());
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await MeasureAsync(server, "health", duration, _ => health));
            verified.Add(await MeasureAsync(server, "verify", duration, i => verifications[i % records]));
        }
        var (floor, maximum) = (Median(floors.Select(result => result.PerSecond)), Median(verified.Select(result => result.PerSecond)));
        Console.WriteLine($"health {floor:F0}/s, verify {maximum:F0}/s = {maximum / floor:P1}; {verified[^1].StatusText}");
        var half = await HttpLoad.RunAsync(server.Url, Connections, 2 * duration, maximum / 2, i => verifications[i % records]);
        Console.WriteLine($"verify at half of that: median {half.Percentile(0.5):F2} ms, 99 % {half.Percentile(0.99):F2} ms, longest {half.Latencies[^1]:F1} ms; {half.StatusText}");

        var rows = new List<(double Insert, double Ed25519, double Register)>();
        for (var round = 0; round < RegistrationRounds; round++)
        {
            await WaitUntilAnchoredAsync(database); // what earlier rounds left to do in the background isn't this one's
            var requests = SampleRecords.Sign(key, identity, (round + 1) * 1_000_000, records);
            var ed25519 = VerifySignatures(requests, key.PublicKey);
            var insert = await InsertAsync(database, requests, round);
            var before = server.ProcessorTime;
            var register = await SendBatchesAsync(server.Url, apiKey, requests, Writers);
            Console.WriteLine($"register-batch {register:F0}/s, {(server.ProcessorTime - before).TotalMicroseconds / requests.Length:F1} µs of the server's processor time each; insert {insert:F0}/s, Ed25519 {ed25519:F0}/s: {register / Math.Min(insert, ed25519):P1} of the smaller");
            rows.Add((insert, ed25519, register));
        }
        var (inserted, signatures, registered) = (Median(rows.Select(row => row.Insert)), Median(rows.Select(row => row.Ed25519)), Median(rows.Select(row => row.Register)));
        var share = registered / Math.Min(inserted, signatures);
        var report = string.Create(CultureInfo.InvariantCulture, $"""
            # A server under load

            {DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().DateTime):yyyy-MM-dd}; {Environment.ProcessorCount} cores, shared by one server process, PostgreSQL (as installed: it writes through to
            the disk) and the load, which sends requests made beforehand over kept-alive connections. .NET {Environment.Version}. Medians of {Rounds} rounds of
            {seconds} seconds, for registration of {RegistrationRounds} rounds of {records:N0} records, each begun when the records before are anchored; floors and
            figures take turns.

            | | a second | of the floor | bar |
            | --- | ---: | ---: | ---: |
            | `GET /health`, {Connections} connections: the server's floor | {floor:N0} | | |
            | `POST /api/v1/verify` by exact hash, {records:N0} anchored records in turn | {maximum:N0} | {100 * maximum / floor:F0} % | 40 % |
            | the same, each record for the first time: read from the database, its signatures and proof verified | {first.PerSecond:N0} | {100 * first.PerSecond / floor:F0} % | |
            | plain multi-row INSERT of the same rows, {Batch} a statement, {Writers} connections: a floor | {inserted:N0} | | |
            | records whose two Ed25519 signatures these cores can verify: a floor | {signatures:N0} | | |
            | `POST /api/v1/register-batch` of {Batch}, {Writers} connections: records | {registered:N0} | {100 * share:F0} % of the smaller | 50 % |

            `verify` at half of its maximum ({maximum / 2:N0} a second, {half.Latencies.Length:N0} requests, latency from when each was due): median {half.Percentile(0.5):F2} ms,
            99th percentile {half.Percentile(0.99):F2} ms (bar: 20 ms), 99.9th {half.Percentile(0.999):F2} ms, longest {half.Latencies[^1]:F1} ms.

            The records that are verified fit the server's cache (20,000 by default), so but for the first time answers come from memory, and
            the database is asked for changes ten times a second. Made by `benchmarks/load server`.

            """);
        Console.WriteLine(report);
        if (output is not null) AtomicFile.Write(output, Encoding.UTF8.GetBytes(report));
        Directory.Delete(home, recursive: true);
        return maximum / floor >= 0.4 && share >= 0.5 && half.Percentile(0.99) <= 20 ? 0 : 1;
    }

    private static async Task<LoadResult> MeasureAsync(ServeProcess server, string name, TimeSpan duration, Func<int, ReadOnlyMemory<byte>> request)
    {
        var before = server.ProcessorTime;
        var result = await HttpLoad.RunAsync(server.Url, Connections, duration, null, request);
        Console.WriteLine($"{name} {result.PerSecond:F0}/s, {(server.ProcessorTime - before).TotalMicroseconds / result.Latencies.Length:F1} µs of the server's processor time each; {result.StatusText}");
        return result;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private static byte[] Observation(int number)
    {
        var observed = new ObservedContent { Sha256 = SampleRecords.DeliveredSha256(number), PerceptualHash = SampleRecords.Hash(number), MediaType = "image/png", Width = 1920, Height = 1080 };
        return JsonSerializer.SerializeToUtf8Bytes(ObservationDocument.From(observed, new LookupOptions()), Wire.Json.ObservationDocument);
    }

    /// <summary>How many records a second both of whose signatures can be verified, on all cores and with nothing else to do.</summary>
    private static double VerifySignatures(RegistrationRequest[] requests, PublicKey key)
    {
        var certificates = requests.Select(request => Certificate.FromPayload(request.Envelope.Payload)).ToArray();
        var since = Stopwatch.GetTimestamp();
        Parallel.For(0, requests.Length, i =>
        {
            if (!requests[i].Envelope.Verify(key) || !certificates[i].VerifyFingerprintSignature()) throw new InvalidOperationException("A sample record isn't signed.");
        });
        return requests.Length / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>How many of the same rows a second the same database takes in plain statements, into a table with a primary key and nothing else.</summary>
    private static async Task<double> InsertAsync(string database, RegistrationRequest[] requests, int round)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using (var create = source.CreateCommand($"""
            CREATE TABLE floor_{round} (
                sequence BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, record_id UUID NOT NULL, user_id TEXT NOT NULL, public_key BYTEA NOT NULL, origin_type TEXT NOT NULL,
                original_sha256 BYTEA NOT NULL, watermarked_sha256 BYTEA, certificate_sha256 BYTEA NOT NULL, perceptual_hash BIGINT NOT NULL, payload BYTEA, envelope BYTEA NOT NULL,
                registered_at TEXT NOT NULL, registered_ms BIGINT NOT NULL);
            ALTER TABLE floor_{round} ALTER COLUMN envelope SET STORAGE EXTERNAL, SET (toast_tuple_target = 8160)
            """)) await create.ExecuteNonQueryAsync();
        var now = UtcTimestamp.From(TimeProvider.System.GetUtcNow());
        var rows = requests.Select(request => RecordRow.Of(new NewRecord(Certificate.FromPayload(request.Envelope.Payload), request.Envelope, null, null, now))).ToArray();
        var columns = new[] { "record_id", "user_id", "public_key", "origin_type", "original_sha256", "watermarked_sha256", "certificate_sha256", "perceptual_hash", "payload", "envelope", "registered_at", "registered_ms" };
        var values = Enumerable.Range(0, Batch).Select(row => $"({string.Join(',', columns.Select((_, column) => $"${(row * columns.Length) + column + 1}"))})");
        var sql = $"INSERT INTO floor_{round} ({string.Join(',', columns)}) VALUES {string.Join(',', values)}";
        var since = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Writers), new ParallelOptions { MaxDegreeOfParallelism = Writers }, async (writer, cancellationToken) =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(sql, connection);
            var prepared = false;
            foreach (var chunk in rows.Chunk(Batch).Where((_, i) => i % Writers == writer))
            {
                command.Parameters.Clear();
                foreach (var row in chunk)
                {
                    command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Guid.Parse(row.RecordId) });
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = row.UserId });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = row.PublicKey });
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = row.OriginType });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = row.OriginalSha256 });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = row.WatermarkedSha256! });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = row.CertificateSha256 });
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.PerceptualHash });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = row.Payload!, NpgsqlDbType = NpgsqlDbType.Bytea });
                    command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = row.Envelope });
                    command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = row.RegisteredAt });
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = row.RegisteredMilliseconds });
                }
                if (!prepared) await command.PrepareAsync(cancellationToken);
                prepared = true;
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
        });
        return rows.Length / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>Registers everything over HTTP in batches made beforehand; records a second.</summary>
    private static async Task<double> SendBatchesAsync(Uri server, string apiKey, RegistrationRequest[] requests, int connections)
    {
        var bodies = requests.Chunk(Batch).Select(batch => HttpLoad.Request(
            server, "POST", "/api/v1/register-batch",
            JsonSerializer.SerializeToUtf8Bytes(new RegistrationBatchDocument([.. batch.Select(RegistrationDocument.From)]), Wire.Json.RegistrationBatchDocument), apiKey)).ToArray();
        var next = -1;
        var since = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(server);
            for (int i; (i = Interlocked.Increment(ref next)) < bodies.Length;)
            {
                if (await connection.SendAsync(bodies[i]) is not 200 and var status || connection.LastBody.IndexOf("refused"u8) >= 0)
                    throw new InvalidOperationException($"The server didn't register a batch: {Encoding.UTF8.GetString(connection.LastBody)}");
            }
        })));
        return requests.Length / Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private static async Task WaitUntilAnchoredAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        while (true)
        {
            await using var command = source.CreateCommand("SELECT (SELECT count(*) FROM pending_record) + (SELECT count(*) FROM batch) - (SELECT count(*) FROM batch_anchor)");
            if ((long)(await command.ExecuteScalarAsync())! == 0) return;
            await Task.Delay(200);
        }
    }
}
