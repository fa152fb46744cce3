public import CorralData
public import CorralVectors

/// Draws negative items, and says how probable each of them was.
///
/// A sampler is an immutable value: one that follows a changing model or stream is made anew.
/// Draws are independent and with replacement, so that a loss can correct for their probabilities;
/// a draw may hit a positive, which is the loss's to mask.
public protocol NegativeSampler: Sendable {
  /// Draws `count` negatives for each row of the context.
  func draw(
    _ count: Int, for context: SamplingContext, using rng: inout SeededGenerator
  ) -> Negatives

  /// The natural logarithm of the probability of each item in one draw, `-infinity` where it is
  /// never drawn.
  ///
  /// Items are laid out as draws are: as many for each row of the context, row after row. So with a
  /// context of one row an item, `[rows]` positives give their `[rows]` probabilities.
  func logProbabilities(of items: [ItemIndex], for context: SamplingContext) -> [Float]
}
