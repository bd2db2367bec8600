using System.Text.Json;
using Tectra.Sdk.Api;
using Tectra.Sdk.Api.Outbox;
using Tectra.Sdk.Content;
using Tectra.Sdk.Tests.Verification;

namespace Tectra.Sdk.Tests.Api.Outbox;

public sealed class RegistrationOutboxTests
{
    private readonly FixedTime _time = new(SignedRecord.Clock.Now);
    private string _folder = "";

    private string RefusedFolder => Path.Combine(_folder, "refused");

    private IEnumerable<string> Waiting => Directory.GetFiles(_folder, "*.json").Order(StringComparer.Ordinal);

    [SetUp]
    public void MakeFolder() => _folder = Path.Combine(Directory.CreateTempSubdirectory("tectra-outbox-").FullName, "outbox");

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Test]
    public async Task Registrations_are_delivered_in_order_in_batches_and_then_gone()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(210);
        foreach (var (_, request) in records) await outbox.EnqueueAsync(request);
        Assert.That(Waiting.Count(), Is.EqualTo(210));
        var api = new FakeApi();
        var steps = new Steps();
        var flush = await outbox.FlushAsync(api, steps);
        Assert.Multiple(() =>
        {
            Assert.That(flush, Is.EqualTo(new OutboxFlush(210, 0, null)));
            Assert.That(api.Registered, Is.EqualTo(records.Select(record => record.Id)), "a clock that stands still doesn't mix them up");
            Assert.That(api.Batches.Select(batch => batch.Count), Is.EqualTo(new[] { 100, 100, 10 }));
            Assert.That(steps.Seen.Select(step => step.Delivered), Is.EqualTo(new[] { 100, 200, 210 }));
            Assert.That(Waiting, Is.Empty);
        });
        Assert.That(await outbox.FlushAsync(api), Is.EqualTo(new OutboxFlush(0, 0, null)));
        Assert.That(api.Batches, Has.Count.EqualTo(3), "an empty outbox asks nobody");
    }

    [Test]
    public async Task A_file_is_the_registration_in_JSON_for_its_owner_only()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var (id, request) = Registrations.Make(1, metadataLength: 10)[0];
        await outbox.EnqueueAsync(request with { OriginalFileName = "a.png" });
        var path = Waiting.Single();
        Assert.That(Path.GetFileName(path), Does.Match($"^{SignedRecord.Clock.Now.UtcTicks:D19}-[0-9a-f]{{16}}\\.json$"));
        var registration = JsonSerializer.Serialize(RegistrationDocument.From(request with { OriginalFileName = "a.png" }), Wire.Json.RegistrationDocument);
        Assert.That(File.ReadAllText(path), Is.EqualTo($$"""{"type":"https://tectra.vision/outbox-entry/v1","enqueued_at":"2026-11-20T16:00:00.000Z","registration":{{registration}},"refusal":null}"""));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode readWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(readWrite));
            foreach (var folder in new[] { _folder, RefusedFolder }) Assert.That(new DirectoryInfo(folder).UnixFileMode, Is.EqualTo(readWrite | UnixFileMode.UserExecute));
        }
        var api = new FakeApi();
        await outbox.FlushAsync(api);
        Assert.That(api.Registered, Is.EqualTo(new[] { id }));
    }

    [Test]
    public async Task Batches_stay_small_in_bytes_too()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(1, metadataLength: 16000);
        for (var i = 0; i < 300; i++) await outbox.EnqueueAsync(records[0].Request with { OriginalFileName = new string('\u0001', 255) });
        var length = new FileInfo(Waiting.First()).Length;
        var api = new FakeApi();
        Assert.That((await outbox.FlushAsync(api)).Delivered, Is.EqualTo(300));
        Assert.That(api.Batches.Sum(batch => batch.Count), Is.EqualTo(300));
        Assert.That(api.Batches.Max(batch => batch.Count) * length, Is.LessThanOrEqualTo(4 * 1024 * 1024));
        Assert.That(api.Registered, Has.Count.EqualTo(1), "the same again adds nothing");
    }

    [Test]
    public async Task What_is_refused_is_set_aside_with_the_reason_and_holds_up_nothing()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(5);
        foreach (var (_, request) in records) await outbox.EnqueueAsync(request);
        var api = new FakeApi { Judge = id => id == records[1].Id ? RegistrationOutcome.Refused("key_not_registered", "Register the key.") : null };
        Assert.That(await outbox.FlushAsync(api), Is.EqualTo(new OutboxFlush(4, 1, null)));
        var status = await outbox.GetStatusAsync();
        Assert.That((status.Waiting, status.OldestAge, status.RefusedCount), Is.EqualTo((0, (TimeSpan?)null, 1)));
        var refused = status.Refused.Single();
        Assert.That((refused.RecordId, refused.Code, refused.Message), Is.EqualTo((records[1].Id.ToString(), "key_not_registered", "Register the key.")));

        File.Move(Path.Combine(RefusedFolder, refused.FileName), Path.Combine(_folder, refused.FileName));
        api.Judge = _ => null;
        Assert.That(await outbox.FlushAsync(api), Is.EqualTo(new OutboxFlush(1, 0, null)), "moved back by hand it is tried again");
        Assert.That(api.Registered, Is.EquivalentTo(records.Select(record => record.Id)));
        Assert.That(Directory.GetFiles(RefusedFolder), Is.Empty);
    }

    [Test]
    public async Task A_refusal_that_passes_keeps_the_registration_and_stops()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(150);
        foreach (var (_, request) in records) await outbox.EnqueueAsync(request);
        var api = new FakeApi { Judge = id => id == records[1].Id ? RegistrationOutcome.Refused("rate_limited", "Wait.") : null };
        Assert.That(await outbox.FlushAsync(api), Is.EqualTo(new OutboxFlush(99, 0, new RegistrationRefusal("rate_limited", "Wait."))));
        Assert.That(Waiting.Count(), Is.EqualTo(51));
        api.Judge = _ => null;
        Assert.That((await outbox.FlushAsync(api)).Delivered, Is.EqualTo(51));
    }

    [TestCase("registry_unreachable")]
    [TestCase("registry_unavailable")]
    [TestCase("registry_answer_malformed")]
    [TestCase("authentication_required")]
    [TestCase("credentials_invalid")]
    [TestCase("scope_missing")]
    [TestCase("rate_limited")]
    [TestCase("a_code_of_a_newer_registry")]
    public async Task When_the_registry_cannot_be_used_everything_stays(string code)
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        foreach (var (_, request) in Registrations.Make(101)) await outbox.EnqueueAsync(request);
        var before = Waiting.ToList();
        var api = new FakeApi { Arrived = _ => throw new RegistryException(code, "No.") };
        Assert.That(await outbox.FlushAsync(api), Is.EqualTo(new OutboxFlush(0, 0, new RegistrationRefusal(code, "No."))));
        Assert.That(Waiting, Is.EqualTo(before));
        Assert.That(api.Batches, Has.Count.EqualTo(1), "it stops at the first failure");
    }

    [TestCase("request_malformed")]
    [TestCase("request_too_large")]
    public async Task One_registration_that_spoils_its_batch_is_found_and_set_aside(string code)
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(20);
        foreach (var (_, request) in records) await outbox.EnqueueAsync(request);
        var api = new FakeApi
        {
            Arrived = ids =>
            {
                if (ids.Contains(records[13].Id)) throw new RegistryException(code, "Bad.");
            },
        };
        Assert.That(await outbox.FlushAsync(api), Is.EqualTo(new OutboxFlush(19, 1, null)));
        Assert.That(api.Registered, Is.EqualTo(records.Where(record => record.Id != records[13].Id).Select(record => record.Id)), "in order all the same");
        var refused = (await outbox.GetStatusAsync()).Refused.Single();
        Assert.That((refused.RecordId, refused.Code), Is.EqualTo((records[13].Id.ToString(), code)));
    }

    [Test]
    public async Task An_acknowledgement_of_another_record_is_none()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var (_, request) = Registrations.Make(1)[0];
        await outbox.EnqueueAsync(request);
        var api = new FakeApi { Judge = _ => RegistrationOutcome.Registered(new RegistrationReceipt(RecordId.Create(TimeProvider.System), false)) };
        Assert.That((await outbox.FlushAsync(api)).Problem!.Code, Is.EqualTo("registry_answer_malformed"));
        Assert.That(Waiting.Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Damaged_files_are_set_aside_as_they_are_and_hold_up_nothing()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(3);
        foreach (var (_, request) in records) await outbox.EnqueueAsync(request);
        var whole = File.ReadAllText(Waiting.Last());
        var first = Path.GetFileName(Waiting.First());
        var damaged = new Dictionary<string, string>
        {
            ["0-empty.json"] = "", ["1-cut.json"] = whole[..(whole.Length / 2)], ["2-null.json"] = "null", ["3-other.json"] = "{\"type\":\"other\"}",
            ["4-type.json"] = whole.Replace("outbox-entry/v1", "outbox-entry/v2"), ["5-long.json"] = whole + new string(' ', 600_000),
            ["6-certificate.json"] = whole.Replace("\"payload\":\"", "\"payload\":\"AAAA"),
        };
        foreach (var (name, content) in damaged) File.WriteAllText(Path.Combine(_folder, name), content);
        File.WriteAllText(Path.Combine(RefusedFolder, "0-empty.json.damaged"), "an older one of that name");
        if (!OperatingSystem.IsWindows()) File.CreateSymbolicLink(Path.Combine(_folder, "7-dangling.json"), "/nowhere/at/all");
        if (OperatingSystem.IsLinux())
        {
            using var maker = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_folder, "8-pipe.json")]);
            maker.WaitForExit();
            damaged["8-pipe.json"] = "";
        }
        var api = new FakeApi();
        var flush = await outbox.FlushAsync(api);
        Assert.That((flush.Delivered, flush.Refused, flush.Problem), Is.EqualTo((3, damaged.Count, (RegistrationRefusal?)null)));
        var status = await outbox.GetStatusAsync();
        Assert.That(status.RefusedCount, Is.EqualTo(damaged.Count + 1));
        Assert.That(status.Refused.Select(refused => (refused.RecordId, refused.Code)), Is.All.EqualTo(((string?)null, "outbox_entry_damaged")));
        foreach (var (name, content) in damaged.Where(file => file.Key is not ("0-empty.json" or "8-pipe.json")))
            Assert.That(File.ReadAllText(Path.Combine(RefusedFolder, name + ".damaged")), Is.EqualTo(content), "nothing of it is lost");
        Assert.That(File.ReadAllText(Path.Combine(RefusedFolder, "0-empty.json.damaged")), Is.EqualTo("an older one of that name"));
        Assert.That(api.Registered, Is.EqualTo(records.Select(record => record.Id)));
        Assert.That(first, Does.Not.StartWith("0-"));
    }

    [Test]
    public async Task What_a_killed_writer_left_is_swept_up_later_but_not_what_a_living_one_writes()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        string old = Path.Combine(_folder, ".a.json.1.tmp"), fresh = Path.Combine(_folder, ".b.json.2.tmp");
        foreach (var path in new[] { old, fresh }) File.WriteAllText(path, "half");
        File.SetLastWriteTimeUtc(old, _time.Now.UtcDateTime.AddHours(-2));
        File.SetLastWriteTimeUtc(fresh, _time.Now.UtcDateTime.AddMinutes(-2));
        await outbox.FlushAsync(new FakeApi());
        Assert.That((File.Exists(old), File.Exists(fresh)), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task A_delivery_that_was_cut_short_between_two_steps_leaves_no_trace_in_refused()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        await outbox.EnqueueAsync(Registrations.Make(1)[0].Request);
        var path = Waiting.Single();
        File.Copy(path, Path.Combine(RefusedFolder, Path.GetFileName(path)));
        Assert.That((await outbox.FlushAsync(new FakeApi())).Delivered, Is.EqualTo(1));
        Assert.That((await outbox.GetStatusAsync()).RefusedCount, Is.Zero);
    }

    [Test]
    public async Task Many_may_enqueue_at_once_and_two_deliver()
    {
        RegistrationOutbox first = RegistrationOutbox.Open(_folder, _time), second = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(200);
        var api = new FakeApi();
        var enqueuing = Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = writer; i < records.Count; i += 8) await (writer % 2 == 0 ? first : second).EnqueueAsync(records[i].Request);
        })));
        async Task<int> DeliverAsync(RegistrationOutbox outbox)
        {
            var delivered = 0;
            do delivered += (await outbox.FlushAsync(api)).Delivered;
            while (!enqueuing.IsCompleted || (await outbox.GetStatusAsync()).Waiting > 0);
            return delivered;
        }
        var counts = await Task.WhenAll(Task.Run(() => DeliverAsync(first)), Task.Run(() => DeliverAsync(second)));
        await enqueuing;
        Assert.That(counts.Sum(), Is.EqualTo(200));
        Assert.That(api.MostAtOnce, Is.EqualTo(1), "one delivery at a time");
        Assert.That(api.Batches.SelectMany(batch => batch), Is.EquivalentTo(records.Select(record => record.Id)), "each is sent once");
        for (var writer = 0; writer < 8; writer++)
        {
            var own = records.Where((_, i) => i % 8 == writer).Select(record => record.Id).ToHashSet();
            Assert.That(api.Registered.Where(own.Contains), Is.EqualTo(records.Select(record => record.Id).Where(own.Contains)), "each writer's in its order");
        }
    }

    [Test]
    public async Task A_clock_that_was_set_back_does_not_change_the_order()
    {
        var records = Registrations.Make(2);
        await RegistrationOutbox.Open(_folder, _time).EnqueueAsync(records[0].Request);
        var earlier = new FixedTime(_time.Now.AddHours(-3));
        await RegistrationOutbox.Open(_folder, earlier).EnqueueAsync(records[1].Request);
        var api = new FakeApi();
        await RegistrationOutbox.Open(_folder, earlier).FlushAsync(api);
        Assert.That(api.Registered, Is.EqualTo(records.Select(record => record.Id)));
    }

    [Test]
    public async Task The_status_tells_how_much_waits_and_for_how_long()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var records = Registrations.Make(120);
        Assert.That((await outbox.GetStatusAsync()).OldestAge, Is.Null);
        foreach (var (_, request) in records) await outbox.EnqueueAsync(request);
        _time.Now += TimeSpan.FromMinutes(7);
        var status = await outbox.GetStatusAsync();
        Assert.That((status.Waiting, status.OldestAge, status.RefusedCount), Is.EqualTo((120, (TimeSpan?)TimeSpan.FromMinutes(7), 0)));
        await outbox.FlushAsync(new FakeApi { Judge = _ => RegistrationOutcome.Refused("record_conflict", "Taken.") });
        status = await outbox.GetStatusAsync();
        Assert.That((status.Waiting, status.RefusedCount, status.Refused.Length), Is.EqualTo((0, 120, RegistrationOutbox.MaxListed)));
        Assert.That(status.Refused[0].RecordId, Is.EqualTo(records[^1].Id.ToString()), "the newest first");
    }

    [Test]
    public async Task A_cancelled_delivery_keeps_what_was_not_acknowledged()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        foreach (var (_, request) in Registrations.Make(150)) await outbox.EnqueueAsync(request);
        using var source = new CancellationTokenSource();
        var api = new FakeApi { Arrived = _ => source.Cancel() };
        Assert.That(async () => await outbox.FlushAsync(api, cancellationToken: source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Waiting.Count(), Is.EqualTo(50));
        Assert.That((await outbox.FlushAsync(new FakeApi())).Delivered, Is.EqualTo(50), "the lock is free again");
    }

    [Test]
    public void What_cannot_be_delivered_is_not_taken_in()
    {
        var outbox = RegistrationOutbox.Open(_folder, _time);
        var (_, request) = Registrations.Make(1)[0];
        using var key = Sdk.Keys.SigningKey.Create();
        var nonsense = Sdk.Certificates.DsseEnvelope.SignAsync("text/plain", new byte[] { 1 }, key).AsTask().Result;
        Assert.That(async () => await outbox.EnqueueAsync(request with { Envelope = nonsense }), Throws.InstanceOf<InvalidEvidenceException>());
        Assert.That(async () => await outbox.EnqueueAsync(request with { MetadataJson = new string('ä', 9000) }), Throws.InstanceOf<RegistryException>().With.Property("Code").EqualTo("metadata_too_long"));
        Assert.That(async () => await outbox.EnqueueAsync(request with { OriginalFileName = new string('x', 256) }), Throws.ArgumentException);
        Assert.That(Waiting, Is.Empty);
    }

    private sealed class Steps : IProgress<OutboxFlush>
    {
        public List<OutboxFlush> Seen { get; } = [];

        public void Report(OutboxFlush value) => Seen.Add(value);
    }
}
