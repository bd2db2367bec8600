using System.Text.Json;
using Tectra.Sdk;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>A transaction that is in a block.</summary>
/// <param name="Receipt">What became of it.</param>
/// <param name="CostWei">What it cost.</param>
internal sealed record MinedTransaction(EvmReceipt Receipt, UInt128 CostWei);

/// <summary>A transaction that isn't signed yet, and what it will take. Immutable.</summary>
/// <param name="To">The contract; null where one is created.</param>
/// <param name="Data">What is sent.</param>
/// <param name="Gas">How much gas the node expects it to use.</param>
/// <param name="GasLimit">How much it may use.</param>
/// <param name="Fees">What is offered for a unit of gas.</param>
/// <param name="GasPrice">What a unit of gas costs in a block as the newest one, in wei.</param>
internal sealed record PlannedTransaction(EvmAddress? To, byte[] Data, long Gas, long GasLimit, EvmFees Fees, UInt128 GasPrice)
{
    /// <summary>What it will cost if nothing changes, in wei.</summary>
    public UInt128 LikelyCostWei => (UInt128)Gas * GasPrice;

    /// <summary>What the account must have for a node to take it, in wei.</summary>
    public UInt128 GreatestCostWei => (UInt128)GasLimit * Fees.Max;
}

/// <summary>Sets up the contract: what its owner does by hand, once. Thread-safe, but an account sends one transaction at a time.</summary>
internal sealed class ContractAdministration
{
    private const string Artifact = "ProvenanceRegistry.json";
    private const int WordBytes = 32;
    internal const uint AddRegistrarSelector = 0xAF92A693; // addRegistrar(address)
    internal const uint RemoveRegistrarSelector = 0xBA904EED; // removeRegistrar(address)
    private const int SpareGasDivisor = 10, MaxSilences = 20;

    /// <summary>More than the deployment takes tenfold; a node that says more isn't believed.</summary>
    private const long MaxGas = 10_000_000;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly EvmRpc _node;
    private readonly ITransactionSigner _signer;
    private readonly long _chainId;
    private readonly UInt128 _maxFeeWei;
    private readonly TimeProvider _time;

    /// <param name="node">A node of the chain.</param>
    /// <param name="signer">Who pays.</param>
    /// <param name="chainId">The chain, which the node has shown to be its own.</param>
    /// <param name="maxFeeWei">The most that is paid for a unit of gas.</param>
    /// <param name="time">The clock.</param>
    public ContractAdministration(EvmRpc node, ITransactionSigner signer, long chainId, UInt128 maxFeeWei, TimeProvider time)
    {
        _node = node;
        _signer = signer;
        _chainId = chainId;
        _maxFeeWei = maxFeeWei;
        _time = time;
    }

    /// <summary>The code that creates the contract, without its constructor's arguments.</summary>
    public static byte[] CreationCode()
    {
        using var stream = typeof(ContractAdministration).Assembly.GetManifestResourceStream(Artifact) ?? throw new InvalidOperationException($"{Artifact} is not in the assembly.");
        using var artifact = JsonDocument.Parse(stream);
        return Convert.FromHexString(artifact.RootElement.GetProperty("bytecode").GetString().AsSpan(2));
    }

    /// <summary>What creating the contract takes.</summary>
    /// <param name="owner">Who manages registrars.</param>
    /// <param name="registrar">The first who may register; null for nobody.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="RegistryException">The chain doesn't take it (<c>anchoring_refused</c>), or is too dear (<c>fee_cap_reached</c>).</exception>
    public ValueTask<PlannedTransaction> PlanDeploymentAsync(EvmAddress owner, EvmAddress? registrar, CancellationToken cancellationToken)
    {
        byte[] arguments = new byte[2 * WordBytes];
        owner.CopyTo(arguments.AsSpan(WordBytes - EvmAddress.LengthBytes));
        registrar?.CopyTo(arguments.AsSpan((2 * WordBytes) - EvmAddress.LengthBytes));
        return PlanAsync(null, [.. CreationCode(), .. arguments], cancellationToken);
    }

    /// <summary>What it takes to let an account register, or no longer.</summary>
    /// <inheritdoc cref="PlanDeploymentAsync"/>
    public ValueTask<PlannedTransaction> PlanRegistrarAsync(EvmAddress contract, EvmAddress registrar, bool mayRegister, CancellationToken cancellationToken)
    {
        var data = new byte[sizeof(uint) + WordBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(data, mayRegister ? AddRegistrarSelector : RemoveRegistrarSelector);
        registrar.CopyTo(data.AsSpan(data.Length - EvmAddress.LengthBytes));
        return PlanAsync(contract, data, cancellationToken);
    }

    /// <summary>Sends a transaction and waits until it is in a block.</summary>
    /// <param name="planned">The transaction.</param>
    /// <param name="sent">Is told of the transaction as soon as it is sent.</param>
    /// <param name="cancellationToken">Ends the waiting; what was sent stays sent.</param>
    /// <exception cref="RegistryException">The chain doesn't take it (<c>anchoring_refused</c>).</exception>
    public async ValueTask<MinedTransaction> SendAsync(PlannedTransaction planned, Action<EvmHash> sent, CancellationToken cancellationToken)
    {
        var nonce = await _node.GetTransactionCountAsync(_signer.Address, EvmBlockTag.Pending, cancellationToken).ConfigureAwait(false);
        var signed = await _signer.SignAsync(
            new EvmTransaction
            {
                ChainId = (ulong)_chainId,
                Nonce = (ulong)nonce,
                MaxPriorityFeePerGas = planned.Fees.Priority,
                MaxFeePerGas = planned.Fees.Max,
                GasLimit = (ulong)planned.GasLimit,
                To = planned.To,
                Data = planned.Data,
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            await _node.SendRawTransactionAsync(signed.Raw, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcRefused)
        {
            throw Refused(e, planned.To);
        }
        sent(signed.Hash);
        return await WaitAsync(signed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Creates the contract: plans, sends and waits.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async ValueTask<MinedTransaction> DeployAsync(EvmAddress owner, EvmAddress? registrar, Action<EvmHash> sent, CancellationToken cancellationToken) =>
        await SendAsync(await PlanDeploymentAsync(owner, registrar, cancellationToken).ConfigureAwait(false), sent, cancellationToken).ConfigureAwait(false);

    /// <summary>Lets an account register, or no longer: plans, sends and waits.</summary>
    /// <inheritdoc cref="SendAsync"/>
    public async ValueTask<MinedTransaction> SetRegistrarAsync(EvmAddress contract, EvmAddress registrar, bool mayRegister, Action<EvmHash> sent, CancellationToken cancellationToken) =>
        await SendAsync(await PlanRegistrarAsync(contract, registrar, mayRegister, cancellationToken).ConfigureAwait(false), sent, cancellationToken).ConfigureAwait(false);

    private async ValueTask<PlannedTransaction> PlanAsync(EvmAddress? to, byte[] data, CancellationToken cancellationToken)
    {
        var head = await _node.GetBlockAsync(EvmBlockTag.Latest, cancellationToken).ConfigureAwait(false)
            ?? throw new RegistryException(ErrorCodes.AnchoringRefused, $"{_node.Origin} has no blocks.");
        var fees = await EvmFees.QuoteAsync(_node, head, _maxFeeWei, 0, cancellationToken).ConfigureAwait(false);
        try
        {
            var gas = await _node.EstimateGasAsync(new EvmCall { From = _signer.Address, To = to, Data = data }, cancellationToken).ConfigureAwait(false);
            return gas is > 0 and <= MaxGas
                ? new PlannedTransaction(to, data, gas, gas + (gas / SpareGasDivisor), fees, EvmFees.BaseOf(head) + fees.Priority)
                : throw new RegistryException(ErrorCodes.AnchoringRefused, $"{_node.Origin} says that the transaction takes {gas} gas, which can't be.");
        }
        catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcRefused)
        {
            throw Refused(e, to);
        }
    }

    private RegistryException Refused(JsonRpcException e, EvmAddress? to) => new(
        ErrorCodes.AnchoringRefused, $"The chain doesn't take the transaction of {_signer.Address}: {ContractErrors.Describe(e, _signer.Address, to ?? default)}", e);

    private async ValueTask<MinedTransaction> WaitAsync(SignedTransaction signed, CancellationToken cancellationToken)
    {
        for (var silences = 0; ; await Task.Delay(Poll, _time, cancellationToken).ConfigureAwait(false))
        {
            EvmReceipt? receipt;
            try
            {
                receipt = await _node.GetTransactionReceiptAsync(signed.Hash, cancellationToken).ConfigureAwait(false);
                silences = 0;
            }
            catch (JsonRpcException e) when (e.Code == ErrorCodes.RpcUnreachable && ++silences < MaxSilences)
            {
                continue; // it is sent: giving up would leave its sender in doubt
            }
            if (receipt is null) continue;
            if (!receipt.Succeeded) throw new RegistryException(ErrorCodes.AnchoringRefused, $"Transaction {signed.Hash} failed in block {receipt.BlockNumber}: it cost its gas and changed nothing.");
            if (signed.Transaction.To is null && receipt.CreatedContract != ContractAddress.Of(_signer.Address, signed.Transaction.Nonce))
                throw new RegistryException(ErrorCodes.AnchoringRefused, $"{_node.Origin} names another contract than transaction {signed.Hash} creates. Ask another node.");
            return new MinedTransaction(receipt, (UInt128)receipt.GasUsed * receipt.EffectiveGasPrice);
        }
    }
}
