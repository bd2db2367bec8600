using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Spectre.Console;
using Tectra.Cli.Output;
using Tectra.Cli.State;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Interop;
using Tectra.Server;

namespace Tectra.Cli.Commands;

/// <summary><c>tectra serve</c>.</summary>
internal static class ServeCommand
{
    public const string Name = "serve";

    private const string DefaultUrl = "http://127.0.0.1:8700", UrlsVariable = "TECTRA_URLS";

    public static Command Create()
    {
        var urls = new Option<string[]>("--urls") { Description = $"Where to listen, http only: TLS ends at a reverse proxy. May be repeated; port 0 takes a free one. Default: {DefaultUrl}.", AllowMultipleArgumentsPerToken = true };
        var database = new Option<string?>("--database") { Description = "A folder for SQLite, or postgres://user:password@host:port/database. Default: the registry on this machine, with its ledger key." };
        var proxies = new Option<string[]>("--trusted-proxy") { Description = "A reverse proxy, an address or a network such as 10.0.0.0/8, whose X-Forwarded-For is believed. May be repeated." };
        var webhooks = new Option<string[]>("--allow-private-webhooks") { Description = "A network that webhooks may reach although it isn't public, such as 10.1.2.0/24: whoever has an account can make this server post there. May be repeated." };
        var command = new Command(
            Name,
            "Be a registry for others, over HTTP. It sees no pixels. It may be killed at any moment: what it has acknowledged is safe.\n" +
            "Further settings come from the environment: TECTRA_DATABASE, TECTRA_URLS, TECTRA_TRUSTED_PROXIES, TECTRA_ANCHORING_INTERVAL and so on.") { urls, database, proxies, webhooks };
        return command.WithAction(CommandParts.JsonOption(), async (parsed, output, cancellationToken) =>
        {
            var home = TectraHome.Open();
            using var fernet = home.OpenFernetKeyForNewKey();
            var arguments = new Dictionary<string, string?>();
            void Add(string variable, params string[]? values)
            {
                if (values is { Length: > 0 }) arguments[variable] = string.Join(',', values);
            }
            Add(UrlsVariable, parsed.GetValue(urls));
            Add("TECTRA_TRUSTED_PROXIES", parsed.GetValue(proxies));
            Add("TECTRA_WEBHOOK_NETWORKS", parsed.GetValue(webhooks));
            if (parsed.GetValue(database) is { } named) Add("TECTRA_DATABASE", named);
            var options = ServerConfiguration.Read(Configure(arguments), fernet, home.RegistryPath);
            if (options.IsPostgres && !TectraHome.HasFernetVariable)
                output.Remark(null, $"The database's secrets are encrypted with the Fernet key in {home.Path}. Back it up, and give it to every server of this database as {TectraHome.FernetVariable}.");
            // The home's own registry keeps its own ledger key; any other has one of its own, in its database.
            using var ledgerSigner = IsHome(options, home) ? await home.OpenLedgerSignerAsync(cancellationToken).ConfigureAwait(false) : null;
            if (ledgerSigner is not null) KeyStore.CreatePrivateDirectory(home.RegistryPath);
            var hasStarted = false;
            var server = await TectraServer.CreateAsync(options, ledgerSigner, logging => Log(logging, () => hasStarted), cancellationToken: cancellationToken).ConfigureAwait(false);
            await using (server.ConfigureAwait(false)) return await RunAsync(server, options, () => hasStarted = true, output, cancellationToken).ConfigureAwait(false);
        });
    }

    private static async Task<int> RunAsync(TectraServer server, ServerOptions options, Action started, CommandOutput output, CancellationToken cancellationToken)
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signal = server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            output.Failure(Name, new ErrorDocument(CommandOutput.AddressInUse, $"{string.Join(", ", options.Urls)}: something listens there already. Choose another address with --urls."));
            return ExitCode.Failure;
        }
        started();
        Show(output, server, options);
        await stopping.Task.ConfigureAwait(false);
        await server.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static void Show(CommandOutput output, TectraServer server, ServerOptions options)
    {
        var database = Describe(options);
        if (output.IsJson)
        {
            output.Line(new ServeLine([.. server.Urls], database, server.LedgerKey.ToString()), CliJson.Line.ServeLine);
            return;
        }
        output.Console.MarkupLine($"[green]✓[/] listening on [bold]{CommandOutput.Escape(string.Join(", ", server.Urls))}[/]");
        output.Console.MarkupLine($"  database {CommandOutput.Escape(database)}, ledger key {server.LedgerKey}");
        output.Console.MarkupLine($"  an account for this machine: tectra login --url {CommandOutput.Escape(server.Urls[0])} --register --email YOU@EXAMPLE.ORG");
    }

    /// <summary>The environment's settings, between the defaults and the arguments.</summary>
    private static IConfigurationRoot Configure(Dictionary<string, string?> arguments) => new ConfigurationBuilder()
        .AddInMemoryCollection([new(UrlsVariable, DefaultUrl)])
        .AddEnvironmentVariables()
        .AddInMemoryCollection(arguments)
        .Build();

    /// <summary>Standard output is for what the command says itself, and so is whatever goes wrong with the start.</summary>
    private static void Log(ILoggingBuilder logging, Func<bool> hasStarted)
    {
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && hasStarted());
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>Where the database is.</summary>
    private static string Describe(ServerOptions options) => options.IsPostgres ? PostgresAddress.Describe(options.Database) : Path.GetFullPath(options.Database);

    private static bool IsHome(ServerOptions options, TectraHome home) =>
        !options.IsPostgres && Posix.IdentityOf(Path.TrimEndingDirectorySeparator(options.Database)) == Posix.IdentityOf(home.RegistryPath);
}
