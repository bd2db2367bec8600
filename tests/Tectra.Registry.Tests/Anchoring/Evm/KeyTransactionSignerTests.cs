using Tectra.Registry.Anchoring.Evm;

namespace Tectra.Registry.Tests.Anchoring.Evm;

public sealed class KeyTransactionSignerTests
{
    private KeyTransactionSigner _signer = null!;

    [SetUp]
    public void CreateSigner() => _signer = new KeyTransactionSigner(EvmVectors.Key(EvmVectors.Transactions[0].Key));

    [TearDown]
    public void ForgetKey() => _signer.Dispose();

    [Test]
    public async Task Many_threads_sign_with_one_key()
    {
        var vectors = EvmVectors.Transactions.Where(vector => vector.Key == EvmVectors.Transactions[0].Key).ToList();
        Assert.That(vectors, Has.Count.GreaterThan(4));
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var hashes = new List<string>();
            for (var i = 0; i < 200; i++) hashes.Add((await _signer.SignAsync(vectors[i % vectors.Count].Transaction)).Hash.ToString());
            return hashes;
        })));
        Assert.That(all, Is.All.EqualTo(Enumerable.Range(0, 200).Select(i => vectors[i % vectors.Count].Hash)));
    }

    [Test]
    public async Task Disposing_while_others_sign_ends_their_signing_and_nothing_else()
    {
        using var started = new CountdownEvent(4);
        var signers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var first = true;
            try
            {
                while (true)
                {
                    var signed = await _signer.SignAsync(EvmVectors.Call);
                    if (signed.Hash.ToString() != EvmVectors.Transactions[0].Hash) return "a wrong signature";
                    if (first) started.Signal();
                    first = false;
                }
            }
            catch (ObjectDisposedException)
            {
                return "disposed";
            }
        })).ToList();
        Assert.That(started.Wait(TimeSpan.FromMinutes(1)), "every thread signed once");
        _signer.Dispose();
        Assert.That(await Task.WhenAll(signers), Is.All.EqualTo("disposed"));
    }

    [Test]
    public void A_disposed_signer_signs_nothing()
    {
        _signer.Dispose();
        Assert.That(async () => await _signer.SignAsync(EvmVectors.Call), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void A_cancelled_call_signs_nothing() => Assert.That(
        async () => await _signer.SignAsync(EvmVectors.Call, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void What_no_node_would_take_is_not_signed()
    {
        AssertRefused(EvmVectors.Call with { ChainId = 0 });
        AssertRefused(EvmVectors.Call with { Nonce = ulong.MaxValue });
        AssertRefused(EvmVectors.Call with { MaxPriorityFeePerGas = EvmVectors.Call.MaxFeePerGas + 1 });
        AssertRefused(EvmVectors.Call with { Data = new byte[EvmTransaction.MaxEncodedBytes] });
        AssertRefused(EvmVectors.Call with { Data = new byte[EvmTransaction.MaxEncodedBytes + 1] });
        Assert.That(async () => await _signer.SignAsync(null!), Throws.ArgumentNullException);

        void AssertRefused(EvmTransaction transaction) => Assert.That(async () => await _signer.SignAsync(transaction), Throws.ArgumentException);
    }

    [Test]
    public async Task The_longest_transaction_has_as_many_bytes_as_nodes_take()
    {
        var longest = 0;
        for (var length = EvmTransaction.MaxEncodedBytes - 200; length <= EvmTransaction.MaxEncodedBytes; length++)
        {
            if ((EvmVectors.Call with { Data = new byte[length] }).Problem is null) longest = length;
        }
        var signed = await _signer.SignAsync(EvmVectors.Call with { Data = new byte[longest] });
        Assert.That(signed.Raw.Length, Is.InRange(EvmTransaction.MaxEncodedBytes - 3, EvmTransaction.MaxEncodedBytes), "r and s may be a little shorter");
        Assert.That(SignedTransaction.Decode(signed.Raw.Span).Transaction, Is.EqualTo(signed.Transaction));
    }
}
