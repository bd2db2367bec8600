using System.Text;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.Tests.Chain;

/// <summary>From nothing to a picture that is anchored on a chain, by commands alone.</summary>
public sealed class ChainServeTests
{
    private const string Password = "correct horse battery staple";
    private static readonly string Photo = TestData.PathOf("images/kodak/kodim07.png");

    [Test]
    public async Task A_key_a_contract_a_server_and_a_picture_on_the_chain()
    {
        await using var chain = await ChainHome.StartAsync();
        using var fernet = FernetKey.Create();
        var fernetText = Encoding.ASCII.GetString(fernet.Export());
        using var operatorsHome = new CliRunner(fernetText);
        var keyFile = operatorsHome.PathOf("anchor.key");
        var address = (await operatorsHome.OneAsync("chain", "key", "-o", keyFile)).GetProperty("address").GetString()!;
        await chain.Node.CallAsync("anvil_setBalance", address, "0xde0b6b3a7640000"); // a coin
        var deployed = await chain.DeployAsync(operatorsHome, "--key-file", keyFile);
        var settings = new Dictionary<string, string>
        {
            ["TECTRA_ANCHOR_KEY_FILE"] = keyFile,
            ["TECTRA_CONFIRMATIONS"] = "1",
            ["TECTRA_ANCHORING_INTERVAL"] = "0.1",
        };
        foreach (var setting in deployed.GetProperty("settings").EnumerateObject()) settings[setting.Name] = setting.Value.GetString()!;
        foreach (var (name, value) in settings) operatorsHome.SetVariable(name, value);
        Assert.That((await ChainHome.StatusAsync(operatorsHome)).ExitCode, Is.Zero, "the variables of the server are those of the status");

        await using var server = await ServeProcess.StartAsync(null, operatorsHome.Home, fernetText, 0, settings);
        using var user = new CliRunner();
        user.SetVariable("TECTRA_PASSWORD", Password);
        await user.OneAsync("login", "--url", server.Url.ToString(), "--register", "--email", "user@example.org");
        var signed = user.PathOf("signed.png");
        Assert.That((await user.RunAsync("sign", Photo, "-o", signed)).ExitCode, Is.Zero);
        var code = "";
        for (var attempt = 0; attempt < 30 && code != "anchored_on_chain"; attempt++)
        {
            await chain.Node.MineAsync(12); // what a verifier wants to see on Polygon
            var (_, lines, _) = await user.JsonAsync("verify", signed, "--rpc", chain.Rpc, "--contract", deployed.GetProperty("contract").GetString()!);
            code = lines.Single().GetProperty("checks").GetProperty("blockchain").GetProperty("code").GetString()!;
        }
        Assert.That(code, Is.EqualTo("anchored_on_chain"), server.Output);

        var (exit, line) = await ChainHome.StatusAsync(operatorsHome);
        var registry = line.GetProperty("registry");
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.Zero, line.ToString());
            Assert.That((registry.GetProperty("target_chain_id").GetInt64(), registry.GetProperty("target_contract").GetString()), Is.EqualTo((137, deployed.GetProperty("contract").GetString())));
            Assert.That(
                (registry.GetProperty("pending").GetInt64(), registry.GetProperty("submitted").GetInt64(), registry.GetProperty("anchored").GetInt64(), registry.GetProperty("retracted").GetInt64()),
                Is.EqualTo((0, 0, 1, 0)));
            Assert.That(server.Output, Does.Not.Contain(fernetText));
        });
        operatorsHome.SetVariable("TECTRA_CONTRACT", "");
        Assert.That((await ChainHome.StatusAsync(operatorsHome)).Line.GetProperty("contract").GetProperty("genuine").GetBoolean(), Is.True, "the registry knows its contract");
        operatorsHome.SetVariable("TECTRA_CONTRACT", await chain.Node.DeployAsync());
        (exit, line) = await ChainHome.StatusAsync(operatorsHome);
        Assert.That(exit, Is.EqualTo(1), "the account is no registrar there");
        Assert.That(line.GetProperty("notices").ToString(), Does.Contain("so far"), "another contract than the registry's");
    }
}
