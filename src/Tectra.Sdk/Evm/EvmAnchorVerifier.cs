using System.Collections.Immutable;
using System.Globalization;
using Tectra.Sdk.Evidence;
using Tectra.Sdk.Verification;

namespace Tectra.Sdk.Evm;

/// <summary>
/// Asks nodes of chains what they say about the anchors of evidence bundles: no account, no key and no registry is needed. It reads; what
/// follows from that, the <see cref="Verifier"/> decides. Thread-safe and immutable.
/// </summary>
/// <remarks>
/// A node can lie. What it says is compared with the evidence, with what it says elsewhere, and with what the other nodes say, so that one
/// honest node among those that answer is enough to unmask the others. Nothing that a node answers makes a method throw.
/// </remarks>
public sealed class EvmAnchorVerifier : IDisposable
{
    private readonly ImmutableArray<EvmRpc> _nodes;
    private readonly int _requiredAgreement;
    private readonly TimeProvider _time;
    private readonly HttpClient? _owned;

    /// <summary>Creates a verifier with connections of its own; dispose of it to close them.</summary>
    /// <exception cref="ArgumentException">More nodes must agree than there are.</exception>
    public EvmAnchorVerifier(EvmRpcOptions options, TimeProvider? time = null)
        : this(options, time, new HttpClient(JsonRpcClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan }, isOwner: true)
    {
    }

    /// <summary>
    /// Creates a verifier that asks through a given <see cref="HttpClient"/>, which the caller disposes of. It should not follow redirects,
    /// and its own timeout counts beside the options'. A factory's loggers must be removed from it: they write whole addresses, with the keys
    /// in them.
    /// </summary>
    /// <exception cref="ArgumentException">More nodes must agree than there are.</exception>
    public EvmAnchorVerifier(EvmRpcOptions options, HttpClient http, TimeProvider? time = null)
        : this(options, time, http, isOwner: false)
    {
    }

    private EvmAnchorVerifier(EvmRpcOptions options, TimeProvider? time, HttpClient http, bool isOwner)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(http);
        _owned = isOwner ? http : null;
        _time = time ?? TimeProvider.System;
        _requiredAgreement = options.RequiredAgreement ?? options.Urls.Length;
        if (_requiredAgreement > options.Urls.Length) throw new ArgumentException($"{nameof(options.RequiredAgreement)} must not be more than there are nodes.", nameof(options));
        _nodes = [.. options.Urls.Select(url => new EvmRpc(new JsonRpcClient(http, url, _time, options.Timeout)))];
    }

    /// <summary>
    /// Reads what the chains say about the bundles' anchors. Each is read once, however many bundles share it. What can't be read becomes a
    /// reading with a <see cref="ChainReading.Problem"/>.
    /// </summary>
    /// <returns>One reading for every anchor in a chain; none for bundles with other anchors, or without.</returns>
    public async ValueTask<ImmutableArray<ChainReading>> ReadAsync(IEnumerable<EvidenceBundle> bundles, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bundles);
        ChainQuestion[] questions = [.. bundles.Select(bundle => bundle.Anchor).OfType<EvmAnchor>().Select(ChainQuestion.About).Distinct()];
        if (questions.Length == 0) return [];
        var answers = await Task.WhenAll(_nodes.Select(node => new NodeSession(node, cancellationToken).ReadAsync(questions))).ConfigureAwait(false);
        return [.. questions.Select((question, i) => Combine(question, [.. answers.Select(ofNode => ofNode[i])]))];
    }

    /// <summary>Verifies one file against one bundle and the chain that it is anchored in.</summary>
    /// <param name="observed">What was measured on the file.</param>
    /// <param name="bundle">The evidence.</param>
    /// <param name="policy">What is trusted.</param>
    /// <param name="cancellationToken">Ends the reading at once.</param>
    public async ValueTask<VerificationReport> VerifyAsync(
        ObservedContent observed, EvidenceBundle bundle, VerificationPolicy policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        var readings = await ReadAsync([bundle], cancellationToken).ConfigureAwait(false);
        return Verifier.Verify(observed, [bundle], EvidenceSource.Bundle, policy, _time.GetUtcNow(), readings, cancellationToken);
    }

    /// <summary>Closes the connections, if they are this verifier's own.</summary>
    public void Dispose() => _owned?.Dispose();

    /// <summary>The nodes' schemes and hosts; never a secret.</summary>
    public override string ToString() => string.Join(", ", _nodes);

    /// <summary>What the nodes say together: nobody is outvoted, so that they agree or the chain wasn't read.</summary>
    private ChainReading Combine(ChainQuestion question, NodeAnswer[] answers)
    {
        var given = answers.Where(answer => answer.Problem is null).ToList();
        var reading = new ChainReading
        {
            ChainId = question.ChainId,
            Contract = question.Contract,
            Root = question.Root,
            Transaction = question.Transaction,
            Witness = string.Join(" and ", (given.Count > 0 ? given : [.. answers]).Select(answer => answer.Origin)),
        };
        if (given.Count > 1 && given.Skip(1).Any(answer => !answer.AgreesWith(given[0])))
            return reading with { Problem = new MeasurementProblem(ErrorCodes.RpcDisagree, $"The nodes contradict each other: {string.Join("; ", given.Select(answer => answer.Describe()))}.") };
        if (given.Count < _requiredAgreement)
        {
            var problems = answers.Where(answer => answer.Problem is not null).Select(answer => answer.Problem!).ToList();
            var reasons = string.Join(" ", problems.Select(problem => problem.Reason));
            return reading with
            {
                Problem = new MeasurementProblem(problems[0].Code, given.Count == 0
                    ? reasons
                    : string.Create(CultureInfo.InvariantCulture, $"{_requiredAgreement} nodes must agree, and {given.Count} answered. {reasons}")),
            };
        }
        return reading with
        {
            CodeHash = given[0].CodeHash,
            Batch = given[0].Batch,
            IsTransactionConfirmed = given.Select(answer => answer.IsTransactionConfirmed).FirstOrDefault(confirmed => confirmed is not null),
            HeadBlockNumber = given.Min(answer => answer.HeadBlockNumber),
        };
    }
}
