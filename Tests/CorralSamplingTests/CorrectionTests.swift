import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

struct `sampling corrections` {
  static func indices(_ positions: [Int]) -> [ItemIndex] { positions.map { ItemIndex($0) } }

  @Test func `none corrects nothing`() {
    var settings = CorrectionSettings()
    settings.estimate = .none
    var correction = Correction(settings, counts: [1, 2, 3])
    #expect(correction.columns(targets: Self.indices([0, 1])) == nil)
    #expect(correction.estimator == nil)
  }

  @Test func `static probabilities are shares of the training counts`() throws {
    var settings = CorrectionSettings()
    settings.form = .yi
    var correction = Correction(settings, counts: [10, 30, 60])
    let found = correction.columns(targets: Self.indices([2, 0, 0, 1]))
    let columns = try #require(found)
    let expected = [0.6, 0.1, 0.1, 0.3].map { Float(log($0)) }
    #expect(zip(columns.columns, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(columns.rows == [0, 0, 0, 0])
  }

  @Test func `extra uniform columns make every column a mixture`() throws {
    var correction = Correction(CorrectionSettings(), counts: [10, 30, 60, 0])
    let found = correction.columns(
      targets: Self.indices([2, 0]), extra: Self.indices([3, 1, 2]))
    let columns = try #require(found)
    // Q* = (2 Q_batch + 3 / 4) / 5, the extra columns' too.
    let mixed = [0.6, 0.1, 0, 0.3, 0.6].map { (2 * $0 + 3 * 0.25) / 5 }
    #expect(zip(columns.columns, mixed).allSatisfy { abs(Double($0) - log($1)) < 1e-6 })
    // Row 0's positive is also the last column: three negatives are left of four.
    #expect(columns.logCounts == [3.0, 4.0].map { Float(log($0)) })
    let rows = [log(3) - log(1 - mixed[0]), log(4) - log(1 - mixed[1])]
    #expect(zip(columns.rows, rows).allSatisfy { abs(Double($0) - $1) < 1e-6 })
  }

  @Test func `a streaming estimate answers before it learns`() throws {
    var settings = CorrectionSettings()
    settings.estimate = .streaming
    settings.estimator.buckets = 256
    var correction = Correction(settings, counts: [Int](repeating: 1, count: 20))
    var twin = FrequencyEstimator(settings.estimator)
    var rng = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      let targets = (0..<8).map { _ in ItemIndex(rng.next(below: 20)) }
      let extra = Self.indices([1, 19])
      let found = correction.columns(targets: targets, extra: extra)
      let columns = try #require(found)
      let estimates = twin.estimate(targets + extra).map { Double($0) / 8 }
      twin.update(targets)
      for (column, estimate) in zip(columns.columns, estimates) {
        #expect(abs(Double(column) - log(0.8 * estimate + 0.2 / 20)) < 1e-5)
      }
    }
    #expect(correction.estimator == twin)
  }

  @Test func `a streaming estimate comes to the true probabilities`() throws {
    var settings = CorrectionSettings()
    settings.estimate = .streaming
    settings.estimator.alpha = 0.002
    var correction = Correction(settings, counts: [1, 1, 1, 1])
    let table = AliasTable(weights: [0.1, 0.2, 0.3, 0.4])
    var rng = SeededGenerator(seed: 8)
    for _ in 0..<5000 {
      _ = correction.columns(targets: (0..<64).map { _ in ItemIndex(table.draw(using: &rng)) })
    }
    let found = correction.columns(targets: (0..<64).map { ItemIndex($0 % 4) })
    let columns = try #require(found).columns.prefix(4)
    for (column, p) in zip(columns, [0.1, 0.2, 0.3, 0.4]) {
      #expect(abs(Double(column) - log(p)) < 0.1)
    }
  }

  @Test func `scaling all probabilities shifts the yi form by a constant, not the others`() {
    let items = Self.indices([0, 1, 2, 1])
    let p = [0.1, 0.2, 0.05, 0.2]
    for form in CorrectionSettings.Form.allCases {
      let plain = ColumnCorrection(form: form, items: items, rows: 4, probabilities: p)
      let scaled = ColumnCorrection(
        form: form, items: items, rows: 4, probabilities: p.map { 3 * $0 })
      // What the first row's positive and its three negatives have subtracted, up to a constant.
      func subtracted(_ correction: ColumnCorrection) -> [Float] {
        let negatives = correction.columns.dropFirst().map { $0 + correction.rows[0] }
        let positive = form == .yi ? correction.columns[0] : 0
        return negatives.map { $0 - positive }
      }
      let same = zip(subtracted(plain), subtracted(scaled)).allSatisfy { abs($0 - $1) < 1e-5 }
      #expect(same == (form == .yi))
    }
  }

  @Test func `uniform probabilities change nothing that a softmax sees in the yi form`() {
    let columns = ColumnCorrection(
      form: .yi, items: Self.indices([0, 1, 2]), rows: 3,
      probabilities: [Double](repeating: 0.01, count: 3)
    ).columns
    #expect(Set(columns).count == 1)
  }

  @Test func `permuting a batch permutes its correction`() throws {
    let order = [3, 0, 2, 1]
    let targets = Self.indices([0, 1, 2, 1])
    for form in CorrectionSettings.Form.allCases {
      var settings = CorrectionSettings()
      settings.form = form
      var correction = Correction(settings, counts: [5, 3, 2])
      let straightFound = correction.columns(targets: targets)
      let straight = try #require(straightFound)
      let permutedFound = correction.columns(targets: order.map { targets[$0] })
      let permuted = try #require(permutedFound)
      #expect(permuted.columns == order.map { straight.columns[$0] })
      #expect(permuted.rows == order.map { straight.rows[$0] })
      #expect(permuted.logCounts == order.map { straight.logCounts[$0] })
    }
  }

  @Test func `the serving prior is the logarithm of shares that sum to one`() {
    let frequencies = ItemFrequencies(counts: [3, 0, 6], smoothing: 1)
    #expect(frequencies.probabilities.map { ($0 * 12).rounded() } == [4, 1, 7])
    #expect(abs(frequencies.probabilities.reduce(0, +) - 1) < 1e-12)
    #expect(
      zip(frequencies.servingPrior, [4.0, 1, 7]).allSatisfy {
        abs(Double($0) - log($1 / 12)) < 1e-6
      })
    #expect(ItemFrequencies(counts: [0, 0]).probabilities == [0.5, 0.5])
  }
}
