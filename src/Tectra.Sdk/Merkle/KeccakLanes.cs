namespace Tectra.Sdk.Merkle;

/// <summary>
/// What the permutation does with one 64-bit word of one, two, four or eight states side by side. A lane of a vector is one
/// message here; what Keccak's authors call a lane is a word. The permutation is written once over this type: all widths do
/// the same operations in the same order, and the width of one is the reference for the others.
/// </summary>
/// <typeparam name="TWord">The same word of all states, in the order of the messages.</typeparam>
internal interface IKeccakLanes<TWord>
    where TWord : unmanaged
{
    /// <summary>How many states there are.</summary>
    static abstract int Count { get; }

    /// <summary>One word for every state.</summary>
    static abstract TWord Create(ulong word);

    static abstract TWord RotateLeft(TWord word, byte bits);

    static abstract TWord Xor(TWord a, TWord b);

    static abstract TWord Xor(TWord a, TWord b, TWord c);

    /// <summary><c>word ⊕ left ⊕ right</c>; <c>both = left ⊕ right</c> saves a step where operations take two operands.</summary>
    static abstract TWord Theta(TWord word, TWord left, TWord right, TWord both);

    /// <summary><c>a ⊕ (¬b ∧ c)</c>.</summary>
    static abstract TWord Chi(TWord a, TWord b, TWord c);
}
