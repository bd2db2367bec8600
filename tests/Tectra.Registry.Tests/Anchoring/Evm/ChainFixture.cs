using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Tectra.Registry.Anchoring;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Registry.Storage;
using Tectra.Registry.Storage.Sql;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Tests.Anchoring.Evm;

/// <summary>A registry that anchors in a contract on a node of its own.</summary>
internal sealed class ChainFixture : IAsyncDisposable
{
    public const string UserId = "user-1";

    private readonly TestDatabase _database;
    private readonly HttpClient _http = new(JsonRpcClient.CreateHandler());
    private readonly SigningKey _ledgerKey = SigningKey.Create();
    private readonly SigningKey _key = SigningKey.Create();
    private readonly List<ITransactionSigner> _signers = [];

    private ChainFixture(AnvilNode node, string contract, TestDatabase database, SqlRegistryStore store)
    {
        Node = node;
        Contract = EvmAddress.Parse(contract);
        Options = MakeOptions();
        _database = database;
        Store = store;
        Registry = Open(Options);
    }

    public AnvilNode Node { get; }

    public EvmAddress Contract { get; }

    public EvmAnchoringOptions Options { get; }

    public SqlRegistryStore Store { get; private set; }

    public ContentRegistry Registry { get; private set; }

    public EvmRpc Rpc => new(new JsonRpcClient(_http, Node.Url, TimeProvider.System));

    public AnchoringTarget Target => new(AnvilNode.DefaultChainId, Contract);

    public PublicKey LedgerKey => _ledgerKey.PublicKey;

    public static async Task<ChainFixture> CreateAsync(string engine = TestDatabase.Sqlite)
    {
        var node = await AnvilNode.StartAsync();
        try
        {
            var contract = await node.DeployAsync();
            var database = await TestDatabase.CreateAsync(engine);
            var fixture = new ChainFixture(node, contract, database, await database.OpenStoreAsync());
            await fixture.Registry.RegisterKeyAsync(new NewSigningKey("key-1", fixture._key.PublicKey, UserId, null, null, UtcTimestamp.From(TimeProvider.System.GetUtcNow())), default);
            return fixture;
        }
        catch
        {
            await node.DisposeAsync(); // a process would be left behind
            throw;
        }
    }

    /// <summary>Options for the node: one confirmation, little patience.</summary>
    public EvmAnchoringOptions MakeOptions(EvmAccount? account = null, params Uri[] urls) =>
        new(AnvilNode.DefaultChainId, Contract, urls.Length > 0 ? urls : [Node.Url], account ?? EvmAccount.FromKey(AnvilNode.Keys[0]))
        {
            Confirmations = 1,
            StuckAfter = TimeSpan.FromMilliseconds(300),
        };

    /// <summary>Closes the registry and opens it again, as another process would.</summary>
    public async Task ReopenAsync(EvmAnchoringOptions? options = null)
    {
        await Registry.DisposeAsync();
        Store = await _database.OpenStoreAsync();
        Registry = Open(options ?? Options);
    }

    /// <summary>An anchorer on this database.</summary>
    public EvmAnchorer MakeAnchorer(EvmAnchoringOptions? options = null, IRegistryStore? store = null)
    {
        options ??= Options;
        store ??= Store;
        var signer = options.Account.Open(null, _http, TimeProvider.System);
        _signers.Add(signer);
        var sender = new BatchSender(store, options, signer, _ledgerKey.PublicKey, TimeProvider.System, NullLogger.Instance);
        return new EvmAnchorer(store, MakeNodes(options), sender, options, TimeProvider.System, NullLogger.Instance);
    }

    public EvmNodes MakeNodes(EvmAnchoringOptions options) =>
        new([.. options.RpcUrls.Select(url => new EvmRpc(new JsonRpcClient(_http, url, TimeProvider.System, TimeSpan.FromSeconds(5))))], options, NullLogger.Instance);

    /// <summary>What the owner of a contract does, with a key.</summary>
    public ContractAdministration MakeAdministration(string key)
    {
        var signer = EvmAccount.FromKey(key).Open(null, _http, TimeProvider.System);
        _signers.Add(signer);
        return new ContractAdministration(Rpc, signer, AnvilNode.DefaultChainId, EvmFees.FromGwei(500), TimeProvider.System);
    }

    /// <summary>The registry's own ledger.</summary>
    public StoredLedger MakeLedger() => new(Store, _ledgerKey, TimeProvider.System);

    /// <summary>Registers so many records.</summary>
    public async Task<IReadOnlyList<RecordId>> RegisterAsync(int count)
    {
        var builder = new CertificateBuilder(_key, new SignerIdentity(UserId), TimeProvider.System);
        var claims = new ContentClaims { Origin = OriginType.DigitalArtwork, MediaType = "image/png" };
        var ids = new List<RecordId>(count);
        foreach (var chunk in Enumerable.Range(0, count).Chunk(ITectraApi.MaxBatch))
        {
            var requests = new List<RegistrationRequest>();
            foreach (var _ in chunk)
            {
                var picture = RandomNumberGenerator.GetBytes(sizeof(ulong));
                var fingerprint = await builder.SignFingerprintAsync(new ContentFingerprint(Sha256Digest.Compute(picture), new PerceptualHash(BitConverter.ToUInt64(picture)), 64, 64));
                requests.Add(new RegistrationRequest((await builder.SignCertificateAsync(fingerprint, claims)).Envelope, null));
            }
            ids.AddRange((await Registry.RegisterAsync(requests, null, null, default)).Select(outcome => outcome.GetReceipt().RecordId));
        }
        return ids;
    }

    /// <summary>Goes on anchoring until all records are anchored; fails when that doesn't come.</summary>
    public async Task AnchorAllAsync()
    {
        for (var round = 0; round < 200; round++)
        {
            await Registry.AnchorPendingAsync(default);
            var counts = await Registry.Store.CountAsync(UserId, default);
            if (counts.Anchored == counts.Total) return;
            await Task.Delay(50);
        }
        Assert.Fail("The records were not anchored.");
    }

    /// <summary>Every registration in the contract, in the order of blocks.</summary>
    public async Task<IReadOnlyList<EvmLog>> ReadRegistrationsAsync() => await Rpc.GetLogsAsync(
        new EvmLogFilter { Address = Contract, FromBlock = 0, ToBlock = EvmBlockTag.Latest, Topics = [ProvenanceContract.BatchRegisteredTopic] }, default);

    /// <summary>How many transactions an account has in blocks.</summary>
    public async Task<long> CountTransactionsAsync(int account = 0) => await Rpc.GetTransactionCountAsync(EvmAddress.Parse(AnvilNode.Accounts[account]), EvmBlockTag.Latest, default);

    public async Task<string> StatusOfAsync(RecordId id)
    {
        var record = (await Registry.GetAsync(id, default))!;
        return BlockchainStatuses.Of(record.Evidence.Bundle.Anchor, record.IsSubmitted);
    }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        foreach (var signer in _signers.OfType<IDisposable>()) signer.Dispose();
        await _database.DisposeAsync();
        _key.Dispose();
        _ledgerKey.Dispose();
        _http.Dispose();
        await Node.DisposeAsync();
    }

    private ContentRegistry Open(EvmAnchoringOptions options) => new(
        Store, MakeLedger(), MakeAnchorer(options), RegistryCaching.None, TimeProvider.System, NullLogger.Instance);
}
