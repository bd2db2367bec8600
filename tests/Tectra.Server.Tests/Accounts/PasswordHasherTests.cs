using System.Diagnostics;
using Tectra.Registry.Accounts;
using Tectra.Sdk;

namespace Tectra.Server.Tests.Accounts;

internal sealed class PasswordHasherTests
{
    [Test]
    public async Task A_hash_is_Argon2id_at_the_strength_that_is_promised_and_salted()
    {
        using var hasher = new PasswordHasher();
        var hash = await hasher.HashAsync("correct horse", default);
        Assert.That(hash, Does.StartWith("$argon2id$v=19$m=65536,t=2,p=1$"));
        Assert.That(await hasher.HashAsync("correct horse", default), Is.Not.EqualTo(hash));
        Assert.That(await hasher.VerifyAsync("correct horse", hash, default), Is.EqualTo(new PasswordCheck(true, false)));
        Assert.That((await hasher.VerifyAsync("correct horsf", hash, default)).IsRight, Is.False);
    }

    [Test]
    public async Task No_password_is_nobodys_and_comparing_with_nobodys_takes_as_long_as_with_anybodys()
    {
        using var hasher = new PasswordHasher(2, 16 * 1024 * 1024);
        var hash = await hasher.HashAsync("correct horse", default);
        var (somebodys, nobodys) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 7; i++)
        {
            somebodys = Min(somebodys, await TimeAsync(hash));
            nobodys = Min(nobodys, await TimeAsync(null));
        }
        Assert.That(nobodys / somebodys, Is.InRange(0.6, 1.7));
        foreach (var password in new[] { "", "correct horse", new string('x', 10_000) }) Assert.That((await hasher.VerifyAsync(password, null, default)).IsRight, Is.False);

        async Task<TimeSpan> TimeAsync(string? with)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.That((await hasher.VerifyAsync("wrong", with, default)).IsRight, Is.False);
            return Stopwatch.GetElapsedTime(began);
        }

        static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
    }

    [Test]
    public async Task A_hash_of_other_parameters_is_still_right_and_asks_to_be_made_anew()
    {
        using var old = new PasswordHasher(1, 8 * 1024);
        using var current = new PasswordHasher(2, 16 * 1024);
        var hash = await old.HashAsync("correct horse", default);
        Assert.That(await current.VerifyAsync("correct horse", hash, default), Is.EqualTo(new PasswordCheck(true, true)));
    }

    [Test]
    public async Task A_few_run_at_once_a_bounded_number_waits_and_the_others_are_sent_away()
    {
        using var hasher = new PasswordHasher(20, PasswordHasher.DefaultMemoryBytes);
        var running = Enumerable.Range(0, PasswordHasher.MaxAtOnce).Select(_ => Task.Factory.StartNew(
            () => hasher.VerifyAsync("x", null, default).AsTask().Wait(), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray(); // on threads of their own: the pool may be busy
        await Eventually.BecomesTrueAsync(() => hasher.FreeSlots == 0);
        using var patience = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, PasswordHasher.MaxWaiting).Select(_ => hasher.VerifyAsync("x", null, patience.Token).AsTask()).ToArray();
        Assert.That(
            async () => await hasher.VerifyAsync("x", null, default),
            Throws.TypeOf<RegistryException>().With.Property(nameof(TectraException.Code)).EqualTo(ErrorCodes.RateLimited));
        await patience.CancelAsync();
        Assert.That(async () => await Task.WhenAll(waiting), Throws.InstanceOf<OperationCanceledException>());
        await Task.WhenAll(running);
        Assert.That((await hasher.VerifyAsync("x", null, default)).IsRight, Is.False, "and afterwards there is room again");
    }

    [Test]
    public async Task A_login_replaces_a_weaker_hash()
    {
        await using var server = await TestServer.StartAsync(TestServer.Sqlite);
        using var tenant = await Tenant.CreateAsync(server);
        var before = (await server.Registry.Store.FindAccountAsync(tenant.UserId, default))!.PasswordHash;
        using var stronger = new PasswordHasher(2, 16 * 1024);
        var accounts = new AccountService(server.Registry.Store, stronger, server.Mails, server.Clock);
        await accounts.AuthenticateAsync(tenant.Email, Tenant.Password, default);
        var after = (await server.Registry.Store.FindAccountAsync(tenant.UserId, default))!.PasswordHash;
        Assert.That(before, Does.Contain("m=8,t=1"));
        Assert.That(after, Does.Contain("m=16,t=2"));
        await accounts.AuthenticateAsync(tenant.Email, Tenant.Password, default);
    }
}
