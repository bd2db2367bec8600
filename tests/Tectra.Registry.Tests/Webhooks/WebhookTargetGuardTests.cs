using System.Net;
using System.Net.Sockets;
using Tectra.Registry.Webhooks;
using Tectra.Sdk;

namespace Tectra.Registry.Tests.Webhooks;

public sealed class WebhookTargetGuardTests
{
    private const string Public = "93.184.216.34", PublicV6 = "2606:2800:220:1:248:1893:25c8:1946";

    /// <summary>The first, the last and one inner address of every network that must not be reached.</summary>
    private static readonly string[] Refused =
    [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.1.2.3", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255",
        "127.0.0.0", "127.0.0.1", "127.255.255.255", "168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.255.255",
        "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.1",
        "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255",
        "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.254", "255.255.255.255",
        "::", "::1", "::7f00:1", "::93.184.216.34", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::93.184.216.34", "100::1",
        "2001::1", "2001:0:53aa:64c:0:fffe:8000:1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:1ff:ffff::1", "2001:db8::1", "2001:db8:ffff::1",
        "2002:7f00:1::1", "2002:a00:1::1", "2002:5db8:d822::1", "3fff::1", "3fff:fff::1", "4000::1", "5f00::1",
        "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "fe80::1", "fe80::1%2", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
    ];

    private static readonly string[] Allowed =
    [
        Public, "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
        PublicV6, "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "3ffe::1", "3fff:1000::1", "64:ff9b::93.184.216.34", "::ffff:93.184.216.34",
    ];

    [Test]
    public void Only_public_addresses_are_allowed()
    {
        var guard = Guard(new FakeNetwork());
        Assert.Multiple(() =>
        {
            foreach (var address in Refused) Assert.That(guard.IsAllowed(IPAddress.Parse(address)), Is.False, address);
            foreach (var address in Allowed) Assert.That(guard.IsAllowed(IPAddress.Parse(address)), Is.True, address);
        });
    }

    [Test]
    public void A_refused_address_is_never_connected_to_as_a_literal_or_behind_a_name()
    {
        var network = new FakeNetwork();
        var guard = Guard(network);
        foreach (var address in Refused)
        {
            network.Names["receiver.example"] = new Queue<string[]>([[address]]);
            foreach (var host in new[] { address, "receiver.example" })
            {
                var error = Assert.ThrowsAsync<RegistryException>(async () => await guard.ConnectAsync(new DnsEndPoint(host, 443), default), $"{host} {address}");
                Assert.That(error!.Code, Is.EqualTo(ErrorCodes.WebhookUrlRefused));
                Assert.That(error.Message, Does.Not.Contain(address), "nothing is told of the inside");
            }
        }
        Assert.That(network.Attempts, Is.Empty);
        foreach (var address in Allowed)
        {
            network.Names["receiver.example"] = new Queue<string[]>([[address]]);
            Assert.ThrowsAsync<SocketException>(async () => await guard.ConnectAsync(new DnsEndPoint("receiver.example", 443), default));
        }
        Assert.That(network.Attempts, Has.Count.EqualTo(Allowed.Length), "the same way leads to what is allowed");
    }

    [Test]
    public void One_refused_address_among_a_names_refuses_them_all()
    {
        var network = new FakeNetwork();
        var guard = Guard(network);
        string[][] mixtures = [[Public, "10.0.0.1"], ["10.0.0.1", Public], [Public, PublicV6, "::1"], [PublicV6, "::ffff:127.0.0.1"], []];
        foreach (var mixture in mixtures)
        {
            network.Names["receiver.example"] = new Queue<string[]>([mixture]);
            Assert.ThrowsAsync<RegistryException>(async () => await guard.ConnectAsync(new DnsEndPoint("receiver.example", 443), default), string.Join(' ', mixture));
        }
        Assert.That(network.Attempts, Is.Empty);
    }

    [Test]
    public void A_name_that_exists_nowhere_reads_like_one_that_exists_inside()
    {
        var network = new FakeNetwork { Names = { ["database.internal"] = new Queue<string[]>([["10.0.0.1"]]) } };
        var guard = Guard(network);
        var inside = Assert.ThrowsAsync<RegistryException>(async () => await guard.ConnectAsync(new DnsEndPoint("database.internal", 443), default));
        var nowhere = Assert.ThrowsAsync<RegistryException>(async () => await guard.ConnectAsync(new DnsEndPoint("nowhere.example", 443), default));
        Assert.That(inside!.Message, Is.EqualTo(nowhere!.Message));
    }

    [Test]
    public void The_connection_goes_to_the_address_that_was_checked_even_if_the_name_changes_its_answer()
    {
        var network = new FakeNetwork { Names = { ["rebinding.example"] = new Queue<string[]>([[Public], ["127.0.0.1"]]) } };
        var guard = Guard(network);
        Assert.ThrowsAsync<SocketException>(async () => await guard.ConnectAsync(new DnsEndPoint("rebinding.example", 8443), default));
        Assert.That(network.Resolutions, Is.EqualTo(1), "what was checked is not asked for again");
        Assert.ThrowsAsync<RegistryException>(async () => await guard.ConnectAsync(new DnsEndPoint("rebinding.example", 8443), default));
        Assert.That(network.Attempts, Is.EqualTo(new[] { new IPEndPoint(IPAddress.Parse(Public), 8443) }));
    }

    [Test]
    public async Task A_names_addresses_are_tried_in_turn_each_for_its_share_of_the_time()
    {
        var network = new FakeNetwork { Names = { ["receiver.example"] = new Queue<string[]>([[PublicV6, "1.1.1.1", Public]]) } };
        using var connected = new MemoryStream();
        network.Connecting = async (endPoint, cancellationToken) =>
        {
            if (endPoint.Address.ToString() == PublicV6) await Task.Delay(Timeout.Infinite, cancellationToken);
            return endPoint.Address.ToString() == Public ? connected : throw new SocketException((int)SocketError.ConnectionRefused);
        };
        var guard = new WebhookTargetGuard(new WebhookOptions { AttemptTimeout = TimeSpan.FromSeconds(1) }, network, network);
        Assert.That(await guard.ConnectAsync(new DnsEndPoint("receiver.example", 443), default), Is.SameAs(connected));
        Assert.That(network.Attempts.Select(attempt => attempt.Address.ToString()), Is.EqualTo(new[] { PublicV6, "1.1.1.1", Public }));
    }

    [Test]
    public void The_operators_networks_are_allowed_and_nothing_beside_them()
    {
        var guard = Guard(new FakeNetwork(), new WebhookOptions { AllowedNetworks = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("fd12::/32")] });
        Assert.That(guard.IsAllowed(IPAddress.Parse("10.1.255.1")), Is.True);
        Assert.That(guard.IsAllowed(IPAddress.Parse("::ffff:10.1.0.1")), Is.True, "the same address");
        Assert.That(guard.IsAllowed(IPAddress.Parse("fd12::5")), Is.True);
        Assert.That(guard.IsAllowed(IPAddress.Parse("10.2.0.1")), Is.False);
        Assert.That(guard.IsAllowed(IPAddress.Parse("64:ff9b::10.1.0.1")), Is.False, "behind the translator it is another network's");
        Assert.That(guard.IsAllowed(IPAddress.Parse("127.0.0.1")), Is.False);
    }

    [TestCase("https://receiver.example/hooks")]
    [TestCase("https://receiver.example")]
    [TestCase("HTTPS://Receiver.Example:8443/a/b?c=d&e=%20@x:y")]
    [TestCase("https://93.184.216.34/")]
    [TestCase("https://[2606:2800:220:1:248:1893:25c8:1946]/")]
    [TestCase("https://xn--bcher-kva.example/")]
    public void An_https_address_of_a_public_host_is_taken(string url) => Assert.That(Guard(new FakeNetwork()).Check(url).Scheme, Is.EqualTo("https"));

    [TestCase("")]
    [TestCase("receiver.example")]
    [TestCase("/hooks")]
    [TestCase("//receiver.example/hooks")]
    [TestCase("https:receiver.example")]
    [TestCase("https:/receiver.example")]
    [TestCase("https://")]
    [TestCase("https:///hooks")]
    [TestCase("http://receiver.example/")]
    [TestCase("ftp://receiver.example/")]
    [TestCase("file:///etc/passwd")]
    [TestCase("javascript:alert(1)")]
    [TestCase("https://user@receiver.example/")]
    [TestCase("https://user:password@receiver.example/")]
    [TestCase("https://@receiver.example/")]
    [TestCase("https://receiver.example/#")]
    [TestCase("https://receiver.example/#fragment")]
    [TestCase(" https://receiver.example/")]
    [TestCase("https://receiver.example/\r\nHost: other.example")]
    [TestCase("https://receiver.example\\@other.example/")]
    [TestCase("https://bücher.example/")]
    [TestCase("https://receiver.example:99999/")]
    [TestCase("https://127.0.0.1/")]
    [TestCase("https://127.1/")]
    [TestCase("https://2130706433/")]
    [TestCase("https://0x7f000001/")]
    [TestCase("https://0177.0.0.1/")]
    [TestCase("https://0/")]
    [TestCase("https://[::1]/")]
    [TestCase("https://[::]/")]
    [TestCase("https://[::ffff:169.254.169.254]/")]
    [TestCase("https://[fe80::1%25eth0]/")]
    [TestCase("https://169.254.169.254/latest/meta-data/")]
    [TestCase("https://10.0.0.1:8443/")]
    public void Any_other_address_is_refused(string url) => Assert.That(
        Assert.Throws<RegistryException>(() => Guard(new FakeNetwork()).Check(url))!.Code, Is.EqualTo(ErrorCodes.WebhookUrlRefused));

    [Test]
    public void An_address_has_at_most_2048_characters()
    {
        var guard = Guard(new FakeNetwork());
        var longest = "https://receiver.example/".PadRight(WebhookTargetGuard.MaxUrlLength, 'a');
        Assert.That(guard.Check(longest).AbsoluteUri, Is.EqualTo(longest));
        Assert.Throws<RegistryException>(() => guard.Check(longest + "a"));
    }

    [Test]
    public void A_hosts_name_has_at_most_253_characters()
    {
        var guard = Guard(new FakeNetwork());
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4)) + ".b";
        Assert.That(guard.Check($"https://{longest}/").IdnHost, Has.Length.EqualTo(253));
        Assert.Throws<RegistryException>(() => guard.Check($"https://{longest}b/"));
        Assert.Throws<RegistryException>(() => guard.Check($"https://{new string('a', 64)}.example/"), "nor a label more than 63");
    }

    [Test]
    public void Http_is_for_operators_who_allow_it() =>
        Assert.That(Guard(new FakeNetwork(), new WebhookOptions { AllowInsecure = true }).Check("http://receiver.example/").Scheme, Is.EqualTo("http"));

    private static WebhookTargetGuard Guard(FakeNetwork network, WebhookOptions? options = null) => new(options ?? new WebhookOptions(), network, network);
}
