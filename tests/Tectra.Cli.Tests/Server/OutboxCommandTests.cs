using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Tectra.Cli.Tests.Server;

/// <summary>Servers that are down, that hang, and that come back.</summary>
public sealed class OutboxCommandTests
{
    private static readonly string Jpeg = TestData.PathOf("images/odd/jpeg-420.jpg");
    private static readonly string Photo = TestData.PathOf("images/odd/png-rgba.png");

    [Test]
    public async Task Signing_goes_on_without_the_server_and_nothing_is_lost()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var cli = await registry.LogInAsync();
        registry.Process.Kill();
        var (exit, lines, _) = await cli.JsonAsync("sign", Jpeg, Photo, "-o", cli.PathOf("out"));
        Assert.Multiple(() =>
        {
            Assert.That(exit, Is.Zero);
            Assert.That(lines.Select(line => Text(line, "blockchain_status")), Is.EqualTo(new[] { "queued", "queued" }));
            Assert.That(lines.Select(line => Text(line.GetProperty("registration_problem"), "code")), Is.All.EqualTo("registry_unreachable"));
            Assert.That(Directory.GetFiles(cli.PathOf("out")), Has.Length.EqualTo(2), "delivered all the same");
        });
        var shown = await cli.RunAsync("sign", Jpeg, "-o", cli.PathOf("third.jpg"));
        Assert.That(shown.ExitCode, Is.Zero);
        Assert.That(shown.Error, Does.Contain("1 registrations wait in the outbox: tectra outbox flush"));
        var status = await cli.OneAsync("outbox", "status");
        Assert.That(status.GetProperty("waiting").GetInt32(), Is.EqualTo(3));
        Assert.That(status.GetProperty("oldest_age_seconds").GetDouble(), Is.Positive);
        Assert.That(Text(status, "outbox"), Is.EqualTo(Path.Combine(cli.Home, "outbox")));
        Assert.That((await cli.RunAsync("outbox", "status")).Output, Does.StartWith("3 waiting, the oldest for "));
        var (failed, problem, _) = await cli.JsonAsync("outbox", "flush");
        Assert.That((failed, Text(problem.Single().GetProperty("problem"), "code"), problem.Single().GetProperty("waiting").GetInt32()), Is.EqualTo((2, "registry_unreachable", 3)));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("third.jpg"))).ExitCode, Is.EqualTo(2), "no server, no verdict");

        await registry.RestartAsync();
        var flush = await cli.OneAsync("outbox", "flush");
        Assert.That((flush.GetProperty("delivered").GetInt32(), flush.GetProperty("waiting").GetInt32()), Is.EqualTo((3, 0)));
        Assert.That((await TestRegistry.VerifyAnchoredAsync(cli, cli.PathOf("third.jpg"))).GetProperty("confidence").GetDouble(), Is.EqualTo(1));
        Assert.That((await cli.RunAsync("verify", cli.PathOf("out/jpeg-420.jpg"), cli.PathOf("out/png-rgba.png"))).ExitCode, Is.Zero);
        var empty = await cli.RunAsync("outbox", "flush");
        Assert.That((empty.ExitCode, empty.Output.Trim()), Is.EqualTo((0, "✓ 0 delivered, 0 refused, 0 waiting")));
    }

    [Test]
    public async Task The_next_run_delivers_what_the_one_before_could_not()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var cli = await registry.LogInAsync();
        cli.SetVariable("TECTRA_OUTBOX", cli.PathOf("another"));
        Assert.That(Text(await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("a.jpg"), "--wait", "0"), "blockchain_status"), Is.AnyOf("queued", "pending"));
        registry.Process.Kill();
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("b.jpg"), "--wait", "1");
        Assert.That(Directory.GetFiles(cli.PathOf("another"), "*.json"), Is.Not.Empty);
        Assert.That(Directory.Exists(Path.Combine(cli.Home, "outbox")), Is.False);
        await registry.RestartAsync();
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("c.jpg"));
        Assert.That(Directory.GetFiles(cli.PathOf("another"), "*.json"), Is.Empty);
        Assert.That((await cli.RunAsync("verify", cli.PathOf("a.jpg"), cli.PathOf("b.jpg"), cli.PathOf("c.jpg"))).ExitCode, Is.Zero);
    }

    [Test]
    public async Task Whose_registrations_wait_is_not_forgotten_by_another_login()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var cli = await registry.LogInAsync();
        await cli.OneAsync("keys", "create", "second");
        registry.Process.Kill();
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("a.jpg"), "--key", "second", "--wait", "0");
        await registry.RestartAsync();
        cli.SetVariable("TECTRA_PASSWORD", TestRegistry.Password);
        Assert.That(await cli.FailAsync("invalid_argument", "login", "--url", registry.Url.ToString(), "--register", "--email", registry.NewEmail()), Does.Contain("tectra outbox flush"));
        // What a later run delivers may have been refused: it belongs to no file of that run.
        cli.SetVariable("TECTRA_PASSWORD", "");
        var run = await cli.RunAsync("sign", Photo, "-o", cli.PathOf("b.png"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Does.Contain("1 registrations of earlier runs were refused: tectra outbox status"));
    }

    [Test]
    [Platform("Linux")]
    public async Task A_delivery_that_hangs_can_be_interrupted()
    {
        await using var registry = await TestRegistry.StartAsync();
        using var cli = await registry.LogInAsync();
        var apiKey = TestRegistry.ApiKeyOf(cli);
        registry.Process.Kill();
        await cli.OneAsync("sign", Jpeg, "-o", cli.PathOf("a.jpg"), "--wait", "0");
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        cli.SetVariable("TECTRA_API_URL", $"http://{silent.LocalEndpoint}");
        cli.SetVariable("TECTRA_API_KEY", apiKey);
        using var process = cli.Start("outbox", "flush", "--json");
        using (await silent.AcceptTcpClientAsync()) // it asks; nobody answers
        {
            var clock = Stopwatch.GetTimestamp();
            await InterruptAsync(process);
            var line = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            using var document = JsonDocument.Parse(line);
            Assert.That((process.ExitCode, document.RootElement.GetProperty("waiting").GetInt32(), document.RootElement.GetProperty("problem").GetProperty("code").GetString()), Is.EqualTo((130, 1, "cancelled")));
            Assert.That(Stopwatch.GetElapsedTime(clock), Is.LessThan(TimeSpan.FromSeconds(10)));
        }
        // Signing waits for nobody: as long as it is told to, and no longer when it is interrupted.
        var signing = Stopwatch.GetTimestamp();
        Assert.That(Text(await cli.OneAsync("sign", Photo, "-o", cli.PathOf("b.png"), "--wait", "2"), "blockchain_status"), Is.EqualTo("queued"));
        Assert.That(Stopwatch.GetElapsedTime(signing), Is.LessThan(TimeSpan.FromSeconds(15)));
        using var signer = cli.Start("sign", Photo, "-o", cli.PathOf("c.png"), "--json", "--wait", "600");
        while (!File.Exists(cli.PathOf("c.png"))) await Task.Delay(20);
        await InterruptAsync(signer);
        using var signed = JsonDocument.Parse(await signer.StandardOutput.ReadToEndAsync());
        await signer.WaitForExitAsync();
        Assert.That((signer.ExitCode, Text(signed.RootElement, "blockchain_status")), Is.EqualTo((0, "queued")), "it was done, but for the server");
        Assert.That((await cli.OneAsync("outbox", "status")).GetProperty("waiting").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public async Task Without_a_server_or_an_outbox_there_is_nothing_to_deliver()
    {
        using var cli = new CliRunner();
        Assert.That((await cli.OneAsync("outbox", "status")).GetProperty("waiting").GetInt32(), Is.Zero);
        Assert.That((await cli.OneAsync("outbox", "flush")).GetProperty("delivered").GetInt32(), Is.Zero);
        Assert.That(Directory.Exists(cli.Home), Is.False);
        Directory.CreateDirectory(Path.Combine(cli.Home, "outbox"));
        await cli.FailAsync("invalid_argument", "outbox", "flush");
        cli.SetVariable("TECTRA_API_URL", "http://127.0.0.1:1");
        Assert.That(await cli.FailAsync("invalid_argument", "outbox", "flush"), Does.Contain("TECTRA_API_KEY"));
    }

    private static async Task InterruptAsync(Process process)
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
