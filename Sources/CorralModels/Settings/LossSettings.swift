import CorralData
package import Torch

/// What training minimises: the `loss` block of a settings file.
public struct LossSettings: Sendable, Codable, Equatable {
  /// The loss.
  public var kind = Kind.softmax
  /// The divisor of all scores, applied before anything else.
  public var temperature: Float = 0.1
  /// For `gbce`, t: how much of the overconfidence due to few negatives is undone, from 0 to 1.
  public var calibration: Float = 0.75

  /// The defaults: softmax at temperature 0.1.
  public init() {}

  /// The losses.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Cross-entropy over the positive and its negatives.
    case softmax
    /// Bayesian personalised ranking: the positive should score above each negative.
    case bpr
    /// Binary cross-entropy: the positive is 1, each negative 0.
    case bce
    /// Binary cross-entropy that counts the positive less if few of the items are negatives.
    case gbce

    /// Whether the correction of sampling plays a part.
    package var isCorrected: Bool { self == .softmax }
  }

  /// Throws `SettingError` for a temperature that scores cannot be divided by, and for a
  /// calibration that is not a share.
  package func validate() throws {
    // Scores divided by less than this are not finite before they learn anything.
    try SettingError.check(
      temperature >= 1e-6 && temperature.isFinite, "temperature", temperature,
      "give a number above 0, 0.000001 or more, such as 0.05 to 0.1 for cosine and 1 for dot")
    try SettingError.check(
      (0...1).contains(calibration), "calibration", calibration,
      "give a share from 0 to 1, such as 0.75")
  }

  /// The mean loss of a batch, `(1 / batch) sum_i r_i loss_i`, for a catalogue of `itemCount`
  /// items.
  ///
  /// The logits are already divided by the temperature.
  package func mean(ofDivided logits: Logits, weights: Tensor?, itemCount: Int) -> Tensor {
    switch kind {
    case .softmax: SampledSoftmax().mean(logits, weights: weights)
    case .bpr: BayesianPersonalisedRanking().mean(logits, weights: weights)
    case .bce: BinaryCrossEntropy().mean(logits, weights: weights)
    case .gbce:
      GeneralisedBinaryCrossEntropy(itemCount: itemCount, calibration: calibration)
        .mean(logits, weights: weights)
    }
  }
  /// The mean loss of a batch whose targets have their columns in blocks, `(1 / batch) sum_i r_i loss_i`.
  ///
  /// The logits of each block are already divided by the temperature; `weights` are those of the whole
  /// batch, `[batch]`.
  package func mean(
    ofDivided logits: [Logits], in columns: ColumnBlocks, weights: [Float], itemCount: Int
  ) -> Tensor {
    let means = zip(logits, columns.blocks).map { logits, block in
      let ofRows = Tensor(block.rows.map { weights[$0] }, device: logits.target.device)
      let mean = mean(ofDivided: logits, weights: ofRows, itemCount: itemCount)
      return logits.target.count == weights.count
        ? mean : mean * (Float(block.rows.count) / Float(weights.count))
    }
    guard let first = means.first else { return Tensor(0) }
    return means.dropFirst().reduce(first) { $0 + $1 }
  }
}
