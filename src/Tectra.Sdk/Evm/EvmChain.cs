using System.Globalization;

namespace Tectra.Sdk.Evm;

/// <summary>What is known of an EVM chain. Immutable.</summary>
public sealed class EvmChain
{
    private const int CautiousConfirmations = 12;
    private readonly string? _explorer; // where a transaction's page is, its hash to follow

    private EvmChain(long id, string name, string? explorer, int confirmations, string? coin = null)
    {
        Id = id;
        Name = name;
        _explorer = explorer;
        DefaultConfirmations = confirmations;
        Coin = coin;
    }

    /// <summary>Polygon's main chain.</summary>
    public static EvmChain Polygon { get; } = new(137, "Polygon", "https://polygonscan.com/tx/", CautiousConfirmations, "POL");

    /// <summary>Polygon's test chain, whose coins cost nothing and whose history may end.</summary>
    public static EvmChain PolygonAmoy { get; } = new(80002, "Polygon Amoy (test chain)", "https://amoy.polygonscan.com/tx/", CautiousConfirmations, "POL");

    /// <summary>The chain of a development node on one's own machine. It proves nothing to anybody else.</summary>
    public static EvmChain Local { get; } = new(31337, "local test chain", null, 1);

    /// <summary>Its number (EIP-155).</summary>
    public long Id { get; }

    /// <summary>Its name, for people.</summary>
    public string Name { get; }

    /// <summary>How many blocks of the chain, the transaction's own counted, make a transaction count as settled unless a policy says otherwise.</summary>
    public int DefaultConfirmations { get; }

    /// <summary>The symbol of the coin that gas is paid in; null where none is known.</summary>
    internal string? Coin { get; }

    /// <summary>A chain by its number; one that isn't known has its number as name, and no explorer.</summary>
    public static EvmChain Of(long id) => id switch
    {
        137 => Polygon,
        80002 => PolygonAmoy,
        31337 => Local,
        _ => new EvmChain(id, string.Create(CultureInfo.InvariantCulture, $"EVM chain {id}"), null, 1),
    };

    /// <summary>A transaction's page in the chain's explorer; null where none is known.</summary>
    public Uri? TransactionUrl(EvmHash transaction) => _explorer is null ? null : new Uri(_explorer + transaction);

    /// <summary>How many blocks confirm a block: 1 for the newest one, 0 for one that the head hasn't come to.</summary>
    /// <param name="head">The number of the chain's newest block.</param>
    /// <param name="block">The number of the block in question.</param>
    public static long Confirmations(long head, long block) => Math.Max(0, head - block + 1);

    /// <summary>The chain's name.</summary>
    public override string ToString() => Name;
}
