using Microsoft.Extensions.Configuration;

namespace Tectra.Sdk.Tests;

public sealed class TectraOptionsTests
{
    private const string Fernet = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", Id = "019345a0-0000-7000-8000-000000000001";

    [Test]
    public void Everything_can_be_configured()
    {
        var options = Load(new()
        {
            ["ApiUrl"] = "https://registry.example/base", ["ApiKey"] = "iai_1", ["SigningKeyId"] = Id, ["FernetKey"] = Fernet, ["AttemptTimeout"] = "00:00:05",
            ["TotalTimeout"] = "00:01:00", ["MaxRetries"] = "0", ["OutboxDirectory"] = "/var/lib/app/outbox", ["AllowInsecureHttp"] = "true",
        });
        Assert.That(options, Is.EqualTo(new TectraOptions
        {
            ApiUrl = new Uri("https://registry.example/base/"), ApiKey = "iai_1", SigningKeyId = Id, FernetKey = Fernet, AttemptTimeout = TimeSpan.FromSeconds(5),
            TotalTimeout = TimeSpan.FromMinutes(1), MaxRetries = 0, OutboxDirectory = "/var/lib/app/outbox", AllowInsecureHttp = true,
        }));
    }

    [Test]
    public void The_environment_wins_over_the_configuration_and_both_over_the_defaults()
    {
        var variables = new Dictionary<string, string>
        {
            ["TECTRA_API_URL"] = "https://other.example", ["TECTRA_API_KEY"] = " iai_2\n", ["TECTRA_SIGNING_KEY_ID"] = Id, ["TECTRA_FERNET_KEY"] = Fernet, ["TECTRA_OUTBOX"] = "/outbox",
        };
        var options = Load(new() { ["ApiUrl"] = "https://registry.example", ["ApiKey"] = "iai_1", ["OutboxDirectory"] = "/x", ["MaxRetries"] = "2" }, variables);
        Assert.That(
            (options.ApiUrl.AbsoluteUri, options.ApiKey, options.SigningKeyId, options.FernetKey, options.OutboxDirectory, options.MaxRetries, options.AttemptTimeout),
            Is.EqualTo(("https://other.example/", "iai_2", Id, Fernet, "/outbox", 2, TimeSpan.FromSeconds(30))));
        variables["TECTRA_API_KEY"] = " ";
        Assert.That(Load(new() { ["ApiKey"] = "iai_1" }, variables).ApiKey, Is.EqualTo("iai_1"), "an empty variable says nothing");
    }

    [TestCase("ApiUrl", null)]
    [TestCase("ApiUrl", "registry.example")]
    [TestCase("ApiUrl", "ftp://registry.example")]
    [TestCase("ApiUrl", "http://registry.example")]
    [TestCase("ApiUrl", "https://registry.example/?key=1")]
    [TestCase("ApiUrl", "https://registry.example/#x")]
    [TestCase("ApiKey", "iai 1")]
    [TestCase("ApiKey", "iai_ü")]
    [TestCase("SigningKeyId", "production")]
    [TestCase("FernetKey", "c2hvcnQ=")]
    [TestCase("AttemptTimeout", "soon")]
    [TestCase("AttemptTimeout", "00:00:00.009")]
    [TestCase("AttemptTimeout", "01:00:01")]
    [TestCase("AttemptTimeout", "-00:00:01")]
    [TestCase("TotalTimeout", "00:00:29")]
    [TestCase("MaxRetries", "-1")]
    [TestCase("MaxRetries", "11")]
    [TestCase("MaxRetries", "3.5")]
    [TestCase("AllowInsecureHttp", "perhaps")]
    public void A_value_that_cannot_be_used_throws_with_the_options_name(string option, string? value)
    {
        var values = new Dictionary<string, string?> { ["ApiUrl"] = "https://registry.example", [option] = value };
        Assert.That(() => Load(values), Throws.ArgumentException.With.Message.Contain($"Tectra:{option}").And.Property("ParamName").EqualTo(option));
    }

    [TestCase("00:00:00.010", "00:00:00.010", "10")]
    [TestCase("01:00:00", "01:00:00", "0")]
    public void The_extremes_that_are_allowed_work(string attempt, string total, string retries)
    {
        var options = Load(new() { ["ApiUrl"] = "https://registry.example", ["AttemptTimeout"] = attempt, ["TotalTimeout"] = total, ["MaxRetries"] = retries });
        Assert.That(() => new Sdk.Api.TectraApiClient(options).Dispose(), Throws.Nothing);
    }

    [TestCase("http://localhost:5080")]
    [TestCase("http://127.0.0.1:5080")]
    [TestCase("http://[::1]:5080")]
    public void Plain_http_is_for_this_machine(string url) => Assert.That(Load(new() { ["ApiUrl"] = url }).ApiUrl.Scheme, Is.EqualTo("http"));

    [Test]
    public void Plain_http_to_another_machine_has_to_be_allowed()
    {
        var options = new TectraOptions { ApiUrl = new Uri("http://registry.example") };
        Assert.That(() => new Sdk.Api.TectraApiClient(options), Throws.ArgumentException.With.Message.Contain("in the clear"));
        Assert.That(() => new Sdk.Api.TectraApiClient(options with { AllowInsecureHttp = true }).Dispose(), Throws.Nothing);
    }

    [Test]
    public void No_text_shows_a_secret()
    {
        var options = new TectraOptions { ApiUrl = new Uri("https://registry.example"), ApiKey = "iai_hunter2", FernetKey = Fernet };
        Assert.That(options.ToString(), Does.Contain("registry.example").And.Contain("ApiKey = set").And.Not.Contain("iai_hunter2").And.Not.Contain(Fernet));
        foreach (var (option, value) in new[] { ("ApiKey", "iai hunter2"), ("FernetKey", Fernet[1..]), ("ApiUrl", "https://user:hunter2@registry.example"), ("ApiUrl", "https://registry.example:hunter2") })
        {
            var error = Assert.Catch<ArgumentException>(() => Load(new() { ["ApiUrl"] = "https://registry.example", [option] = value }));
            Assert.That(error!.ToString(), Does.Not.Contain("hunter2").And.Not.Contain(Fernet[1..]));
        }
    }

    private static TectraOptions Load(Dictionary<string, string?> section, Dictionary<string, string>? variables = null)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(section.Select(entry => KeyValuePair.Create($"Tectra:{entry.Key}", entry.Value))).Build();
        return TectraOptions.Load(configuration, name => variables?.GetValueOrDefault(name));
    }
}
