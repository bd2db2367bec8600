using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tectra.Registry;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests;

/// <summary>A server with a database of its own, listening on a free port of the loopback address, and a client for it.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Sqlite = "SQLite", Postgres = "PostgreSQL";

    private readonly string? _folder;

    private TestServer(ServerOptions options, string? folder)
    {
        Options = options;
        _folder = folder;
    }

    public ServerOptions Options { get; }

    public FixedTime Clock { get; } = new(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero));

    public LogLines Log { get; } = new();

    public Mails Mails { get; } = new();

    public TectraServer Server { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>The registry inside, for what no request can do.</summary>
    public ContentRegistry Registry => Server.Registry;

    public Uri Address => Client.BaseAddress!;

    /// <summary>Starts a server. Its rate limits are off unless they are set.</summary>
    public static async Task<TestServer> StartAsync(string engine, Func<ServerOptions, ServerOptions>? configure = null)
    {
        var folder = engine == Sqlite ? Directory.CreateTempSubdirectory("tectra-server-").FullName : null;
        var database = folder ?? await (await PostgresServer.GetSharedAsync()).CreateDatabaseAsync();
        return await StartAsync(database, FernetKey.Create(), configure, folder);
    }

    /// <summary>Starts a server on a database that there is.</summary>
    public static async Task<TestServer> StartAsync(string database, FernetKey fernetKey, Func<ServerOptions, ServerOptions>? configure = null, string? folder = null)
    {
        var options = new ServerOptions(database, fernetKey)
        {
            Urls = ["http://127.0.0.1:0"],
            AnchoringInterval = TimeSpan.FromDays(1),
            MaxStaleness = TimeSpan.Zero,
            PublicRequestsPerMinute = 0,
            VerificationsPerMinute = 0,
            AuthAttemptsPerMinute = 0,
            AccountAttemptsPerMinute = 0,
            KeyRequestsPerMinute = 0,
        };
        var server = new TestServer(configure?.Invoke(options) ?? options, folder);
        await server.OpenAsync();
        return server;
    }

    /// <summary>Ends the server and starts another one on the same database.</summary>
    public async Task RestartAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await OpenAsync();
    }

    public Task<Answer> GetAsync(string path, string? credentials = null) => SendAsync(HttpMethod.Get, path, null, credentials);

    public Task<Answer> DeleteAsync(string path, string? credentials = null) => SendAsync(HttpMethod.Delete, path, null, credentials);

    public Task<Answer> PostAsync(string path, object body, string? credentials = null) => SendAsync(HttpMethod.Post, path, JsonSerializer.Serialize(body), credentials);

    public Task<Answer> PostJsonAsync(string path, string json, string? credentials = null, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, path, json, credentials, idempotencyKey);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? json, string? credentials, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (credentials is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials);
        if (idempotencyKey is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var response = await Client.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        Options.FernetKey.Dispose();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private void LogEverything(ILoggingBuilder logging)
    {
        logging.AddProvider(Log).SetMinimumLevel(LogLevel.Trace);
        foreach (var category in new[] { "Microsoft", "Microsoft.Hosting.Lifetime", "Microsoft.AspNetCore.Hosting.Diagnostics" }) logging.AddFilter(category, LogLevel.Trace);
    }

    private async Task OpenAsync()
    {
        var parts = new ServerParts { ConfigureLogging = LogEverything, Mail = Mails, Time = Clock, HashPasses = 1, HashMemoryBytes = 8 * 1024 };
        Server = await TectraServer.CreateAsync(Options, parts, default);
        await Server.StartAsync();
        Client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(1) }) { BaseAddress = new Uri(Server.Urls[0]) };
    }
}
