using System.Globalization;
using System.Text.Json;

namespace Tectra.EndToEnd.Tests;

/// <summary>What the documents say of costs follows from the gas that was measured.</summary>
public sealed class AnchoringCostTests
{
    private const double GweiPerCoin = 1e9;

    [TestCase(30)]
    [TestCase(100)]
    [TestCase(300)]
    public void The_table_is_gas_times_price(int gwei)
    {
        var (batch, deployment) = (Gas("registerBatchKnownKey"), Gas("deployment"));
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"| {gwei} gwei | {Coins(batch):F4} | {Coins(10 * batch):F4} | {Coins(batch):F4} | {Coins(8_640 * batch):F1} | {Coins(deployment):F4} |");
        Assert.That(Read("docs/anchoring.md"), Does.Contain(row));

        double Coins(long gas) => gas * gwei / GweiPerCoin;
    }

    [TestCase("docs/anchoring.md", "registerBatchKnownKey", "deployment")]
    [TestCase("README.md", "registerBatchKnownKey")]
    [TestCase("CHANGELOG.md", "registerBatchKnownKey")]
    public void Gas_is_what_was_measured(string document, params string[] figures)
    {
        foreach (var figure in figures) Assert.That(Read(document), Does.Contain(Gas(figure).ToString("N0", CultureInfo.InvariantCulture) + " gas"), figure);
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(TestData.Repository, document));

    private static long Gas(string figure)
    {
        using var gas = JsonDocument.Parse(Read("contracts/gas.json"));
        return gas.RootElement.GetProperty("figures").GetProperty(figure).GetInt64();
    }
}
