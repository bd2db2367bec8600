using System.Text;
using Tectra.Registry.Anchoring;
using Tectra.Sdk;
using Tectra.Sdk.Keys;
using Tectra.Sdk.Merkle;

namespace Tectra.Registry.Tests.Anchoring;

public sealed class LedgerTests
{
    private readonly FixedTime _clock = new(new DateTimeOffset(2026, 11, 20, 16, 0, 0, TimeSpan.Zero));
    private string _folder = "";
    private SigningKey _key = null!;

    private string LedgerPath => Path.Combine(_folder, "ledger.jsonl");

    [SetUp]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("tectra-ledger-").FullName;
        _key = SigningKey.Create();
    }

    [TearDown]
    public void CleanUp()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Entries_are_chained_signed_and_survive_reopening()
    {
        var ledger = Open();
        Assert.That(await ledger.AuditAsync(default), Is.Zero);
        var first = await ledger.AppendAsync(Root(1), 1, default);
        var second = await Open().AppendAsync(Root(2), 7, default);
        await Assert.MultipleAsync(async () =>
        {
            Assert.That((first.Index, second.Index), Is.EqualTo((0L, 1L)));
            Assert.That(second.PreviousHash, Is.EqualTo(first.Hash));
            Assert.That(first.VerifySignature() && second.VerifySignature(), Is.True);
            Assert.That(await ledger.ReadAsync(1, default), Is.EqualTo(second), "another process's entry is seen");
            Assert.That(await ledger.FindAsync(Root(1), default), Is.EqualTo(first));
            Assert.That(await ledger.FindAsync(Root(3), default), Is.Null);
            Assert.That(await Open().AuditAsync(default), Is.EqualTo(2));
            Assert.That(async () => await ledger.ReadAsync(2, default), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("ledger_damaged"));
        });
    }

    [Test]
    public async Task A_write_that_was_cut_short_at_any_byte_leaves_the_ledger_whole()
    {
        await Open().AppendAsync(Root(1), 1, default);
        var whole = File.ReadAllBytes(LedgerPath);
        await Open().AppendAsync(Root(2), 2, default);
        var longer = File.ReadAllBytes(LedgerPath);
        for (var length = whole.Length; length < longer.Length; length++)
        {
            Write(longer[..length]);
            Assert.That(await Open().AuditAsync(default), Is.EqualTo(1), $"{length} bytes");
            var entry = await Open().AppendAsync(Root(3), 3, default);
            Assert.That(entry.Index, Is.EqualTo(1));
            Assert.That(await Open().AuditAsync(default), Is.EqualTo(2));
        }
    }

    [Test]
    public async Task Every_way_to_bend_the_file_is_noticed()
    {
        for (var i = 0; i < 4; i++) await Open().AppendAsync(Root(i), i + 1, default);
        var lines = File.ReadAllLines(LedgerPath);
        string[][] bent =
        [
            [.. lines[..1], .. lines[2..]],
            [lines[1], lines[0], .. lines[2..]],
            [.. lines[..2], lines[1], .. lines[2..]],
            [lines[0], lines[1].Replace("\"leaf_count\":2", "\"leaf_count\":3"), .. lines[2..]],
            [lines[0], "{}", .. lines[2..]],
            [lines[0], "", .. lines[2..]],
        ];
        foreach (var change in bent)
        {
            Write(Encoding.UTF8.GetBytes(string.Concat(change.Select(line => line + "\n"))));
            Assert.That(async () => await Open().AuditAsync(default), Throws.TypeOf<RegistryException>().With.Property("Code").EqualTo("ledger_damaged"), string.Join("|", change).Length.ToString());
        }
        var running = Open();
        Write(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        Assert.That(await running.AuditAsync(default), Is.EqualTo(4));
        Write(Encoding.UTF8.GetBytes(string.Concat(bent[3].Select(line => line + "\n"))));
        Assert.That(async () => await running.AuditAsync(default), Throws.TypeOf<RegistryException>(), "an audit looks at the disk, not at what it read before");
        using var forger = SigningKey.Create();
        Write([]);
        await new LedgerFile(LedgerPath, forger, _clock).AppendAsync(Root(9), 1, default);
        Assert.That(async () => await Open().AuditAsync(default), Throws.TypeOf<RegistryException>(), "another key's ledger");
    }

    private static MerkleHash Root(int i)
    {
        var bytes = new byte[32];
        bytes[0] = (byte)(i + 1);
        return new MerkleHash(bytes);
    }

    private LedgerFile Open() => new(LedgerPath, _key, _clock);

    private void Write(byte[] content) => AtomicFile.Write(LedgerPath, content);
}
