using Tectra.Sdk.Interop;

namespace Tectra.Sdk.Tests;

public sealed class AtomicFileTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("tectra-atomic-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_file_appears_whole_or_not_at_all()
    {
        var path = Path.Combine(_folder, "a.bin");
        using (AtomicFile.Stage(path, [1, 2, 3])) Assert.That(File.Exists(path), Is.False, "staged, not yet named");
        Assert.That(Directory.GetFiles(_folder), Is.Empty, "nothing stays behind");
        AtomicFile.Write(path, [1, 2, 3]);
        AtomicFile.Write(path, [4, 5]);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 4, 5 }));
        Assert.That(Directory.GetFiles(_folder), Has.Length.EqualTo(1));
        Assert.That(() => AtomicFile.Write(Path.Combine(_folder, "missing/b.bin"), [1]), Throws.InstanceOf<IOException>());
    }

    [Test]
    [Platform("Linux")]
    public void A_link_stays_a_link_and_its_target_is_replaced()
    {
        string target = Path.Combine(_folder, "target"), link = Path.Combine(_folder, "link"), dangling = Path.Combine(_folder, "dangling");
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);
        File.CreateSymbolicLink(dangling, Path.Combine(_folder, "new"));
        AtomicFile.Write(link, "new"u8);
        AtomicFile.Write(dangling, "made"u8);
        Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo(target));
        Assert.That(File.ReadAllText(target), Is.EqualTo("new"));
        Assert.That(File.ReadAllText(Path.Combine(_folder, "new")), Is.EqualTo("made"));
    }

    [Test]
    [Platform("Linux")]
    public void Pipes_devices_and_folders_are_not_replaced()
    {
        var pipe = Path.Combine(_folder, "pipe"); // stands for devices too: a broken check must not cost the machine its own
        using (var maker = System.Diagnostics.Process.Start("mkfifo", [pipe])) maker.WaitForExit();
        foreach (var path in new[] { pipe, _folder })
        {
            var before = Posix.IdentityOf(path);
            Assert.That(() => AtomicFile.Write(path, [1]), Throws.InstanceOf<IOException>());
            Assert.That(Posix.IdentityOf(path), Is.EqualTo(before));
            Assert.That(Posix.IsSpecial(path), Is.True);
        }
        Assert.That(Posix.IsSpecial("/dev/null"), Is.True);
    }
}
