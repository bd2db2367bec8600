namespace Tectra.Registry.Anchoring.Evm;

/// <summary>What the contract's transactions take, in units of gas, as <c>contracts/gas.json</c> has it: measured, to foretell costs.</summary>
internal static class ContractGas
{
    /// <summary>A batch of however many records, registered with a key that the contract knows: every one but a registry's first.</summary>
    public const long RegisterBatch = 53_256;

    /// <summary>A new registrar.</summary>
    public const long AddRegistrar = 72_889;
}
