using Microsoft.Extensions.Configuration;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk;
using Tectra.Sdk.Keys;

namespace Tectra.Server.Tests;

internal sealed class ServerOptionsTests
{
    private FernetKey _key = null!;

    [OneTimeSetUp]
    public void CreateKey() => _key = FernetKey.Create();

    [OneTimeTearDown]
    public void DisposeKey() => _key.Dispose();

    [Test]
    public void Every_option_is_read_from_the_section_and_the_environment_goes_before_it()
    {
        var options = Read(new()
        {
            ["Tectra:Server:Database"] = "/var/lib/tectra",
            ["Tectra:Server:Urls:0"] = "http://0.0.0.0:80",
            ["Tectra:Server:Urls:1"] = "http://[::]:81",
            ["Tectra:Server:MaxBatchBytes"] = "1048576",
            ["Tectra:Server:PublicRequestsPerMinute"] = "1",
            ["Tectra:Server:VerificationsPerMinute"] = "2",
            ["Tectra:Server:AuthAttemptsPerMinute"] = "3",
            ["Tectra:Server:AccountAttemptsPerMinute"] = "4",
            ["Tectra:Server:KeyRequestsPerMinute"] = "5",
            ["Tectra:Server:AnchoringInterval"] = "00:01:00",
            ["Tectra:Server:AnchoringRecords"] = "7",
            ["TECTRA_BACK_TO_LEDGER"] = "true",
            ["Tectra:Server:MaxStaleness"] = "0.5",
            ["Tectra:Server:CachedRecords"] = "6",
            ["Tectra:Server:TrustedProxies"] = "10.0.0.0/8, 192.0.2.1",
            ["TECTRA_ANCHORING_INTERVAL"] = "30",
            ["TECTRA_VERIFICATIONS_PER_MINUTE"] = "0",
        });
        Assert.That(options.Database, Is.EqualTo("/var/lib/tectra"));
        Assert.That(options.Urls, Is.EqualTo(new[] { "http://0.0.0.0:80", "http://[::]:81" }));
        Assert.That(
            (options.MaxBatchBytes, options.PublicRequestsPerMinute, options.VerificationsPerMinute, options.AuthAttemptsPerMinute, options.AccountAttemptsPerMinute, options.KeyRequestsPerMinute, options.CachedRecords),
            Is.EqualTo((1_048_576, 1, 0, 3, 4, 5, 6)));
        Assert.That(options.AnchoringInterval, Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That((options.AnchoringRecords, options.BackToLedger), Is.EqualTo((7, true)));
        Assert.That(options.MaxStaleness, Is.EqualTo(TimeSpan.FromMilliseconds(500)));
        Assert.That(options.TrustedProxies, Is.EqualTo(new[] { "10.0.0.0/8", "192.0.2.1" }));
    }

    [Test]
    public void Every_option_has_a_name_in_the_configuration()
    {
        // Of a chain, each option is a setting of its own.
        Assert.That(Unnamed<ServerOptions>("ServerConfiguration.cs"), Is.EqualTo(new[] { nameof(ServerOptions.Chain) }));
        string[] whole = [nameof(EvmAnchoringOptions.ChainId), nameof(EvmAnchoringOptions.Contract), nameof(EvmAnchoringOptions.RpcUrls), nameof(EvmAnchoringOptions.Account)];
        Assert.That(Unnamed<EvmAnchoringOptions>("ChainConfiguration.cs"), Is.EqualTo(whole));

        static IEnumerable<string> Unnamed<T>(string file)
        {
            var text = File.ReadAllText(Path.Combine(TestData.Repository, "src", "Tectra.Server", file));
            var properties = typeof(T).GetProperties(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly);
            return properties.Select(property => property.Name).Where(name => !text.Contains($"nameof({typeof(T).Name}.{name})"));
        }
    }

    [Test]
    public void Without_settings_the_defaults_hold()
    {
        var options = Read(new() { ["TECTRA_DATABASE"] = "postgres://db/tectra" });
        Assert.That(options with { }, Is.EqualTo(options));
        Assert.That(options.AnchoringInterval, Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That((options.AnchoringRecords, options.BackToLedger, options.Chain), Is.EqualTo((50_000, false, (EvmAnchoringOptions?)null)));
        Assert.That(options.MaxStaleness, Is.EqualTo(TimeSpan.FromMilliseconds(100)));
        Assert.That(options.CachedRecords, Is.EqualTo(20_000));
        Assert.That(options.MaxBatchBytes, Is.EqualTo(16 * 1024 * 1024));
        Assert.That(options.TrustedProxies, Is.Empty);
    }

    [TestCase("Urls", "https://127.0.0.1:8080")]
    [TestCase("Urls", "127.0.0.1:8080")]
    [TestCase("Urls", "http://127.0.0.1:8080/path")]
    [TestCase("MaxBatchBytes", "1")]
    [TestCase("MaxBatchBytes", "100000000")]
    [TestCase("VerificationsPerMinute", "-1")]
    [TestCase("VerificationsPerMinute", "many")]
    [TestCase("VerificationsPerMinute", "99999999999")]
    [TestCase("AnchoringInterval", "0")]
    [TestCase("AnchoringInterval", "2.00:00:00")]
    [TestCase("AnchoringRecords", "0")]
    [TestCase("AnchoringRecords", "1000001")]
    [TestCase("BackToLedger", "perhaps")]
    [TestCase("MaxStaleness", "01:00:00")]
    [TestCase("CachedRecords", "-1")]
    [TestCase("TrustedProxies", "proxy.example.org")]
    [TestCase("TrustedProxies", "10.0.0.0/99")]
    [TestCase("Colour", "blue")]
    public void A_value_out_of_range_or_an_unknown_name_is_refused_by_name(string name, string value) =>
        Assert.That(() => Read(new() { ["TECTRA_DATABASE"] = "/tmp/x", [$"Tectra:Server:{name}"] = value }), Throws.ArgumentException.With.Message.Contains(name));

    [Test]
    public void A_missing_database_or_key_is_named()
    {
        Assert.That(() => Read([]), Throws.ArgumentException.With.Message.Contains("TECTRA_DATABASE"));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["TECTRA_DATABASE"] = "/tmp/x" }).Build();
        Assert.That(() => ServerConfiguration.Read(configuration), Throws.ArgumentException.With.Message.Contains("TECTRA_FERNET_KEY"));
        configuration["TECTRA_FERNET_KEY"] = "rubbish";
        Assert.That(() => ServerConfiguration.Read(configuration), Throws.TypeOf<KeyAccessException>().With.Property(nameof(TectraException.Code)).EqualTo("fernet_key_malformed"));
    }

    private ServerOptions Read(Dictionary<string, string?> settings) => ServerConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), _key);
}
