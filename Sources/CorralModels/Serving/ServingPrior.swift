import CorralSampling

/// The item prior that a model adds to its scores when it serves, as one extra coordinate.
///
/// A model trained without correction learns `s / temperature = log P(d|q) / P(d) + c(q)`.
/// Items get the coordinate `temperature log P(d)` and queries the coordinate 1, so that the inner
/// product ranks by `log P(d|q)` and every inner-product index still works.
package struct ServingPrior: Sendable, Equatable {
  /// The extra coordinate of each item, `[items]`.
  package let coordinates: [Float]

  /// A prior with given coordinates.
  package init(coordinates: [Float]) { self.coordinates = coordinates }

  /// The prior of items that are training targets `counts[i]` times.
  ///
  /// An item that was never a target counts as half a target. The temperature is that of the loss,
  /// divided by the learned scale if there is one.
  package init(counts: [Int], temperature: Float) {
    let frequencies = ItemFrequencies(counts: counts, smoothing: 0.5)
    coordinates = frequencies.servingPrior.map { temperature * $0 }
  }
}
