using Tectra.Sdk.Evm;
using Tectra.Sdk.Keys;

namespace Tectra.Registry.Anchoring.Evm;

/// <summary>The account that pays for registrations, and where its signatures come from. Immutable; it may hold a secret and never shows it.</summary>
public sealed class EvmAccount
{
    private readonly string? _keyFile;
    private readonly string? _key;
    private readonly Uri? _signerUrl;
    private readonly EvmAddress _address;

    private EvmAccount(string? keyFile, string? key, Uri? signerUrl, EvmAddress address)
    {
        _keyFile = keyFile;
        _key = key;
        _signerUrl = signerUrl;
        _address = address;
    }

    /// <summary>An account whose private key is in a file: 64 hexadecimal digits, or a Fernet token around the 32 bytes. Closed to others than its owner.</summary>
    public static EvmAccount FromKeyFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new EvmAccount(path, null, null, default);
    }

    /// <summary>An account whose private key is given, in the form of a key file. A string can't be zeroed: a file is the better place.</summary>
    public static EvmAccount FromKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return new EvmAccount(null, key, null, default);
    }

    /// <summary>An account for which a node or an external signer signs (<c>eth_signTransaction</c>).</summary>
    /// <exception cref="ArgumentException">The address can't be a JSON-RPC's.</exception>
    public static EvmAccount FromSigner(Uri url, EvmAddress address)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (JsonRpcClient.Problem(url) is { } problem) throw new ArgumentException(problem, nameof(url));
        return new EvmAccount(null, null, url, address);
    }

    /// <summary>What it is; never the key.</summary>
    public override string ToString() => _keyFile is not null ? "an account with a key file" : _key is not null ? "an account with a key" : $"account {_address} of a signer";

    /// <summary>Opens the account. The caller disposes of the signer.</summary>
    /// <param name="fernetKey">Opens keys that are Fernet tokens; null refuses these.</param>
    /// <param name="http">Asks an external signer.</param>
    /// <param name="time">The clock of its timeouts.</param>
    /// <exception cref="Sdk.KeyAccessException">The key can't be read.</exception>
    internal ITransactionSigner Open(FernetKey? fernetKey, HttpClient http, TimeProvider time)
    {
        if (_signerUrl is not null) return new RpcTransactionSigner(new JsonRpcClient(http, _signerUrl, time), _address);
        return new KeyTransactionSigner(_keyFile is not null ? EvmPrivateKey.Load(_keyFile, fernetKey) : EvmPrivateKey.Parse(_key, fernetKey));
    }
}
