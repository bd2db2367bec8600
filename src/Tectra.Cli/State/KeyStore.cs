using Tectra.Sdk;
using Tectra.Sdk.Content;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.State;

/// <summary>The keys of a store, by name, and the files in it that couldn't be read.</summary>
internal sealed record KeyListing(IReadOnlyList<StoredKey> Keys, IReadOnlyList<(string Path, KeyAccessException Error)> Damaged);

/// <summary>Signing keys in a folder, one file each, private halves encrypted.</summary>
internal sealed class KeyStore
{
    public const string DefaultName = "default";

    private const int MaxNameLength = 64, MaxFileBytes = 16 * 1024;
    private readonly string _folder;

    public KeyStore(string folder) => _folder = folder;

    /// <summary>Whether there is any key, readable or not.</summary>
    public bool Any => Files().Count > 0;

    /// <summary>Whether a name can be a file name everywhere: letters, digits, '-', '_', '.', not at the start a '.'.</summary>
    public static bool IsValidName(string? name) =>
        name is { Length: > 0 and <= MaxNameLength } && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Makes a folder that only its owner can enter; tightens nothing that is there already.</summary>
    public static void CreatePrivateDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Reads a key file, within a limit.</summary>
    /// <exception cref="KeyAccessException">It isn't one (<c>signing_key_damaged</c>).</exception>
    public static StoredKey Read(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes) throw new KeyAccessException(ErrorCodes.SigningKeyDamaged, $"{path} is too long to be a signing key file.");
        return StoredKey.FromJson(File.ReadAllBytes(path), path);
    }

    /// <summary>All keys. A damaged one doesn't hide the others.</summary>
    public KeyListing List()
    {
        var keys = new List<StoredKey>();
        var damaged = new List<(string, KeyAccessException)>();
        foreach (var path in Files())
        {
            try
            {
                keys.Add(Read(path));
            }
            catch (KeyAccessException e)
            {
                damaged.Add((path, e));
            }
        }
        return new KeyListing(keys, damaged);
    }

    /// <summary>One key, or null.</summary>
    public StoredKey? Find(string name) => IsValidName(name) && File.Exists(PathOf(name)) ? Read(PathOf(name)) : null;

    /// <summary>The key that a registry keeps under an id, or null.</summary>
    public StoredKey? FindByRegistryId(string id) => List().Keys.FirstOrDefault(key => string.Equals(key.RegistryId, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>Stores what has become of a key that is here already.</summary>
    public StoredKey Replace(StoredKey key)
    {
        AtomicFile.Write(PathOf(key.Name), key.ToJson(), ownerOnly: true);
        return key;
    }

    /// <summary>Makes and stores a new key.</summary>
    /// <exception cref="KeyAccessException">The name is taken or not valid.</exception>
    public StoredKey Create(string name, string userId, string? organisationName, string? organisationType, FernetKey fernetKey)
    {
        using var key = SigningKey.Create();
        var token = EncryptedPrivateKey.Protect(key, fernetKey, TimeProvider.System).Token;
        var stored = new StoredKey(
            StoredKey.TypeName, name, userId, organisationName, organisationType, key.PublicKey.ToString(), token,
            UtcTimestamp.From(TimeProvider.System.GetUtcNow()).ToString());
        Add(stored);
        return stored;
    }

    /// <summary>Stores a key.</summary>
    /// <exception cref="KeyAccessException">The name is taken or not valid.</exception>
    public void Add(StoredKey key)
    {
        if (!IsValidName(key.Name))
            throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"'{key.Name}' can't be a key's name: use up to {MaxNameLength} letters, digits, '-', '_' and '.'.");
        if (File.Exists(PathOf(key.Name)))
            throw new KeyAccessException(ErrorCodes.SigningKeyExists, $"There is a signing key '{key.Name}' already. Choose another name.");
        CreatePrivateDirectory(_folder);
        AtomicFile.Write(PathOf(key.Name), key.ToJson(), ownerOnly: true);
    }

    /// <summary>The user that new keys belong to: the one of the keys there are, or a new one.</summary>
    public string NewUserId() => List().Keys is [var first, ..] ? first.UserId : $"user-{RecordId.Create(TimeProvider.System)}";

    private List<string> Files()
    {
        try
        {
            return [.. Directory.EnumerateFiles(_folder, "*.json").Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, $"{name}.json");
}
