import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

/// The gradient that a sampled softmax gives the positive logit, against the full softmax's
/// `1 - P_p`: 1,000 items, Zipf proposals, 64 negatives.
struct `the corrected gradient of the positive` {
  static let zipf: [Double] = {
    let weights = (1...1000).map { 1 / Double($0) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }()

  /// The expected gradient over the true one, by simulation.
  static func ratio(
    _ form: CorrectionSettings.Form, positive: Int, probability: Double
  ) -> Double {
    // Logits whose softmax gives the positive its probability and the rest theirs by sqrt(q).
    var weights = zipf.map { $0.squareRoot() }
    weights[positive] = 0
    let rest = weights.reduce(0, +) / (1 - probability)
    var logits = weights.map { log($0 / rest) }
    logits[positive] = log(probability)
    let table = AliasTable(weights: zipf)
    var rng = SeededGenerator(seed: 1)
    let trials = 4000
    var total = 0.0
    for _ in 0..<trials {
      let items = [ItemIndex(positive)] + (0..<64).map { _ in ItemIndex(table.draw(using: &rng)) }
      let correction = ColumnCorrection(
        form: form, items: items, rows: 1, probabilities: items.map { zipf[$0.position] })
      let own = logits[positive] - (form == .yi ? Double(correction.columns[0]) : 0)
      let others = (1...64).filter { items[$0] != items[0] }
        .reduce(0.0) { sum, column in
          let item = items[column].position
          return sum
            + exp(logits[item] - Double(correction.columns[column] + correction.rows[0]))
        }
      // 1 - P_p of the sampled softmax; the positive-uncorrected form scales by the same.
      total += others / (others + exp(own))
    }
    return total / Double(trials) / (1 - probability)
  }

  @Test(arguments: [CorrectionSettings.Form.expectedCount, .positiveUncorrected], [0.1, 0.5])
  func `is right without the positive's correction`(
    form: CorrectionSettings.Form, probability: Double
  ) {
    for positive in [0, 950] {
      let ratio = Self.ratio(form, positive: positive, probability: probability)
      #expect(abs(ratio - 1) < 0.08)
    }
  }

  @Test func `vanishes for rare positives in the yi form, as published`() {
    #expect(Self.ratio(.yi, positive: 950, probability: 0.1) < 0.15)
    #expect(Self.ratio(.yi, positive: 950, probability: 0.5) < 0.05)
    #expect(Self.ratio(.yi, positive: 0, probability: 0.5) > 1.5)
  }
}
