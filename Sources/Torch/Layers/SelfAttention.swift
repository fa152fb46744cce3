/// Multi-head attention of sequences to themselves (Vaswani and others, 2017).
///
/// Queries, keys and values of all heads come from one product; heads are joined and projected.
package struct SelfAttention {
  /// From `d` to queries, keys and values, `3 d`.
  package let joined: Linear
  /// From the joined heads, `d`, to `d`.
  package let output: Linear
  /// The number of heads: equal parts of a vector, each with its own attention.
  package let heads: Int

  /// A layer over vectors of `dimension` numbers, claimed as `joined` and `output`.
  ///
  /// - Throws: `TorchError` when the stored parameters do not fit.
  package init(_ dimension: Int, heads: Int, in scope: Parameters.Scope) throws {
    guard heads > 0, dimension % heads == 0 else {
      fatalError("SelfAttention: \(heads) heads do not divide the dimension \(dimension)")
    }
    joined = try Linear(dimension, 3 * dimension, in: scope / "joined")
    output = try Linear(dimension, dimension, in: scope / "output")
    self.heads = heads
  }

  /// The output at each position, `[positions, d]` to `[positions, d]`.
  ///
  /// Sequence `i` holds the positions `offsets[i]..<offsets[i + 1]`; with `causal` a position sees
  /// itself and those before it.
  package func callAsFunction(_ x: Tensor, offsets: [Int], causal: Bool) -> Tensor {
    output(joined(x).attention(heads: heads, offsets: offsets, causal: causal))
  }
}
