using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Verification;

namespace Tectra.Cli.State;

/// <summary>The registry that a command asks, a server's or the embedded one, and whose ledger it believes.</summary>
internal sealed class RegistryAccess : IAsyncDisposable
{
    private readonly Func<ValueTask> _close;

    private RegistryAccess(ITectraApi api, PublicKey ledgerKey, Finding? ledgerFinding, Func<ValueTask> close)
    {
        Api = api;
        LedgerKey = ledgerKey;
        LedgerFinding = ledgerFinding;
        _close = close;
    }

    public ITectraApi Api { get; }

    /// <summary>The key whose ledger entries are believed unless the caller names others.</summary>
    public PublicKey LedgerKey { get; }

    /// <summary>What is to be said of that key; null if nothing.</summary>
    public Finding? LedgerFinding { get; }

    /// <summary>Asks a server.</summary>
    /// <exception cref="RegistryException">It doesn't answer.</exception>
    public static async ValueTask<RegistryAccess> OpenAsync(ServerAccess server, CancellationToken cancellationToken)
    {
        var client = server.CreateClient();
        try
        {
            var named = (await client.GetRegistryInfoAsync(cancellationToken).ConfigureAwait(false)).LedgerPublicKey;
            return new RegistryAccess(client, server.NotedLedgerKey ?? named, Judge(server, named), () =>
            {
                client.Dispose();
                return ValueTask.CompletedTask;
            });
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Asks the embedded registry.</summary>
    public static RegistryAccess Of(OpenRegistry open) => new(open.Registry, open.Registry.LedgerKey, null, open.DisposeAsync);

    /// <summary>The server that is configured, else the embedded registry if there is one.</summary>
    /// <param name="local">Leaves servers out.</param>
    /// <param name="forLookup">True where nothing is changed.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="RegistryException">There is neither (<c>record_unknown</c>).</exception>
    public static async ValueTask<RegistryAccess> OpenExistingAsync(bool local, bool forLookup, CancellationToken cancellationToken)
    {
        var home = TectraHome.Find();
        return !local && ServerAccess.Find(home, forLookup) is { } server
            ? await OpenAsync(server, cancellationToken).ConfigureAwait(false)
            : Of(await home.OpenExistingRegistryAsync(cancellationToken).ConfigureAwait(false));
    }

    public ValueTask DisposeAsync() => _close();

    private static Finding? Judge(ServerAccess server, PublicKey named)
    {
        if (server.NotedLedgerKey is not { } noted)
            return About(CheckOutcome.NotRun, CheckCodes.LedgerKeyNotPinned, $"Whose the ledger is was not checked: {server.Url.Authority} says of itself that its key is {named}. Compare it with what its operator says, and name it with --trust-ledger.");
        return named == noted
            ? null
            : About(CheckOutcome.Failed, CheckCodes.LedgerKeyChanged, $"{server.Url.Authority} names another ledger key ({named.KeyId}) than at the login ({noted.KeyId}). The one of the login is believed. Ask its operator; if the change is meant, log in again.");
    }

    private static Finding About(CheckOutcome outcome, string code, string details) => new("ledger", new CheckResult(outcome, code, details));
}
