namespace Tectra.Registry.Similarity;

/// <summary>The records that a query found.</summary>
/// <param name="Sequences">Their sequence numbers, ascending.</param>
/// <param name="IsCut">
/// True if there are more than the limit: those are left out that are farthest, and of equally far ones those that were added last.
/// </param>
internal sealed record SimilarityMatches(IReadOnlyList<long> Sequences, bool IsCut);
