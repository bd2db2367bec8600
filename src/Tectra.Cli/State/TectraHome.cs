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
    public const string FernetVariable = "TECTRA_FERNET_KEY", HomeVariable = "TECTRA_HOME";

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

    private KeyStore LedgerKeys { get; }

    private string FernetPath => System.IO.Path.Combine(Path, "fernet.key");

    /// <summary>The home that the environment names; it is made, with private permissions, if it is missing.</summary>
    public static TectraHome Open()
    {
        var path = Environment.GetEnvironmentVariable(HomeVariable);
        if (string.IsNullOrEmpty(path)) path = System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".tectra");
        return OpenAt(path);
    }

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

    /// <summary>
    /// The Fernet key: from <c>TECTRA_FERNET_KEY</c>, else from the home's own file, which is made with the first key.
    /// </summary>
    /// <exception cref="KeyAccessException">The text is malformed, or the file is gone although keys need it.</exception>
    public FernetKey OpenFernetKey()
    {
        var variable = Environment.GetEnvironmentVariable(FernetVariable);
        if (!string.IsNullOrWhiteSpace(variable)) return FernetKey.Parse(variable);
        if (File.Exists(FernetPath))
        {
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
        if (Keys.List().Count > 0 || LedgerKeys.List().Count > 0)
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

    /// <summary>Opens the embedded registry with its ledger key, which is made on first use. The caller disposes of both.</summary>
    public async ValueTask<OpenRegistry> OpenRegistryAsync(CancellationToken cancellationToken)
    {
        SigningKey key;
        using (await LockAsync(cancellationToken).ConfigureAwait(false))
        using (var fernet = OpenFernetKey())
        {
            var stored = LedgerKeys.Find(LedgerKeyName) ?? LedgerKeys.Create(LedgerKeyName, LedgerKeyName, null, null, fernet);
            key = stored.Unprotect(fernet);
        }
        var folder = System.IO.Path.Combine(Path, "registry");
        KeyStore.CreatePrivateDirectory(folder);
        return new OpenRegistry(key, EmbeddedRegistry.Open(folder, key));
    }

    /// <summary>The key of that name; without a name the first one, which is made on first use.</summary>
    /// <exception cref="KeyAccessException">There is no such key (<c>signing_key_unknown</c>).</exception>
    public async ValueTask<StoredKey> OpenSigningKeyAsync(string? name, CancellationToken cancellationToken)
    {
        using (await LockAsync(cancellationToken).ConfigureAwait(false))
        {
            if (name is not null)
                return Keys.Find(name) ?? throw new KeyAccessException(ErrorCodes.SigningKeyUnknown, $"There is no signing key '{name}'. 'tectra keys list' shows those there are.");
            if (Keys.Find(KeyStore.DefaultName) is { } standard) return standard;
            if (Keys.List() is [var only, ..]) return only;
            using var fernet = OpenFernetKey();
            return Keys.Create(KeyStore.DefaultName, Keys.NewUserId(), null, null, fernet);
        }
    }
}

/// <summary>An open registry and the ledger key it signs with.</summary>
internal sealed class OpenRegistry(SigningKey ledgerKey, EmbeddedRegistry registry) : IAsyncDisposable
{
    public EmbeddedRegistry Registry { get; } = registry;

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync().ConfigureAwait(false);
        ledgerKey.Dispose();
    }
}
