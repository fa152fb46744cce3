import CorralData
import CorralModels
import CorralSampling
import CorralVectors
import Foundation
import Testing
import Torch

@Suite struct `columns of different items` {
  /// Skewed targets out of 12 items: many accidental hits.
  let targets: [ItemIndex] = {
    var generator = SeededGenerator(seed: 5)
    return (0..<40).map { _ in ItemIndex(min(generator.next(below: 12), generator.next(below: 12)))
    }
  }()
  let counts = (0..<12).map { 30 - 2 * $0 }

  @Test func `different items, their counts and where each went`() {
    let distinct = DistinctItems(targets)
    #expect(Set(distinct.items).count == distinct.items.count)
    #expect(distinct.positions.map { distinct.items[Int($0)] } == targets)
    for (item, count) in zip(distinct.items, distinct.counts) {
      #expect(count == targets.count { $0 == item })
    }
    #expect(DistinctItems([]).items.isEmpty)
  }

  @Test(arguments: CorrectionSettings.Estimate.allCases, CorrectionSettings.Form.allCases)
  func `the loss is that of a column an example with accidental hits masked`(
    estimate: CorrectionSettings.Estimate, form: CorrectionSettings.Form
  ) throws {
    var settings = CorrectionSettings()
    (settings.estimate, settings.form) = (estimate, form)
    settings.estimator.buckets = 64
    settings.estimator.hashing = .identity
    for extraCount in [0, 25] {
      var negatives = NegativeSettings()
      negatives.count = extraCount
      let source = try TrainingNegatives(negatives, counts: counts)
      var probabilities = ColumnProbabilities(settings, counts: counts)
      var twin = probabilities
      var generator = SeededGenerator(seed: 9)
      var drawing = generator
      let extra = UniformSampler(itemCount: 12).draw(extraCount, for: .batch, using: &drawing).items
      // Twice, so that a streaming estimate has something to say.
      for _ in 0..<2 {
        generator = SeededGenerator(seed: 9)
        let columns = source.columns(targets: targets, &probabilities, using: &generator)
        let table = Tensor.normal([12, 8], seed: 2)
        table.requiresGradient = true
        let queries = scores(40, 8, seed: 4)
        let distinct = SampledSoftmax(temperature: 0.5).mean(
          Logits(queries, table.rows(positions(columns.items), gradient: .dense), columns))
        distinct.backward()
        let gradients = (queries.gradient?.floats() ?? [], table.gradient?.floats() ?? [])
        queries.clearGradient()
        table.clearGradient()

        let items = targets + extra
        let naive = SampledSoftmax(temperature: 0.5).mean(
          Logits(
            values: queries.matmul(transposed: table.rows(positions(items), gradient: .dense)),
            target: .range(0..<40), isMasked: accidentalHits(items),
            correction: twin.logProbabilities(targets: targets, extra: extra).map {
              correction(form, of: items, $0)
            }))
        naive.backward()
        expectClose([distinct.item()], [naive.item()], "loss")
        expectClose(gradients.0, queries.gradient?.floats() ?? [], "queries")
        expectClose(gradients.1, table.gradient?.floats() ?? [], "items")
      }
    }
  }

  @Test func `permuting the batch permutes the rows of the loss`() throws {
    let source = try TrainingNegatives(NegativeSettings(), counts: counts)
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: counts)
    var generator = SeededGenerator(seed: 9)
    let order = (0..<40).shuffled(using: &generator)
    let queries = scores(40, 8, seed: 4)
    let table = Tensor.normal([12, 8], seed: 2)
    func rows(_ order: [Int]) -> [Float] {
      let columns = source.columns(
        targets: order.map { targets[$0] }, &probabilities, using: &generator)
      return SampledSoftmax()(
        Logits(
          queries.indexSelect(0, Tensor(order)), table.rows(positions(columns.items)), columns)
      ).floats()
    }
    let plain = rows(Array(0..<40))
    expectClose(rows(order), order.map { plain[$0] })
  }

  @Test(arguments: [NegativeSource.uniform, .popularity])
  func `drawn negatives are the draws, and the batch's items are positives only`(
    kind: NegativeSource
  ) throws {
    var settings = NegativeSettings()
    (settings.kind, settings.count) = (kind, 1000)
    let source = try TrainingNegatives(settings, counts: counts)
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: counts)
    var generator = SeededGenerator(seed: 9)
    let batch = [ItemIndex(11), ItemIndex(3)]
    let columns = source.columns(targets: batch, &probabilities, using: &generator)
    guard case .shared(let drawn) = columns.negatives else { return #expect(Bool(false)) }
    #expect(drawn.reduce(0, +) == 1000)
    #expect(columns.targets.map { columns.items[Int($0)] } == batch)
    let total = Double(counts.reduce(0, +))
    for (column, item) in columns.items.enumerated() {
      let q = kind == .uniform ? 1 / 12.0 : Double(counts[item.position]) / total
      #expect(abs(exp(Double(columns.logQ?[column] ?? 0)) - q) < 1e-6)
      #expect(abs(Double(drawn[column]) / 1000 - q) < 4 * (q / 1000).squareRoot())
    }
  }

  @Test(arguments: CorrectionSettings.Form.allCases)
  func `negatives of each target alone are the draws, corrected and never the target`(
    form: CorrectionSettings.Form
  ) throws {
    var settings = NegativeSettings()
    (settings.kind, settings.count, settings.sharing) = (.popularity, 6, .example)
    var correction = CorrectionSettings()
    correction.form = form
    let source = try TrainingNegatives(settings, counts: counts)
    var probabilities = ColumnProbabilities(correction, counts: counts)
    var generator = SeededGenerator(seed: 9)
    let columns = source.columns(targets: targets, &probabilities, using: &generator)
    guard case .own(let own, _) = columns.negatives else { return #expect(Bool(false)) }
    #expect(own.count == 40 * 6)
    let table = Tensor.normal([12, 8], seed: 2)
    let queries = scores(40, 8, seed: 4)
    let logits = Logits(queries, table.rows(positions(columns.items)), columns)
    #expect(logits.values.shape == [40, 7])
    let rows = SampledSoftmax()(logits).floats()
    let logQ = try #require(columns.logQ)
    for row in 0..<40 {
      // The twin: one target, and its draws as the columns of a batch of one.
      let kept = [0] + (1...6).filter { own[row * 6 + $0 - 1] != columns.targets[row] }
      let all = kept.map { $0 == 0 ? columns.targets[row] : own[row * 6 + $0 - 1] }
      let logCount = log(Double(all.count - 1))
      let values = queries[row..<row + 1].matmul(
        transposed: table.rows(positions(all.map { columns.items[Int($0)] })))
      let q = exp(Double(logQ[row * 7]))
      let twin = SampledSoftmax()(
        Logits(
          values: values, target: Tensor.zeros([1], type: .int64),
          correction: .init(
            form: form, columns: Tensor(kept.map { logQ[row * 7 + $0] }),
            rows: Tensor([Float(logCount - log1p(-q))]), logCounts: Tensor([Float(logCount)]))))
      expectClose([rows[row]], twin.floats())
    }
  }

  @Test(arguments: CorrectionSettings.Form.allCases)
  func `draws that a user is known to like count as little as none`(
    form: CorrectionSettings.Form
  ) {
    let logQ: [Float] = [-1, -2, -0.5, -3]
    func negatives(_ items: [Int]) -> Negatives {
      Negatives(
        rows: 1, count: items.count, items: items.map { ItemIndex($0) },
        logProbabilities: items.map { logQ[$0] })
    }
    func loss(_ items: [Int], isKnown: [Bool]) -> [Float] {
      let columns = TrainingColumns(
        targets: [ItemIndex(0)], negatives(items), targetLogQ: [logQ[0]], form: form,
        isKnown: isKnown)
      let table = Tensor.normal([4, 8], seed: 2)
      return SampledSoftmax()(
        Logits(scores(1, 8, seed: 4), table.rows(positions(columns.items)), columns)
      ).floats()
    }
    let without = loss([1, 3], isKnown: [])
    expectClose(loss([1, 2, 3, 2], isKnown: [false, true, false, true]), without)
    #expect(loss([1, 2, 3, 2], isKnown: []) != without)
  }

  @Test func `all items are the full softmax`() throws {
    var settings = NegativeSettings()
    settings.kind = .all
    let source = try TrainingNegatives(settings, counts: counts)
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: counts)
    var generator = SeededGenerator(seed: 9)
    let columns = source.columns(targets: targets, &probabilities, using: &generator)
    let table = Tensor.normal([12, 8], seed: 2)
    let queries = scores(40, 8, seed: 4)
    let rows = SampledSoftmax()(Logits(queries, table.rows(positions(columns.items)), columns))
    let whole = Logits(values: queries.matmul(transposed: table), target: positions(targets))
    expectClose(rows.floats(), FullSoftmax()(whole).floats())
  }

  @Test func `values that do not fit the source are refused in words`() {
    func text(_ change: (inout NegativeSettings) -> Void) -> String? {
      var settings = NegativeSettings()
      change(&settings)
      return #expect(throws: SettingError.self) { try settings.validate() }?.description
    }
    #expect(
      text { $0.kind = .uniform }
        == "setting 'count' is 0: uniform negatives need 1 or more, such as 1024")
    #expect(
      text { $0.kind = .softmax }
        == "setting 'count' is 0: softmax negatives need 1 or more, such as 20")
    #expect(
      text { $0.sharing = .example }
        == "setting 'sharing' is example: in-batch negatives are the batch's; set kind beside it to "
        + "uniform or popularity")
    #expect(
      text { ($0.kind, $0.count, $0.known) = (.uniform, 9, .masked) }
        == "setting 'known' is masked: a batch's users share these negatives; give kept, or set "
        + "sharing beside it to example")
  }

  /// The naive correction of a column an example: row i's positive is column i, and its negatives are
  /// all columns of other items.
  private func correction(
    _ form: CorrectionSettings.Form, of items: [ItemIndex], _ logQ: [Float]
  ) -> Logits.Correction {
    let logCounts = targets.map { target in log(Double(items.count { $0 != target })) }
    return Logits.Correction(
      form: form, columns: Tensor(logQ),
      rows: Tensor(
        targets.indices.map { Float(logCounts[$0] - log(1 - exp(Double(logQ[$0])))) }),
      logCounts: Tensor(logCounts.map { Float($0) }))
  }

  private func positions(_ items: [ItemIndex]) -> Tensor { Tensor(items.map(\.position)) }

  private func accidentalHits(_ items: [ItemIndex]) -> Tensor {
    let mask = (0..<40).flatMap { row in
      items.indices.map { $0 != row && items[$0] == items[row] }
    }
    return Tensor(mask, shape: [40, items.count])
  }
}
