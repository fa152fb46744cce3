import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Testing
import Torch

/// Scores `[rows, columns]` that require a gradient.
func scores(_ rows: Int, _ columns: Int, seed: UInt64 = 7, deviation: Double = 1) -> Tensor {
  let scores = Tensor.normal([rows, columns], deviation: deviation, seed: seed)
  scores.requiresGradient = true
  return scores
}

/// A correction of columns that stand once each, row i's positive being column `targets[i]`.
func correction(
  _ form: CorrectionSettings.Form, q: [Double], targets: [Int]
) -> Logits.Correction {
  let logCount = Float(log(Double(q.count - 1)))
  return Logits.Correction(
    form: form, columns: Tensor(q.map { Float(log($0)) }),
    rows: Tensor(targets.map { logCount - Float(log(1 - q[$0])) }),
    logCounts: Tensor(targets.map { _ in logCount }))
}

@Suite struct `losses` {
  let targets = [2, 0, 3]

  @Test func `the full softmax is its definition`() {
    let values = scores(3, 5)
    let rows = FullSoftmax(temperature: 0.5)(Logits(values: values, target: Tensor(targets)))
    let plain = values.matrix()
    for (row, target) in targets.enumerated() {
      let exponentials = plain[row].map { exp(Double($0) / 0.5) }
      let expected = -log(exponentials[target] / exponentials.reduce(0, +))
      #expect(abs(Double(rows.floats()[row]) - expected) < 1e-5)
    }
  }

  @Test func `the sampled softmax without correction over all columns is the full softmax`() {
    let logits = Logits(values: scores(3, 5), target: Tensor(targets))
    expectClose(
      SampledSoftmax(temperature: 0.3)(logits).floats(),
      FullSoftmax(temperature: 0.3)(logits).floats())
  }

  @Test func `BPR and binary cross entropy are their definitions`() {
    let logits = Logits(values: scores(3, 5), target: Tensor(targets))
    let plain = logits.values.matrix()
    func softplus(_ x: Double) -> Double { log(1 + exp(x)) }
    let (bpr, bce) = (
      BayesianPersonalisedRanking(temperature: 2)(logits).floats(),
      BinaryCrossEntropy(temperature: 2)(logits).floats()
    )
    for (row, target) in targets.enumerated() {
      let positive = Double(plain[row, target]) / 2
      let negatives = (0..<5).filter { $0 != target }.map { Double(plain[row, $0]) / 2 }
      let pairs = negatives.map { softplus($0 - positive) }.reduce(0, +) / 4
      let singles = softplus(-positive) + negatives.map { softplus($0) }.reduce(0, +) / 4
      #expect(abs(Double(bpr[row]) - pairs) < 1e-5)
      #expect(abs(Double(bce[row]) - singles) < 1e-5)
    }
  }

  @Test func `call sites read as sentences, and settings name the same losses`() {
    func value(_ loss: some Loss) -> Float {
      loss.mean(Logits(values: scores(3, 5), target: Tensor(targets))).item()
    }
    let columns = TrainingColumns(
      items: (0..<5).map(ItemIndex.init), targets: targets.map(Int64.init),
      negatives: .shared(counts: [1, 1, 1, 1, 1]))
    let identity = Tensor((0..<25).map { Float($0 % 6 == 0 ? 1 : 0) }, shape: [5, 5])
    for (kind, loss) in [
      (LossSettings.Kind.softmax, value(.fullSoftmax(temperature: 0.1))),
      (.softmax, value(.sampledSoftmax(temperature: 0.1))),
      (.bpr, value(.bpr(temperature: 0.1))), (.bce, value(.bce(temperature: 0.1))),
    ] {
      var settings = LossSettings()
      settings.kind = kind
      let logits = Logits(scores(3, 5), identity, columns, temperature: 0.1)
      expectClose(
        [settings.mean(ofDivided: logits, weights: nil, itemCount: 5).item()], [loss], kind.rawValue
      )
    }
  }

  @Test func `yi does not change when every probability is scaled; expected counts do`() {
    let q = [0.4, 0.1, 0.2, 0.05, 0.25]
    func loss(_ form: CorrectionSettings.Form, scale: Double) -> [Float] {
      SampledSoftmax()(
        Logits(
          values: scores(3, 5), target: Tensor(targets),
          correction: correction(form, q: q.map { $0 * scale }, targets: targets))
      ).floats()
    }
    expectClose(loss(.yi, scale: 1), loss(.yi, scale: 0.01))
    let (whole, tenth) = (loss(.expectedCount, scale: 1), loss(.expectedCount, scale: 0.1))
    #expect(zip(whole, tenth).allSatisfy { abs($0 - $1) > 0.1 })
  }

  @Test func `with uniform probabilities the corrected loss is the plain one`() {
    let uniform = [Double](repeating: 0.2, count: 5)
    let values = scores(3, 5)
    let plain = SampledSoftmax()(Logits(values: values, target: Tensor(targets))).floats()
    // Expected counts too: four draws out of the four other items expect each of them once.
    for form in [CorrectionSettings.Form.yi, .expectedCount] {
      let corrected = SampledSoftmax()(
        Logits(
          values: values, target: Tensor(targets),
          correction: correction(form, q: uniform, targets: targets)))
      expectClose(corrected.floats(), plain, form.rawValue)
    }
  }

  @Test func `a row with reward 0 has no gradient, and the others are divided by the whole batch`()
  {
    let values = scores(3, 5)
    let weights: [Float] = [1, 0, 2]
    SampledSoftmax().mean(
      Logits(values: values, target: Tensor(targets)), weights: Tensor(weights)
    ).backward()
    let gradient = values.gradient?.matrix()
    let softmax = values.softmax(1).matrix()
    for row in 0..<3 {
      for column in 0..<5 {
        let expected = weights[row] / 3 * (softmax[row, column] - (column == targets[row] ? 1 : 0))
        #expect(abs((gradient?[row, column] ?? .nan) - expected) < 1e-6)
      }
    }
  }

  @Test(arguments: CorrectionSettings.Form.allCases)
  func `masked columns get no gradient`(form: CorrectionSettings.Form) throws {
    let values = scores(2, 4)
    let mask = [false, true, false, false, false, false, false, true]
    SampledSoftmax().mean(
      Logits(
        values: values, target: Tensor([0, 2]), isMasked: Tensor(mask, shape: [2, 4]),
        correction: correction(form, q: [0.4, 0.1, 0.2, 0.3], targets: [0, 2]))
    ).backward()
    let gradient = try #require(values.gradient).floats()
    #expect(zip(gradient, mask).allSatisfy { ($0 == 0) == $1 })
  }

  @Test(arguments: CorrectionSettings.Form.allCases)
  func `a row without negatives has no loss and no gradient`(form: CorrectionSettings.Form) {
    let columns = TrainingColumns(
      items: [ItemIndex(3)], targets: [0, 0],
      negatives: .shared(counts: [2]), logQ: [0], form: form)
    let queries = scores(2, 4)
    let loss = SampledSoftmax().mean(
      Logits(queries, Tensor.normal([1, 4], seed: 3), columns))
    loss.backward()
    #expect(abs(loss.item()) < 1e-6)
    #expect(queries.gradient?.floats().allSatisfy { $0 == 0 } == true)
  }
}
