using System.Text.Json;
using Tectra.Registry.Anchoring.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class ContractGasTests
{
    [Test]
    public async Task The_figures_are_those_that_were_measured_on_the_contract()
    {
        using var measured = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(TestData.Repository, "contracts", "gas.json")));
        var figures = measured.RootElement.GetProperty("figures");
        Assert.That(figures.GetProperty("registerBatchKnownKey").GetInt64(), Is.EqualTo(ContractGas.RegisterBatch));
        Assert.That(figures.GetProperty("addRegistrar").GetInt64(), Is.EqualTo(ContractGas.AddRegistrar));
    }
}
