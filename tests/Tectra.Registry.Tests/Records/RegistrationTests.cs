using System.Text;
using Tectra.Sdk;
using Tectra.Sdk.Api;
using Tectra.Sdk.Certificates;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Tests.Records;

public sealed class RegistrationTests
{
    [Test]
    public async Task A_repeated_registration_returns_the_same_record_and_adds_nothing()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var signed = fixture.Sign("a");
        var request = new RegistrationRequest(signed.Envelope, null);
        var first = await fixture.Registry.RegisterAsync(request);
        await fixture.ReopenAsync();
        var second = await fixture.Registry.RegisterAsync(request);
        Assert.That((first.AlreadyRegistered, second.AlreadyRegistered), Is.EqualTo((false, true)));
        Assert.That(second.RecordId, Is.EqualTo(first.RecordId));
        Assert.That(await fixture.Registry.FindAsync(RegistryFixture.Observe("a"), new LookupOptions { PerceptualRadius = 0 }), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_same_record_from_many_threads_is_registered_once()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var request = new RegistrationRequest(fixture.Sign("a").Envelope, null);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () => await fixture.Registry.RegisterAsync(request))));
        Assert.That(receipts.Count(receipt => !receipt.AlreadyRegistered), Is.EqualTo(1));
    }

    [Test]
    public async Task What_does_not_add_up_is_refused_with_its_code()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        using var stranger = SigningKey.Create();
        using var other = SigningKey.Create();
        await fixture.Registry.RegisterKeyAsync(other.PublicKey, "user-2");
        var signed = fixture.Sign("a");
        var certificate = signed.Certificate;
        await fixture.Registry.RegisterAsync(new RegistrationRequest(signed.Envelope, null));

        await AssertRefused(fixture, fixture.Sign("b", key: stranger).Envelope, "key_not_registered");
        await AssertRefused(fixture, fixture.Sign("b", key: other).Envelope, "key_owner_mismatch");
        await AssertRefused(fixture, Resign(certificate with { RecordId = RecordId.Create(fixture.Clock) }, other), "certificate_signature_invalid");
        await AssertRefused(fixture, Resign(certificate with { PublicKey = other.PublicKey, Signer = new SignerIdentity("user-2") }, other), "fingerprint_signature_invalid");
        await AssertRefused(fixture, Resign(certificate with { DeviceId = "another" }, fixture.Key), "record_conflict");
        await AssertRefused(fixture, fixture.Sign("c", parent: RecordId.Create(fixture.Clock)).Envelope, "parent_unknown");
        await AssertRefused(fixture, fixture.Sign("d", metadata: "{\"a\":\"b\"}").Envelope, "metadata_digest_mismatch");
        fixture.Clock.Now += TimeSpan.FromHours(1);
        var early = fixture.Sign("e");
        fixture.Clock.Now -= TimeSpan.FromHours(1);
        await AssertRefused(fixture, early.Envelope, "timestamp_in_future");
        Assert.That(
            async () => await fixture.Registry.RegisterKeyAsync(other.PublicKey, "user-3"),
            Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("key_owner_mismatch"));
        var garbage = await DsseEnvelope.SignAsync(Certificate.PayloadType, Encoding.UTF8.GetBytes("{}"), fixture.Key);
        Assert.That(
            async () => await fixture.Registry.RegisterAsync(new RegistrationRequest(garbage, null)),
            Throws.TypeOf<InvalidEvidenceException>().With.Property("Code").EqualTo("certificate_malformed"));
        Assert.That(await fixture.Registry.AnchorPendingAsync(), Is.EqualTo(1), "nothing of that was stored");
    }

    [Test]
    public async Task A_child_names_its_parent()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var parent = await fixture.RegisterAsync("a");
        var child = fixture.Sign("a watermarked", parent: parent);
        await fixture.Registry.RegisterAsync(new RegistrationRequest(child.Envelope, null));
        var evidence = await fixture.Registry.GetEvidenceAsync(child.Certificate.RecordId);
        Assert.That(Certificate.FromPayload(evidence!.Envelope.Payload).ParentRecordId, Is.EqualTo(parent));
    }

    [Test]
    public async Task Metadata_reasons_and_radii_have_limits()
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        var text = $"{{\"a\":\"{new string('x', Metadata.MaxBytes)}\"}}";
        Assert.That(
            async () => await fixture.Registry.RegisterAsync(new RegistrationRequest(fixture.Sign("a", metadata: text).Envelope, text)),
            Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("metadata_too_long"));
        var id = await fixture.RegisterAsync("b");
        Assert.That(async () => await fixture.Registry.RevokeAsync(id, new string('x', 1025)), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new LookupOptions { PerceptualRadius = -1 }, Throws.InstanceOf<ArgumentException>());
        Assert.That(() => new LookupOptions { PerceptualRadius = 13 }, Throws.InstanceOf<ArgumentException>());
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Calls_that_wait_while_the_registry_is_closed_end(CancellationToken cancellationToken)
    {
        await using var fixture = await RegistryFixture.CreateAsync();
        for (var round = 0; round < 20; round++)
        {
            await fixture.ReopenAsync();
            var calls = Enumerable.Range(0, 8).Select(i => Task.Run(async () => await fixture.RegisterAsync($"{round} {i}"), cancellationToken)).ToArray();
            await fixture.Registry.DisposeAsync();
            foreach (var call in calls)
            {
                try
                {
                    await call.WaitAsync(cancellationToken);
                }
                catch (ObjectDisposedException)
                {
                    // as it should be
                }
            }
        }
        await fixture.ReopenAsync();
    }

    private static DsseEnvelope Resign(Certificate certificate, SigningKey key) =>
        DsseEnvelope.SignAsync(Certificate.PayloadType, certificate.ToPayload(), key).AsTask().Result;

    private static async Task AssertRefused(RegistryFixture fixture, DsseEnvelope envelope, string code)
    {
        try
        {
            await fixture.Registry.RegisterAsync(new RegistrationRequest(envelope, null));
            Assert.Fail($"accepted, expected {code}");
        }
        catch (RegistryException e)
        {
            Assert.That(e.Code, Is.EqualTo(code));
        }
    }
}
