using Tectra.Sdk.Interop;

namespace Tectra.Sdk.Api.Outbox;

/// <summary>
/// The outbox on the disk: waiting registrations in the folder, those set aside in <c>refused/</c>. Whatever a method says it
/// did is on the disk when it comes back; a crash inside it leaves the old state or the new one.
/// </summary>
internal sealed class OutboxFolder
{
    private const string RefusedName = "refused", LockName = "outbox.lock", DamagedExtension = ".damaged", TemporaryPattern = ".*.tmp";

    /// <summary>How many names are held in memory at once.</summary>
    private const int MaxNames = 4096;

    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    private readonly string _path;

    private OutboxFolder(string path) => _path = path;

    public string RefusedPath => Path.Combine(_path, RefusedName);

    public string LockPath => Path.Combine(_path, LockName);

    /// <summary>Opens a folder, and makes it, for its owner only, if it is missing.</summary>
    public static OutboxFolder Open(string path)
    {
        var folder = new OutboxFolder(Path.GetFullPath(path));
        foreach (var directory in new[] { folder._path, folder.RefusedPath })
        {
            if (Directory.Exists(directory)) continue;
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(directory);
            else Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            if (Path.GetDirectoryName(directory) is { } parent) Posix.FlushDirectory(parent);
        }
        return folder;
    }

    /// <summary>The names of the waiting files.</summary>
    public IEnumerable<string> Names() => Directory.EnumerateFiles(_path, "*" + OutboxEntry.Extension).Select(path => Path.GetFileName(path));

    /// <summary>The names of the files that were set aside.</summary>
    public IEnumerable<string> RefusedNames() => Directory.EnumerateFiles(RefusedPath)
        .Select(path => Path.GetFileName(path)).Where(name => name.EndsWith(OutboxEntry.Extension, StringComparison.Ordinal) || IsDamaged(name));

    /// <summary>The first names in the order of arrival, however many there are.</summary>
    public List<string> FirstNames() => Least(Names(), MaxNames, StringComparer.Ordinal);

    /// <summary>The last names that were set aside, newest first.</summary>
    public List<string> LastRefusedNames(int most) => Least(RefusedNames(), most, Comparer<string>.Create((left, right) => StringComparer.Ordinal.Compare(right, left)));

    public static bool IsDamaged(string refusedName) => refusedName.EndsWith(DamagedExtension, StringComparison.Ordinal);

    public string PathOf(string name) => Path.Combine(_path, name);

    /// <summary>The name under which a file was set aside; null if it wasn't.</summary>
    public string? FindRefusedName(string name) => new[] { name, name + DamagedExtension }.FirstOrDefault(candidate => File.Exists(Path.Combine(RefusedPath, candidate)));

    /// <summary>Adds a file.</summary>
    public void Add(string name, ReadOnlySpan<byte> json) => AtomicFile.Write(PathOf(name), json, ownerOnly: true);

    /// <summary>Takes out what the registry has acknowledged; <see cref="Flush"/> makes that last.</summary>
    public void Remove(string name)
    {
        // A copy in refused/ is from a delivery that was cut short between the two steps of Refuse, or was put back by hand.
        File.Delete(Path.Combine(RefusedPath, name));
        File.Delete(PathOf(name));
    }

    /// <summary>Sets a file aside, with the reason in it.</summary>
    public void Refuse(string name, ReadOnlySpan<byte> json)
    {
        AtomicFile.Write(Path.Combine(RefusedPath, name), json, ownerOnly: true);
        File.Delete(PathOf(name));
    }

    /// <summary>Sets a file aside as it is.</summary>
    public void SetDamagedAside(string name)
    {
        var target = Path.Combine(RefusedPath, name + DamagedExtension);
        if (Path.Exists(target)) target = Path.Combine(RefusedPath, $"{name}.{Guid.CreateVersion7():n}{DamagedExtension}");
        File.Move(PathOf(name), target, overwrite: false);
        Posix.FlushDirectory(RefusedPath);
    }

    /// <summary>Makes removals last.</summary>
    public void Flush() => Posix.FlushDirectory(_path);

    /// <summary>
    /// Deletes what writers left behind that were killed before their registration had its name. Nobody was told that those
    /// are safe, and a writer that is still at work after so long notices.
    /// </summary>
    public void RemoveAbandoned(DateTimeOffset now)
    {
        foreach (var path in new[] { _path, RefusedPath }.SelectMany(folder => Directory.EnumerateFiles(folder, TemporaryPattern)))
        {
            if (now - File.GetLastWriteTimeUtc(path) > AbandonedAfter) File.Delete(path);
        }
    }

    /// <summary>The first of many names, in order, in bounded memory.</summary>
    private static List<string> Least(IEnumerable<string> names, int most, IComparer<string> order)
    {
        var queue = new PriorityQueue<string, string>(Comparer<string>.Create((left, right) => order.Compare(right, left)));
        foreach (var name in names)
        {
            if (queue.Count < most) queue.Enqueue(name, name);
            else queue.EnqueueDequeue(name, name);
        }
        var least = new List<string>(queue.Count);
        while (queue.TryDequeue(out var name, out _)) least.Add(name);
        least.Reverse();
        return least;
    }
}
