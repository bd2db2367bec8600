using System.Globalization;
using Tectra.Registry.Anchoring.Evm;
using Tectra.Sdk.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class TransactionVectorTests
{
    [Test]
    public void There_are_as_many_vectors_as_were_made()
    {
        var creations = EvmVectors.Transactions.Count(vector => vector.Transaction.To is null);
        Assert.That((EvmVectors.Transactions.Count, creations), Is.EqualTo((35, 3)));
        Assert.That(EvmVectors.Transactions.Any(vector => vector.Scalars.StartsWith("00", StringComparison.Ordinal)), "an r of 31 bytes");
        Assert.That(EvmVectors.Transactions.Any(vector => vector.Scalars[64..].StartsWith("00", StringComparison.Ordinal)), "an s of 31 bytes");
    }

    [Test]
    public async Task Every_transaction_is_signed_as_ethers_signs_it()
    {
        foreach (var vector in EvmVectors.Transactions)
        {
            using var signer = new KeyTransactionSigner(EvmVectors.Key(vector.Key));
            var signed = await signer.SignAsync(vector.Transaction);
            Assert.Multiple(() =>
            {
                Assert.That(vector.Transaction.ToSigningHash().ToString(), Is.EqualTo(vector.SigningHash), vector.Name);
                Assert.That(Scalars(signed.Signature), Is.EqualTo(vector.Scalars), vector.Name);
                Assert.That(signed.Signature.YIsOdd, Is.EqualTo(vector.YIsOdd), vector.Name);
                Assert.That(signed.Hash.ToString(), Is.EqualTo(vector.Hash), vector.Name);
                Assert.That(signed.Sender.ToString(), Is.EqualTo(vector.From), vector.Name);
                if (vector.Raw is { } raw) Assert.That($"0x{Convert.ToHexStringLower(signed.Raw.Span)}", Is.EqualTo(raw), vector.Name);
            });
        }
    }

    [Test]
    public void Every_signed_transaction_of_ethers_is_read_back_with_its_sender()
    {
        foreach (var vector in EvmVectors.Transactions)
        {
            var raw = vector.Raw is { } text ? EvmVectors.Bytes(text) : vector.Transaction.Encode(new EvmSignature(Convert.FromHexString(vector.Scalars), vector.YIsOdd));
            var signed = SignedTransaction.Decode(raw);
            Assert.Multiple(() =>
            {
                Assert.That(signed.Transaction, Is.EqualTo(vector.Transaction), vector.Name);
                Assert.That(signed.Transaction.GetHashCode(), Is.EqualTo(vector.Transaction.GetHashCode()));
                Assert.That(signed.Sender.ToString(), Is.EqualTo(vector.From), vector.Name);
                Assert.That(signed.Hash.ToString(), Is.EqualTo(vector.Hash), vector.Name);
                Assert.That(signed.Raw.ToArray(), Is.EqualTo(raw), vector.Name);
            });
        }
    }

    [Test]
    public void Every_account_and_contract_has_the_address_that_ethers_gives_it()
    {
        int accounts = 0, contracts = 0;
        foreach (var account in EvmVectors.File.GetProperty("accounts").EnumerateArray())
        {
            var address = account.GetProperty("address").GetString()!;
            using var key = EvmVectors.Key(account.GetProperty("key").GetString()!);
            Assert.That(key.Address.ToString(), Is.EqualTo(address));
            Assert.That(EvmAddress.FromPublicKey(EvmVectors.Bytes(account.GetProperty("publicKey").GetString()!).AsSpan(1)).ToString(), Is.EqualTo(address));
            accounts++;
        }
        foreach (var contract in EvmVectors.File.GetProperty("contracts").EnumerateArray())
        {
            var sender = EvmAddress.Parse(contract.GetProperty("sender").GetString()!);
            var nonce = ulong.Parse(contract.GetProperty("nonce").GetString()!, CultureInfo.InvariantCulture);
            Assert.That(ContractAddress.Of(sender, nonce).ToString(), Is.EqualTo(contract.GetProperty("address").GetString()), $"{sender}, {nonce}");
            contracts++;
        }
        Report.Line($"evm: {EvmVectors.Transactions.Count} signed transactions, {accounts} accounts and {contracts} contract addresses of ethers agree");
        Assert.That((accounts, contracts), Is.EqualTo((8, 27)));
    }

    private static string Scalars(EvmSignature signature) => Convert.ToHexStringLower(signature.R) + Convert.ToHexStringLower(signature.S);
}
