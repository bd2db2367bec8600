using System.Security.Cryptography;
using System.Text;
using Tectra.Registry;
using Tectra.Sdk;
using Tectra.Sdk.Keys;

namespace Tectra.Cli.State;

/// <summary>
/// The command's state: keys, the Fernet key, the embedded registry. It lives in <c>$TECTRA_HOME</c>, by default
/// <c>~/.tectra</c>, and is readable by its owner only.
/// </summary>
internal sealed class TectraHome
{
    public const string FernetVariable = "TECTRA_FERNET_KEY", HomeVariable = "TECTRA_HOME", OutboxVariable = "TECTRA_OUTBOX";

    private const string LedgerKeyName = "ledger";

    private TectraHome(string path)
    {
        Path = path;
        Keys = new KeyStore(System.IO.Path.Combine(path, "keys"));
        LedgerKeys = new KeyStore(System.IO.Path.Combine(path, "ledger-key"));
    }

    public string Path { get; }

    /// <summary>The user's signing keys.</summary>
    public KeyStore Keys { get; }

    /// <summary>The folder of the registrations that wait for a server: from <c>TECTRA_OUTBOX</c>, else in the home.</summary>
    public string OutboxPath => Environment.GetEnvironmentVariable(OutboxVariable) is { } path && !string.IsNullOrWhiteSpace(path)
        ? System.IO.Path.GetFullPath(path.Trim())
        : System.IO.Path.Combine(Path, "outbox");

    /// <summary>The folder of the registry on this machine.</summary>
    public string RegistryPath => System.IO.Path.Combine(Path, "registry");

    /// <summary>Whether the environment gives the Fernet key.</summary>
    public static bool HasFernetVariable => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(FernetVariable));

    /// <summary>Whether anything was ever signed here.</summary>
    public bool HasRegistry => File.Exists(System.IO.Path.Combine(RegistryPath, EmbeddedRegistry.DatabaseName));

    private KeyStore LedgerKeys { get; }

    private string LoginPath => System.IO.Path.Combine(Path, "server.json");

    private string FernetPath => System.IO.Path.Combine(Path, "fernet.key");

    /// <summary>The home that the environment names, whether it is there or not.</summary>
    /// <exception cref="ArgumentException">The environment names none.</exception>
    public static TectraHome Find()
    {
        var path = Environment.GetEnvironmentVariable(HomeVariable);
        if (!string.IsNullOrEmpty(path)) return new TectraHome(System.IO.Path.GetFullPath(path));
        var user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return user.Length > 0
            ? new TectraHome(System.IO.Path.Combine(user, ".tectra"))
            : throw new ArgumentException($"This account has no home folder. Set {HomeVariable} to a folder for keys and records.");
    }

    /// <summary>The home that the environment names; it is made, with private permissions, if it is missing.</summary>
    public static TectraHome Open() => OpenAt(Find().Path);

    /// <summary>A home in a given folder.</summary>
    public static TectraHome OpenAt(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        KeyStore.CreatePrivateDirectory(path);
        return new TectraHome(path);
    }

    /// <summary>Keeps other processes from making the same first keys at the same time.</summary>
    public ValueTask<FileLock> LockAsync(CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(System.IO.Path.Combine(Path, "home.lock"), TimeProvider.System, cancellationToken);

    /// <summary>The stored login at a server; null if there is none.</summary>
    /// <exception cref="ArgumentException">The file is damaged.</exception>
    public ServerLogin? FindLogin() => ServerLogin.Find(LoginPath);

    /// <summary>Stores a login in place of the one there is.</summary>
    public void SaveLogin(ServerLogin login) => AtomicFile.Write(LoginPath, login.ToJson(), ownerOnly: true);

    /// <summary>Forgets the login.</summary>
    public void DeleteLogin() => File.Delete(LoginPath);

    /// <summary>The Fernet key: from <c>TECTRA_FERNET_KEY</c>, else from the home's own file; null if there is neither.</summary>
    /// <exception cref="KeyAccessException">The text is malformed (<c>fernet_key_malformed</c>).</exception>
    public FernetKey? FindFernetKey()
    {
        if (HasFernetVariable) return FernetKey.Parse(Environment.GetEnvironmentVariable(FernetVariable));
        if (!File.Exists(FernetPath)) return null;
        var bytes = File.ReadAllBytes(FernetPath);
        var text = new char[Encoding.ASCII.GetMaxCharCount(bytes.Length)];
        try
        {
            return FernetKey.Parse(text.AsSpan(0, Encoding.ASCII.GetChars(bytes, text)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }
    }

    /// <summary>The Fernet key, which is made with the first key.</summary>
    /// <exception cref="KeyAccessException">The text is malformed, or the file is gone although keys need it.</exception>
    public FernetKey OpenFernetKey()
    {
        if (FindFernetKey() is { } found) return found;
        if (Keys.Any || LedgerKeys.Any)
        {
            throw new KeyAccessException(
                ErrorCodes.FernetKeyWrong, $"The keys in {Path} are encrypted, but {FernetPath} is gone. Put it back from its backup, or set {FernetVariable}.");
        }
        var created = FernetKey.Create();
        var exported = created.Export();
        try
        {
            AtomicFile.Write(FernetPath, exported, ownerOnly: true);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(exported);
        }
        return created;
    }

    /// <summary>The Fernet key for a new key, after it has opened one that is there: a home's keys all have the same one.</summary>
    /// <exception cref="KeyAccessException">It isn't the one that the keys here are encrypted with (<c>fernet_key_wrong</c>).</exception>
    public FernetKey OpenFernetKeyForNewKey()
    {
        var fernet = OpenFernetKey();
        try
        {
            LedgerKeys.List().Keys.Concat(Keys.List().Keys).FirstOrDefault()?.Unprotect(fernet).Dispose();
            return fernet;
        }
        catch (Exception e)
        {
            fernet.Dispose();
            if (e is not KeyAccessException { Code: ErrorCodes.FernetKeyWrong }) throw;
            throw new KeyAccessException(
                ErrorCodes.FernetKeyWrong, $"The keys in {Path} are encrypted with another Fernet key than the one given. Set {FernetVariable} to theirs, or {HomeVariable} to another folder.", e);
        }
    }

    /// <summary>Takes in a key that comes from elsewhere, after the Fernet key has opened it.</summary>
    /// <exception cref="KeyAccessException">There is no Fernet key, it is another one, or the name is taken or not valid.</exception>
    public void Import(StoredKey key)
    {
        // Never made here: a new Fernet key could not open what comes from elsewhere.
        using var given = FindFernetKey() ?? throw new KeyAccessException(
            ErrorCodes.FernetKeyWrong,
            $"The key is encrypted with the Fernet key of the machine it comes from. Set {FernetVariable} to that, or copy that machine's fernet.key into {Path}.");
        key.Unprotect(given).Dispose();
        using (OpenFernetKeyForNewKey()) Keys.Add(key);
    }

    /// <summary>Opens the registry to look something up in it, where there is one.</summary>
    /// <exception cref="RegistryException">Nothing was ever signed here (<c>record_unknown</c>).</exception>
    public ValueTask<OpenRegistry> OpenExistingRegistryAsync(CancellationToken cancellationToken) => HasRegistry
        ? OpenRegistryAsync(cancellationToken)
        : throw new RegistryException(ErrorCodes.RecordUnknown, $"There are no records in {Path} yet. Sign something first, or set {HomeVariable} to where it was signed.");

    /// <summary>
    /// Opens the embedded registry. Its ledger key is made on first use, and decrypted only when an entry is signed: looking
    /// things up needs no secret. The caller disposes of the result.
    /// </summary>
    public async ValueTask<OpenRegistry> OpenRegistryAsync(CancellationToken cancellationToken)
    {
        var signer = await OpenLedgerSignerAsync(cancellationToken).ConfigureAwait(false);
        KeyStore.CreatePrivateDirectory(RegistryPath);
        return new OpenRegistry(signer, EmbeddedRegistry.Open(RegistryPath, signer));
    }

    /// <summary>The ledger key of the registry on this machine. The caller disposes of it.</summary>
    public async ValueTask<StoredKeySigner> OpenLedgerSignerAsync(CancellationToken cancellationToken)
    {
        var stored = LedgerKeys.Find(LedgerKeyName);
        if (stored is null)
        {
            KeyStore.CreatePrivateDirectory(Path);
            using (await LockAsync(cancellationToken).ConfigureAwait(false))
            using (var fernet = OpenFernetKeyForNewKey())
                stored = LedgerKeys.Find(LedgerKeyName) ?? LedgerKeys.Create(LedgerKeyName, LedgerKeyName, null, null, fernet);
        }
        return new StoredKeySigner(stored, OpenFernetKey);
    }

    /// <summary>The key of that name; without a name the first one, which is made on first use.</summary>
    /// <exception cref="KeyAccessException">There is no such key (<c>signing_key_unknown</c>).</exception>
    public async ValueTask<StoredKey> OpenSigningKeyAsync(string? name, CancellationToken cancellationToken)
    {
        using (await LockAsync(cancellationToken).ConfigureAwait(false))
        {
            if (name is not null)
                return Keys.Find(name) ?? throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"There is no signing key '{name}' in {Path}. 'tectra keys list' shows those there are.");
            if (Keys.Find(KeyStore.DefaultName) is { } standard) return standard;
            if (Keys.List().Keys is [var only, ..]) return only;
            using var fernet = OpenFernetKeyForNewKey();
            return Keys.Create(KeyStore.DefaultName, Keys.NewUserId(), null, null, fernet);
        }
    }
}

/// <summary>An open registry and the ledger key it signs with.</summary>
internal sealed class OpenRegistry(StoredKeySigner ledgerSigner, EmbeddedRegistry registry) : IAsyncDisposable
{
    public EmbeddedRegistry Registry { get; } = registry;

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync().ConfigureAwait(false);
        ledgerSigner.Dispose();
    }
}
