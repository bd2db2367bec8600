using System.Text.Json;

namespace Tectra.Cli.Tests.Server;

/// <summary>A picture signed at a server that anchors on a chain, and verified when the server is gone.</summary>
public sealed class ChainRegistryTests
{
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim07.png");

    [Test]
    [CancelAfter(300_000)]
    public async Task The_evidence_outlives_the_registry()
    {
        await using var node = await AnvilNode.StartAsync();
        var contract = await node.DeployAsync();
        var settings = TestRegistry.ChainSettings(node, contract);
        using var stranger = new CliRunner();
        var (signed, bundle) = (stranger.PathOf("signed.png"), stranger.PathOf("evidence.json"));
        await using (var registry = await TestRegistry.StartAsync(settings: settings))
        {
            using var artist = await registry.LogInAsync("--org-name", "Example");
            var line = await artist.OneAsync("sign", Photo, "-o", signed);
            Assert.That(line.GetProperty("blockchain_status").GetString(), Is.EqualTo("pending"));
            var pending = await artist.OneAsync("verify", signed);
            Assert.That(Blockchain(pending), Is.EqualTo(("failed", "anchor_pending")), "a server's transaction needs twelve blocks on this chain");
            await node.MineAsync(12);
            var report = await TestRegistry.VerifyAnchoredAsync(artist, signed);
            Assert.That(Blockchain(report), Is.EqualTo(("not_run", "chain_not_asked")), "by the server's word alone nothing is passed here");
            report = await artist.OneAsync("verify", signed, "--rpc", node.Url.ToString(), "--contract", contract);
            Assert.That((Blockchain(report), report.GetProperty("confidence").GetDouble()), Is.EqualTo((("passed", "anchored_on_chain"), 1.0)));
            var evidence = await artist.OneAsync("evidence", signed, "-o", bundle);
            Assert.That(evidence.GetProperty("blockchain_status").GetString(), Is.EqualTo("anchored"));
        }

        // The server is stopped and its database deleted; the stranger never knew it.
        var verified = await stranger.OneAsync("verify", signed, "--evidence", bundle, "--rpc", node.Url.ToString(), "--contract", contract);
        Assert.Multiple(() =>
        {
            Assert.That(Blockchain(verified), Is.EqualTo(("passed", "anchored_on_chain")));
            Assert.That(verified.GetProperty("verdict").GetString(), Is.EqualTo("strongly_authentic"));
            Assert.That(verified.GetProperty("blockchain_url").GetString(), Does.StartWith("https://polygonscan.com/tx/0x"));
        });
    }

    private static (string?, string?) Blockchain(JsonElement report)
    {
        var check = report.GetProperty("checks").GetProperty("blockchain");
        return (check.GetProperty("outcome").GetString(), check.GetProperty("code").GetString());
    }
}
