namespace Tectra.Cli.Output;

/// <summary>The line of <c>tectra chain key</c>.</summary>
internal sealed record ChainKeyLine(string File, string Address, bool Created);

/// <summary>The line of <c>tectra chain deploy</c>. Amounts are decimal texts in the chain's coin.</summary>
internal sealed record ChainDeployLine(
    long ChainId,
    string Chain,
    string Contract,
    string Owner,
    string? Registrar,
    string Sender,
    string Transaction,
    string? TransactionUrl,
    long BlockNumber,
    long GasUsed,
    string Cost,
    string? Coin,
    Dictionary<string, string> Settings);

/// <summary>A line of <c>tectra chain registrar</c>; without a transaction where there was nothing to change.</summary>
internal sealed record ChainRegistrarLine(
    long ChainId,
    string Chain,
    string Contract,
    string Registrar,
    bool MayRegister,
    string Sender,
    string? Transaction,
    string? TransactionUrl,
    long? BlockNumber,
    long? GasUsed,
    string? Cost,
    string? Coin);

/// <summary>The line of <c>tectra chain status</c>. Amounts are decimal texts in the chain's coin, or in gwei where their name says so.</summary>
internal sealed record ChainStatusLine(
    long? ChainId,
    string? Chain,
    string? Coin,
    ChainNodeDocument[] Nodes,
    ChainContractDocument? Contract,
    ChainAccountDocument? Account,
    ChainPriceDocument? Price,
    ChainRegistryDocument? Registry,
    ErrorDocument[] Problems,
    string[] Notices);

/// <summary>A node, by its scheme, host and port.</summary>
internal sealed record ChainNodeDocument(
    string Node, long? ChainId, long? Block, string? BlockTime, double? BlockAgeSeconds, string? BaseFeeGwei, string? PriorityFeeGwei, ErrorDocument? Error);

/// <summary>The contract as a node shows it.</summary>
internal sealed record ChainContractDocument(string Address, bool? Genuine, string? CodeHash, string? Owner, string? PendingOwner);

/// <summary>The account that pays.</summary>
internal sealed record ChainAccountDocument(string Address, string? Balance, bool? Registrar, long? BatchesLeft);

/// <summary>What anchoring costs at today's price.</summary>
internal sealed record ChainPriceDocument(string GasPriceGwei, long BatchGas, string BatchCost, ChainCostDocument[] ThousandRecords);

/// <summary>What a thousand records cost in batches of a size.</summary>
internal sealed record ChainCostDocument(int BatchSize, string Cost);

/// <summary>How far the batches of the registry here are on their way.</summary>
internal sealed record ChainRegistryDocument(string Database, long? TargetChainId, string? TargetContract, long Pending, long Submitted, long Anchored, long Retracted);
