using Microsoft.Extensions.Configuration;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests;

internal sealed class ChainConfigurationTests
{
    private const string Contract = "0x5FbDB2315678afecb367f032d93F642f64180aa3", Secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private FernetKey _key = null!;

    [OneTimeSetUp]
    public void CreateKey() => _key = FernetKey.Create();

    [OneTimeTearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public void Every_setting_is_read_from_the_environment()
    {
        var chain = Read(new()
        {
            ["TECTRA_CHAIN_ID"] = "80002",
            ["TECTRA_CONTRACT"] = Contract,
            ["TECTRA_RPC_URLS"] = "https://one.example/v2/key, http://127.0.0.1:8545",
            ["TECTRA_ANCHOR_KEY_FILE"] = "/run/secrets/anchor",
            ["TECTRA_CONFIRMATIONS"] = "20",
            ["TECTRA_MAX_FEE_GWEI"] = "120.5",
            ["TECTRA_MIN_PRIORITY_FEE_GWEI"] = "25",
            ["TECTRA_STUCK_AFTER"] = "90",
        })!;
        Assert.That((chain.ChainId, chain.Contract.ToString(), chain.Confirmations, chain.MaxFeeGwei, chain.MinPriorityFeeGwei, chain.StuckAfter),
            Is.EqualTo((80002, Contract, 20, 120.5m, 25m, TimeSpan.FromSeconds(90))));
        Assert.That(chain.RpcUrls.Select(url => url.AbsoluteUri), Is.EqualTo(new[] { "https://one.example/v2/key", "http://127.0.0.1:8545/" }));
        Assert.That(chain.Account.ToString(), Is.EqualTo("an account with a key file"));
    }

    [Test]
    public void Every_setting_is_read_from_the_section_too()
    {
        var settings = Settings().ToDictionary(pair => $"Tectra:Server:{string.Concat(pair.Key["TECTRA_".Length..].Split('_').Select(word => word[0] + word[1..].ToLowerInvariant()))}", pair => pair.Value);
        settings.Remove("Tectra:Server:RpcUrls");
        settings["Tectra:Server:RpcUrls:0"] = "https://one.example/";
        settings["Tectra:Server:RpcUrls:1"] = "https://two.example/";
        Assert.That(Read(settings)!.RpcUrls, Has.Count.EqualTo(2));
    }

    [Test]
    public void Without_an_account_there_is_no_anchoring_and_with_one_the_defaults_hold()
    {
        Assert.That(Read(new() { ["TECTRA_CHAIN_ID"] = "137", ["TECTRA_CONTRACT"] = Contract, ["TECTRA_RPC_URLS"] = "https://one.example" }), Is.Null, "nodes and a contract alone are for verifying");
        var chain = Read(Settings())!;
        Assert.That((chain.Confirmations, chain.MaxFeeGwei, chain.MinPriorityFeeGwei, chain.StuckAfter), Is.EqualTo((12, 500m, 0m, TimeSpan.FromMinutes(1))));
    }

    [TestCase("TECTRA_CHAIN_ID")]
    [TestCase("TECTRA_CONTRACT")]
    [TestCase("TECTRA_RPC_URLS")]
    public void A_setting_that_is_missing_beside_an_account_is_named(string name)
    {
        var settings = Settings();
        settings.Remove(name);
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains(name));
    }

    [TestCase("TECTRA_CHAIN_ID", "polygon")]
    [TestCase("TECTRA_CHAIN_ID", "0")]
    [TestCase("TECTRA_CHAIN_ID", "-137")]
    [TestCase("TECTRA_CONTRACT", "0x5fbdb2315678afecb367f032d93f642f64180a")]
    [TestCase("TECTRA_CONTRACT", "0x5FbDB2315678afecb367f032d93F642f64180aA3")]
    [TestCase("TECTRA_CONTRACT", "0x0000000000000000000000000000000000000000")]
    [TestCase("TECTRA_CONFIRMATIONS", "0")]
    [TestCase("TECTRA_CONFIRMATIONS", "1001")]
    [TestCase("TECTRA_MAX_FEE_GWEI", "0")]
    [TestCase("TECTRA_MAX_FEE_GWEI", "-1")]
    [TestCase("TECTRA_MAX_FEE_GWEI", "1,5")]
    [TestCase("TECTRA_MAX_FEE_GWEI", "2000000")]
    [TestCase("TECTRA_MIN_PRIORITY_FEE_GWEI", "many")]
    [TestCase("TECTRA_STUCK_AFTER", "0")]
    [TestCase("TECTRA_STUCK_AFTER", "2.00:00:00")]
    public void A_value_out_of_range_is_refused_by_name(string name, string value)
    {
        var settings = Settings();
        settings[name] = value;
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains(name));
    }

    [TestCase("ftp://node.example/secret-of-mine")]
    [TestCase("https://user:secret-of-mine@node.example/")]
    [TestCase("https://node.example/#secret-of-mine")]
    [TestCase("secret-of-mine")]
    public void An_address_that_is_no_nodes_is_refused_without_being_repeated(string url)
    {
        var settings = Settings();
        settings["TECTRA_RPC_URLS"] = url;
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains("TECTRA_RPC_URLS").And.Message.Not.Contains("secret"));
        settings = Settings();
        settings.Remove("TECTRA_ANCHOR_KEY_FILE");
        settings["TECTRA_ANCHOR_SIGNER_URL"] = url;
        settings["TECTRA_ANCHOR_ADDRESS"] = Contract;
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains("TECTRA_ANCHOR_SIGNER_URL").And.Message.Not.Contains("secret"));
    }

    [Test]
    public void The_account_comes_from_one_place_and_is_never_shown()
    {
        var settings = Settings();
        settings["TECTRA_ANCHOR_KEY"] = Secret;
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains("exclude each other").And.Message.Not.Contains(Secret));
        settings.Remove("TECTRA_ANCHOR_KEY_FILE");
        var chain = Read(settings)!;
        Assert.That($"{chain} {chain.Account}", Does.Not.Contain(Secret[..8]));
        settings["TECTRA_ANCHOR_SIGNER_URL"] = "http://127.0.0.1:9000/";
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains("exclude each other"));
        settings.Remove("TECTRA_ANCHOR_KEY");
        Assert.That(() => Read(settings), Throws.ArgumentException.With.Message.Contains("TECTRA_ANCHOR_ADDRESS"), "whose signatures these are must be said");
        settings["TECTRA_ANCHOR_ADDRESS"] = "0x1234";
        Assert.That(() => Read(settings), Throws.ArgumentException);
        settings["TECTRA_ANCHOR_ADDRESS"] = Contract;
        Assert.That(Read(settings)!.Account.ToString(), Is.EqualTo($"account {Contract} of a signer"));
    }

    private static Dictionary<string, string?> Settings() => new()
    {
        ["TECTRA_CHAIN_ID"] = "137",
        ["TECTRA_CONTRACT"] = Contract,
        ["TECTRA_RPC_URLS"] = "https://one.example",
        ["TECTRA_ANCHOR_KEY_FILE"] = "/run/secrets/anchor",
    };

    private EvmAnchoringOptions? Read(Dictionary<string, string?> settings)
    {
        settings["TECTRA_DATABASE"] = "/var/lib/tectra";
        return ServerConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), _key).Chain;
    }
}
