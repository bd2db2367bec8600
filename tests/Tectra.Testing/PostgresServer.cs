using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Tectra.Testing;

/// <summary>
/// A PostgreSQL server of the tests' own: a cluster in a temporary folder, on a free port of the loopback address, with the
/// server's defaults (it does write through to the disk). Where the tests run as root it runs as another user, because it refuses
/// to run as root. What a run that was killed left behind is removed by the next one. Thread-safe.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string FolderPrefix = "tectra-postgres-", OwnerName = "owner", DataName = "data", LogName = "postgres.log";
    private const int MaxAttempts = 5;

    private static readonly SemaphoreSlim Gate = new(1);
    private static PostgresServer? _shared;

    private readonly string _folder;
    private readonly FileStream _owner; // locked as long as this process lives
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private int _port;
    private int _databases;

    private PostgresServer(string folder, FileStream owner)
    {
        _folder = folder;
        _owner = owner;
    }

    /// <summary>The server that the tests of an assembly share; it is started when it is first asked for.</summary>
    public static async Task<PostgresServer> GetSharedAsync()
    {
        await Gate.WaitAsync();
        try
        {
            return _shared ??= await CreateAsync();
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Ends the shared server: for the assembly's <c>[OneTimeTearDown]</c>.</summary>
    public static async Task StopSharedAsync()
    {
        await Gate.WaitAsync();
        try
        {
            if (_shared is not null) await _shared.DisposeAsync();
            _shared = null;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A server for one test that does to it what others mustn't feel.</summary>
    public static async Task<PostgresServer> CreateAsync()
    {
        await RemoveAbandonedAsync();
        var folder = Directory.CreateTempSubdirectory(FolderPrefix).FullName;
        var server = new PostgresServer(folder, LockOwner(folder));
        try
        {
            await server.InitialiseAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes an empty database.</summary>
    /// <returns>Npgsql's connection string.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"tectra_{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres", pooling: false));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name, pooling: true);
    }

    /// <summary>Starts the server again after <see cref="StopAsync"/>, on the same port.</summary>
    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = _port > 0 ? _port : FreePort();
            var options = string.Create(CultureInfo.InvariantCulture, $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{_folder}' -c max_connections=300");
            var (exitCode, output) = await RunAsync("pg_ctl", "start", "-w", "-s", "-D", Path.Combine(_folder, DataName), "-l", Path.Combine(_folder, LogName), "-o", options);
            if (exitCode == 0)
            {
                _port = port;
                return;
            }
            // Another process may have taken the port in between.
            var log = Path.Combine(_folder, LogName);
            if (attempt == MaxAttempts) throw new InvalidOperationException($"PostgreSQL doesn't start: {output}{(File.Exists(log) ? await File.ReadAllTextAsync(log) : "")}");
        }
    }

    /// <summary>Ends the server as a crash would: connections break at once, and nothing is written any more.</summary>
    public Task StopAsync() => StopClusterAsync(_folder);

    /// <summary>Ends the server and removes everything of it.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true); // while it is still locked, or another run would remove it at the same time
        await _owner.DisposeAsync();
    }

    private static string Binary(string name)
    {
        const string Installed = "/usr/lib/postgresql";
        var folders = Directory.Exists(Installed)
            ? Directory.GetDirectories(Installed).Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
                .OrderByDescending(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return folders.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("These tests need PostgreSQL's server. On Debian or Ubuntu: apt-get install postgresql (./test does that).");
    }

    /// <summary>The numbers of the user that PostgreSQL runs as, where this process is root; null where it isn't.</summary>
    private static (string User, string Group)? FindUser()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Where(fields => fields.Length > 3).ToDictionary(fields => fields[0], fields => (fields[2], fields[3]));
        return users.TryGetValue("postgres", out var own) ? own : users["nobody"];
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        string[] command = FindUser() is { } user
            ? ["setpriv", $"--reuid={user.User}", $"--regid={user.Group}", "--clear-groups", Binary(name), .. arguments]
            : [Binary(name), .. arguments];
        return await RunPlainAsync(command);
    }

    private static async Task<(int ExitCode, string Output)> RunPlainAsync(params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in command.Skip(1)) start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static async Task StopClusterAsync(string folder)
    {
        if (File.Exists(Path.Combine(folder, DataName, "postmaster.pid"))) await RunAsync("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", Path.Combine(folder, DataName));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The lock is free again when this process ends, however it ends; it is held before the file has its name.</summary>
    private static FileStream LockOwner(string folder)
    {
        var path = Path.Combine(folder, OwnerName);
        var stream = new FileStream($"{path}.new", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        File.Move($"{path}.new", path);
        return stream;
    }

    private static async Task RemoveAbandonedAsync()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"{FolderPrefix}*"))
        {
            var owner = Path.Combine(folder, OwnerName);
            if (!File.Exists(owner)) continue;
            try
            {
                await using var held = new FileStream(owner, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                await StopClusterAsync(folder);
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its process lives, or it is another user's.
            }
        }
    }

    private async Task InitialiseAsync()
    {
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, _password);
        if (FindUser() is { } user) await RunPlainAsync("chown", "-R", $"{user.User}:{user.Group}", _folder);
        var (exitCode, output) = await RunAsync(
            "initdb", "-D", Path.Combine(_folder, DataName), "-U", "tectra", "-E", "UTF8", "--locale=C", "--auth=scram-sha-256", $"--pwfile={password}", "--no-sync");
        if (exitCode != 0) throw new InvalidOperationException($"initdb failed: {output}");
        File.Delete(password);
    }

    private string ConnectionString(string database, bool pooling) =>
        new NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = _port, Username = "tectra", Password = _password, Database = database, Pooling = pooling }.ToString();
}
