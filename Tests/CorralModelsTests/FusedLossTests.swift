import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Testing
import Torch

/// A batch of inner products over 11 items, drawn as `kind` says, with a correction of a form.
private struct Case {
  let queries = Tensor.normal([23, 5], seed: 3)
  let items: Tensor
  let columns: TrainingColumns
  let weights = Tensor((0..<23).map { Float($0 % 4) })

  init(_ kind: NegativeSource, _ form: CorrectionSettings.Form?) throws {
    var settings = NegativeSettings()
    settings.kind = kind
    settings.count = kind == .uniform ? 6 : 0
    var correction = CorrectionSettings()
    correction.estimate = form == nil ? .none : .static
    correction.form = form ?? .yi
    let counts = (0..<11).map { 1 + $0 * $0 }
    let negatives = try TrainingNegatives(settings, counts: counts)
    var probabilities = ColumnProbabilities(correction, counts: counts)
    var generator = SeededGenerator(seed: 5)
    let targets = (0..<23).map { ItemIndex($0 * 7 % 11) }
    columns = negatives.columns(targets: targets, &probabilities, using: &generator)
    items = Tensor.normal([columns.items.count, 5], seed: 4)
    queries.requiresGradient = true
    items.requiresGradient = true
  }

  /// The loss and the gradients of both factors.
  func measured(_ loss: some Loss, fused: Bool) throws -> [[Float]] {
    queries.clearGradient()
    items.clearGradient()
    let lazy = Logits(queries, items, columns, temperature: 0.5)
    let logits =
      fused
      ? lazy
      : Logits(
        values: lazy.values, target: lazy.target, logCounts: lazy.logCounts,
        correction: lazy.correction)
    let value = loss.mean(logits, weights: weights)
    value.backward()
    return [
      [value.item()], try #require(queries.gradient).floats(),
      try #require(items.gradient).floats(),
    ]
  }
}

@Suite struct `the fused softmax loss` {
  @Test(
    arguments: [NegativeSource.all, .inBatch, .uniform],
    [nil, CorrectionSettings.Form.yi, .expectedCount, .positiveUncorrected])
  func `is the loss over all products, in value and gradients`(
    kind: NegativeSource, form: CorrectionSettings.Form?
  ) throws {
    let batch = try Case(kind, form)
    let fused = try batch.measured(SampledSoftmax(), fused: true)
    let plain = try batch.measured(SampledSoftmax(), fused: false)
    for (fused, plain) in zip(fused, plain) { expectClose(fused, plain, tolerance: 1e-5) }
  }

  @Test func `is the full softmax over the catalogue`() throws {
    let batch = try Case(.all, nil)
    let fused = try batch.measured(FullSoftmax(temperature: 2), fused: true)
    let plain = try batch.measured(FullSoftmax(temperature: 2), fused: false)
    for (fused, plain) in zip(fused, plain) { expectClose(fused, plain, tolerance: 1e-5) }
  }
}

@Suite struct `negatives of each target's own` {
  @Test(arguments: LossSettings.Kind.allCases)
  func `are the same loss over the same columns, without a copy of their vectors`(
    kind: LossSettings.Kind
  ) {
    let queries = Tensor.normal([3, 4], seed: 1)
    let items = Tensor.normal([5, 4], seed: 2)
    let columns = TrainingColumns(
      items: (0..<5).map { ItemIndex($0) }, targets: [0, 3, 2],
      negatives: .own(columns: [1, 2, 4, 3, 0, 1]))
    var settings = LossSettings()
    settings.kind = kind
    func measured(_ crossing: ((Tensor, Tensor) -> Tensor)?) -> Float {
      settings.mean(
        ofDivided: Logits(queries, items, columns, temperature: 0.5, crossing: crossing),
        weights: Tensor([1, 2, 0.5] as [Float]), itemCount: 5
      ).item()
    }
    let plain = measured { queries, items in
      items.matmul(queries.unsqueeze(2)).squeeze(2)
    }
    expectClose([measured(nil)], [plain])
  }

  @Test(arguments: [LossSettings.Kind.bpr, .bce], [1, 4])
  func `are one pass with the value and the gradients of autograd's`(
    kind: LossSettings.Kind, count: Int
  ) throws {
    // 7 items: users and negatives meet often, and some negatives are their row's positive.
    let queries = Tensor.normal([19, 21], seed: 1)
    let items = Tensor.normal([7, 21], seed: 2)
    let columns = TrainingColumns(
      items: (0..<7).map { ItemIndex($0) }, targets: (0..<19).map { Int64($0 * 3 % 7) },
      negatives: .own(columns: (0..<19 * count).map { Int64($0 * $0 % 7) }))
    let weights = Tensor((0..<19).map { Float($0 % 4) })
    (queries.requiresGradient, items.requiresGradient) = (true, true)
    var settings = LossSettings()
    settings.kind = kind
    func measured(fused: Bool) throws -> [[Float]] {
      queries.clearGradient()
      items.clearGradient()
      let lazy = Logits(queries, items, columns, temperature: 0.5)
      let logits =
        fused
        ? lazy : Logits(values: lazy.values, target: lazy.target, isMasked: lazy.isMasked)
      let loss = settings.mean(ofDivided: logits, weights: weights, itemCount: 7)
      // The gradient of what follows a loss reaches through it.
      (loss * 3).backward()
      return [
        [loss.item()], try #require(queries.gradient).floats(),
        try #require(items.gradient).floats(),
      ]
    }
    for (fused, plain) in zip(try measured(fused: true), try measured(fused: false)) {
      expectClose(fused, plain, tolerance: 1e-6)
    }
  }

  @Test func `gBCE is its definition`() {
    // Two negatives of four others; the second row's second one is its positive, which is none.
    let values = Tensor([0.3, -1, 2, 1.5, 0.2, 0.7] as [Float], shape: [2, 3])
    let logits = Logits(
      values: values, target: Tensor([0, 0]),
      isMasked: Tensor([true, false, false, true, false, true], shape: [2, 3]))
    func softplus(_ x: Double) -> Double { log(1 + exp(x)) }
    func beta(_ n: Double) -> Double { n / 4 * (0.6 * (1 - 4 / n) + 4 / n) }
    let rows = GeneralisedBinaryCrossEntropy(itemCount: 5, calibration: 0.6)(logits).floats()
    let first = (beta(2) * softplus(-0.3) + softplus(-1) + softplus(2)) / 3
    let second = (beta(1) * softplus(-1.5) + softplus(0.2)) / 2
    expectClose(rows, [Float(first), Float(second)])
  }

  @Test func `a calibration that is no share is refused`() {
    var settings = LossSettings()
    settings.calibration = 1.5
    #expect { try settings.validate() } throws: {
      "\($0)" == "setting 'calibration' is 1.5: give a share from 0 to 1, such as 0.75"
    }
  }
}
