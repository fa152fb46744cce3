import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

struct `probabilities of columns` {
  static func indices(_ positions: [Int]) -> [ItemIndex] { positions.map { ItemIndex($0) } }

  @Test func `none corrects nothing`() {
    var settings = CorrectionSettings()
    settings.estimate = .none
    var probabilities = ColumnProbabilities(settings, counts: [1, 2, 3])
    #expect(probabilities.logProbabilities(targets: Self.indices([0, 1])) == nil)
    #expect(probabilities.estimator == nil)
  }

  @Test func `static probabilities are shares of the training counts`() throws {
    var settings = CorrectionSettings()
    settings.form = .yi
    var probabilities = ColumnProbabilities(settings, counts: [10, 30, 60])
    let found = probabilities.logProbabilities(targets: Self.indices([2, 0, 0, 1]))
    let columns = try #require(found)
    let expected = [0.6, 0.1, 0.1, 0.3].map { Float(log($0)) }
    #expect(zip(columns, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `extra uniform columns make every column a mixture`() throws {
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: [10, 30, 60, 0])
    let found = probabilities.logProbabilities(
      targets: Self.indices([2, 0]), extra: Self.indices([3, 1, 2]))
    let columns = try #require(found)
    // Q* = (2 Q_batch + 3 / 4) / 5, the extra columns' too.
    let mixed = [0.6, 0.1, 0, 0.3, 0.6].map { (2 * $0 + 3 * 0.25) / 5 }
    #expect(zip(columns, mixed).allSatisfy { abs(Double($0) - log($1)) < 1e-6 })
  }

  @Test func `a streaming estimate answers before it learns`() throws {
    var settings = CorrectionSettings()
    settings.estimate = .streaming
    settings.estimator.buckets = 256
    var probabilities = ColumnProbabilities(settings, counts: [Int](repeating: 1, count: 20))
    var twin = FrequencyEstimator(settings.estimator)
    var rng = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      let targets = (0..<8).map { _ in ItemIndex(rng.next(below: 20)) }
      let extra = Self.indices([1, 19])
      let found = probabilities.logProbabilities(targets: targets, extra: extra)
      let columns = try #require(found)
      let estimates = twin.estimate(targets + extra).map { Double($0) / 8 }
      twin.update(targets)
      for (column, estimate) in zip(columns, estimates) {
        #expect(abs(Double(column) - log(0.8 * estimate + 0.2 / 20)) < 1e-5)
      }
    }
    #expect(probabilities.estimator == twin)
  }

  @Test func `a streaming estimate comes to the true probabilities`() throws {
    var settings = CorrectionSettings()
    settings.estimate = .streaming
    settings.estimator.alpha = 0.002
    var probabilities = ColumnProbabilities(settings, counts: [1, 1, 1, 1])
    let table = AliasTable(weights: [0.1, 0.2, 0.3, 0.4])
    var rng = SeededGenerator(seed: 8)
    for _ in 0..<5000 {
      _ = probabilities.logProbabilities(
        targets: (0..<64).map { _ in ItemIndex(table.draw(using: &rng)) })
    }
    let found = probabilities.logProbabilities(targets: (0..<64).map { ItemIndex($0 % 4) })
    let columns = try #require(found).prefix(4)
    for (column, p) in zip(columns, [0.1, 0.2, 0.3, 0.4]) {
      #expect(abs(Double(column) - log(p)) < 0.1)
    }
  }

  @Test func `permuting a batch permutes its probabilities`() throws {
    let order = [3, 0, 2, 1]
    let targets = Self.indices([0, 1, 2, 1])
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: [5, 3, 2])
    let straightFound = probabilities.logProbabilities(targets: targets)
    let straight = try #require(straightFound)
    let permutedFound = probabilities.logProbabilities(targets: order.map { targets[$0] })
    #expect(permutedFound == order.map { straight[$0] })
  }

  @Test func `no probability is 0 or so near 1 that negatives have nothing`() {
    var probabilities = ColumnProbabilities(CorrectionSettings(), counts: [0, 7])
    let found = probabilities.logProbabilities(targets: Self.indices([0, 1]))
    #expect(found == [1e-12, 0.999].map { Float(log($0)) })
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
