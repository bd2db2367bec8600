namespace Tectra.Registry.Similarity;

/// <summary>The records that a query found.</summary>
/// <param name="Sequences">Their sequence numbers, ascending.</param>
/// <param name="IsCut">
/// True if there are more than the limit: those are left out that are farthest, and among equally far ones the highest numbers.
/// </param>
internal sealed record SimilarityMatches(IReadOnlyList<long> Sequences, bool IsCut);
