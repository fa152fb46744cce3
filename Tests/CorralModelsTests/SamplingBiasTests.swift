import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Testing
import Torch

/// What corrections do to expected gradients and to optima.
@Suite struct `sampling bias` {
  /// Expected gradient of the positive's logit over the true one, `-(1 - P)`, with 64 negatives
  /// drawn in proportion to a Zipf law over 1000 items.
  private func ratio(
    _ form: CorrectionSettings.Form?, positive: Int, share: Double, trials: Int = 4000
  ) -> Double {
    let weights = (1...1000).map { 1 / Double($0) }
    let total = weights.reduce(0, +)
    let q = weights.map { $0 / total }
    // Other items have normal scores; the positive's makes its softmax probability the share.
    var generator = SeededGenerator(seed: 12)
    var f = (0..<1000).map { _ in generator.normal() }
    let others = f.indices.filter { $0 != positive }.reduce(0) { $0 + exp(f[$1]) }
    f[positive] = log(share / (1 - share) * others)
    let table = AliasTable(weights: q)
    let n = 64
    var (values, logQ, hits, counts) = ([Float](), [Float](), [Bool](), [Double]())
    for _ in 0..<trials {
      let items = [positive] + (0..<n).map { _ in table.draw(using: &generator) }
      values += items.map { Float(f[$0]) }
      logQ += items.map { Float(log(q[$0])) }
      let isHit = items.enumerated().map { $0.offset > 0 && $0.element == positive }
      hits += isHit
      counts.append(Double(n - isHit.count { $0 }))
    }
    let shape = [trials, n + 1]
    let logits = Tensor(values, shape: shape)
    logits.requiresGradient = true
    let logCounts = counts.map { log($0) }
    SampledSoftmax()(
      Logits(
        values: logits, target: Tensor([Int](repeating: 0, count: trials)),
        isMasked: Tensor(hits, shape: shape),
        correction: form.map {
          Logits.Correction(
            form: $0, columns: Tensor(logQ, shape: shape),
            rows: Tensor(logCounts.map { Float($0 - log(1 - q[positive])) }),
            logCounts: Tensor(logCounts.map { Float($0) }))
        })
    ).sum().backward()
    let gradient = logits.gradient?.select(1, 0).mean().item() ?? .nan
    return -Double(gradient) / (1 - share)
  }

  // Rare is item 963 (q = 1.4e-4), popular item 1 (q = .134); the numbers of a simulation in numpy.
  // What plain gives depends on the other scores too: it is far from 1.
  @Test(arguments: [
    (Case.plain, 962, 0.1, 0.2...0.5), (.plain, 962, 0.5, 0.04...0.14),
    (.plain, 0, 0.1, 0.2...0.5), (.plain, 0, 0.5, 0.04...0.14),
    (.yi, 962, 0.1, 0.06...0.11), (.yi, 962, 0.5, 0.01...0.03),
    (.yi, 0, 0.1, 1.04...1.14), (.yi, 0, 0.5, 1.64...1.84),
    (.expectedCount, 962, 0.1, 0.93...1.01), (.expectedCount, 962, 0.5, 0.88...0.98),
    (.expectedCount, 0, 0.1, 0.93...1.01), (.expectedCount, 0, 0.5, 0.88...0.98),
    (.positiveUncorrected, 962, 0.1, 0.93...1.01),
    (.positiveUncorrected, 962, 0.5, 0.88...0.98),
    (.positiveUncorrected, 0, 0.1, 0.93...1.01), (.positiveUncorrected, 0, 0.5, 0.88...0.98),
  ]) func `the expected gradient over the full softmax's`(
    form: Case, positive: Int, share: Double, expected: ClosedRange<Double>
  ) {
    let ratio = ratio(form.form, positive: positive, share: share)
    #expect(expected.contains(ratio), "\(ratio)")
  }

  enum Case: String {
    case plain, yi, expectedCount, positiveUncorrected

    var form: CorrectionSettings.Form? {
      switch self {
      case .plain: nil
      case .yi: .yi
      case .expectedCount: .expectedCount
      case .positiveUncorrected: .positiveUncorrected
      }
    }
  }

  /// The optimum of a table of scores `[queries, items]` under in-batch softmax with batches so
  /// large that their columns are the catalogue, each with its probability.
  private func optimum(corrected: Bool) -> (scores: Matrix, joint: Matrix) {
    var generator = SeededGenerator(seed: 3)
    let (queries, items) = (4, 6)
    let raw = (0..<queries * items).map { _ in exp(generator.normal()) }
    let joint = raw.map { $0 / raw.reduce(0, +) }
    let marginal = (0..<items).map { item in
      (0..<queries).reduce(0) { $0 + joint[$1 * items + item] }
    }
    let table = Tensor.zeros([queries, items])
    table.requiresGradient = true
    let logP = Tensor(marginal.map { Float(log($0)) })
    let rows = Tensor((0..<queries).flatMap { [Int](repeating: $0, count: items) })
    let targets = Tensor((0..<queries).flatMap { _ in 0..<items })
    let weights = Tensor(joint.map { Float($0) })
    for _ in 0..<4000 {
      // A batch has each item as often as P says: log P is added for the count of the columns, the
      // positive's too, as it is one of them.
      let zeros = Tensor.zeros([queries * items])
      let logits = Logits(
        values: table.indexSelect(0, rows) + logP, target: targets,
        correction: corrected
          ? Logits.Correction(form: .yi, columns: logP, rows: zeros, logCounts: zeros) : nil)
      let loss = (SampledSoftmax()(logits) * weights).sum()
      loss.backward()
      let step = table.gradient.map { table.detach() - $0 * 8 } ?? table
      table.write(step.floats())
      table.clearGradient()
    }
    return (
      table.matrix(), Matrix(rows: queries, columns: items, values: joint.map { Float($0) })
    )
  }

  @Test(arguments: [false, true])
  func `plain scores become PMI, corrected ones log P(item | query)`(corrected: Bool) {
    let (scores, joint) = optimum(corrected: corrected)
    for query in 0..<4 {
      let gaps = (0..<6).map { item in
        let marginal = (0..<4).reduce(Float(0)) { $0 + joint[$1, item] }
        let target = log(joint[query, item]) - (corrected ? 0 : log(marginal))
        return scores[query, item] - target
      }
      let spread = (gaps.max() ?? .nan) - (gaps.min() ?? .nan)
      #expect(spread < 1e-3, "up to a constant of the query: \(spread)")
    }
  }
}
