import CorralSampling

/// The item prior that joins the score when a model serves, as one extra coordinate.
///
/// A model that was trained without correction learns `s / temperature = log P(d|q) / P(d) + c(q)`.
/// Items get the coordinate `temperature log P(d)` and queries the coordinate 1, so that the inner
/// product ranks by `log P(d|q)` and every inner-product index still works.
package struct ServingPrior: Sendable, Equatable {
  /// The extra coordinate of each item, `[items]`.
  package let coordinates: [Float]

  /// A prior whose coordinates are already known.
  package init(coordinates: [Float]) { self.coordinates = coordinates }

  /// The prior of items that are training targets `counts[i]` times.
  ///
  /// An item that was never a target counts as half a one. The temperature is that of the loss over
  /// the learned scale, where there is one.
  package init(counts: [Int], temperature: Float) {
    let frequencies = ItemFrequencies(counts: counts, smoothing: 0.5)
    coordinates = frequencies.servingPrior.map { temperature * $0 }
  }
}
