import CorralData
import CorralSampling
import CorralVectors
import Foundation
import Testing

struct `the streaming frequency estimator` {
  static func settings(
    hashes: Int = 1, buckets: Int = 64, alpha: Float = 0.05,
    _ adjust: (inout FrequencyEstimatorSettings) -> Void = { _ in }
  ) -> FrequencyEstimatorSettings {
    var settings = FrequencyEstimatorSettings()
    settings.hashes = hashes
    settings.buckets = buckets
    settings.alpha = alpha
    settings.hashing = .identity
    adjust(&settings)
    return settings
  }

  @Test(arguments: [2, 5, 40])
  func `learns the period of a periodic item`(period: Int) throws {
    // Yi's bias, (1 - alpha)^t (d0 - g) after t gaps of g, without noise.
    let settings = Self.settings { $0.start = .paper }
    var estimator = FrequencyEstimator(settings)
    for gaps in 1...120 {
      for _ in 1..<period { estimator.update([]) }
      estimator.update([ItemIndex(3)])
      let bias = pow(1 - Double(settings.alpha), Double(gaps)) * (100 - Double(period))
      let gap = 1 / Double(try #require(estimator.estimate([ItemIndex(3)]).first))
      #expect(abs(gap - (Double(period) + bias)) < 1e-4 * gap)
    }
  }

  @Test func `has the mean and the spread that theory gives for random hits`() throws {
    // Gaps are geometric: E B = 1/p, Var B = alpha / (2 - alpha) (1 - p) / p^2.
    let (p, alpha, items) = (0.2, 0.05, 64)
    var estimator = FrequencyEstimator(Self.settings(buckets: items, alpha: Float(alpha)))
    var rng = SeededGenerator(seed: 11)
    var gaps: [Double] = []
    for step in 0..<40_000 {
      estimator.update((0..<items).filter { _ in rng.uniform() < p }.map { ItemIndex($0) })
      // Far enough apart that the readings hardly depend on each other.
      if step > 2_000, step % 1_000 == 0 {
        gaps += estimator.state.gaps.map(Double.init)
      }
    }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count - 1)
    let expected = alpha / (2 - alpha) * (1 - p) / (p * p)
    #expect(abs(mean - 1 / p) < 3 * (expected / Double(gaps.count)).squareRoot())
    #expect(abs(variance - expected) < 0.15 * expected)
  }

  @Test func `keeps identical arrays while nothing collides`() {
    var estimator = FrequencyEstimator(Self.settings(hashes: 3))
    var rng = SeededGenerator(seed: 2)
    for _ in 0..<500 { estimator.update((0..<8).map { _ in ItemIndex(rng.next(below: 64)) }) }
    let gaps = estimator.state.gaps
    #expect(Array(gaps[..<64]) == Array(gaps[64..<128]))
    #expect(Array(gaps[..<64]) == Array(gaps[128...]))
    #expect(Set(gaps).count > 32)
  }

  @Test func `takes the least disturbed of colliding buckets`() {
    // 200 items in 128 buckets: most share theirs with another in each array.
    var rng = SeededGenerator(seed: 3)
    let batches = (0..<2000).map { _ in (0..<4).map { _ in ItemIndex(rng.next(below: 200)) } }
    func learned(_ hashes: Int) -> FrequencyEstimator {
      var estimator = FrequencyEstimator(
        Self.settings(hashes: hashes, buckets: 128) { $0.hashing = .independent })
      for batch in batches { estimator.update(batch) }
      return estimator
    }
    let items = (0..<200).map { ItemIndex($0) }
    let (single, several) = (learned(1).estimate(items), learned(4).estimate(items))
    // The first array is the same in both, so more arrays can only lower an estimate.
    #expect(zip(single, several).allSatisfy { $0 >= $1 })
    #expect(zip(single, several).contains { $0 > 1.5 * $1 })
  }

  @Test func `estimates before it updates`() {
    var estimator = FrequencyEstimator(Self.settings())
    let batch = [ItemIndex(1), ItemIndex(2), ItemIndex(1)]
    for _ in 0..<5 {
      let before = estimator.estimate(batch)
      let frozen = estimator
      #expect(estimator.observe(batch) == before)
      var twin = frozen
      twin.update(batch)
      #expect(twin == estimator)
      #expect(estimator.estimate(batch) != before)
    }
    #expect(estimator.step == 5)
  }

  @Test(arguments: FrequencyEstimatorSettings.Semantics.allCases)
  func `counts occurrences or presence, as its semantics say`(
    semantics: FrequencyEstimatorSettings.Semantics
  ) throws {
    // 128 draws with replacement, probability prop. i^2: the top item of 1,000 occurs 0.384 times a
    // batch, and is in 0.319 of the batches.
    let q = (0..<1000).map { Double($0 * $0) }
    let table = AliasTable(weights: q)
    var rng = SeededGenerator(seed: 4)
    var estimator = FrequencyEstimator(
      Self.settings(buckets: 1000, alpha: 0.005) { $0.semantics = semantics })
    var (sum, readings) = (0.0, 0.0)
    for step in 0..<20_000 {
      estimator.update((0..<128).map { _ in ItemIndex(table.draw(using: &rng)) })
      if step > 2_000, step % 50 == 0 {
        sum += 1 / Double(try #require(estimator.estimate([ItemIndex(999)]).first))
        readings += 1
      }
    }
    let expected = semantics == .count ? 0.384 : 0.319
    #expect(abs(readings / sum - expected) < 0.012)
  }

  @Test func `believes the prior of a new id, which fades as one gap of many`() throws {
    var estimator = FrequencyEstimator(Self.settings(alpha: 0.01) { $0.priorGap = 50 })
    let item = ItemIndex(7)
    #expect(estimator.estimate([item]) == [1 / 50])
    for _ in 0..<1000 { estimator.update([]) }
    estimator.update([item])
    #expect(estimator.estimate([item]) == [1 / 50], "the age of the stream is not a gap")
    for hits in 1...60 {
      estimator.update([])
      estimator.update([item])
      let gap = 1 / Double(try #require(estimator.estimate([item]).first))
      let mean = (50 + 2 * Double(hits)) / Double(hits + 1)
      #expect(abs(gap - mean) < 1e-3)
    }
  }

  @Test func `never lets repeats in one batch make a gap of nothing`() {
    var estimator = FrequencyEstimator(Self.settings(alpha: 0.5))
    for _ in 0..<50 { estimator.update([ItemIndex](repeating: ItemIndex(0), count: 100)) }
    let estimate = estimator.estimate([ItemIndex(0)])
    #expect(estimate.allSatisfy { $0.isFinite && $0 <= 1000.1 })
  }

  @Test(arguments: FrequencyEstimatorSettings.Start.allCases)
  func `goes on from a saved state, bit for bit`(start: FrequencyEstimatorSettings.Start) throws {
    let settings = Self.settings(hashes: 4, buckets: 97) {
      $0.hashing = .independent
      $0.start = start
      $0.seed = 5
    }
    var rng = SeededGenerator(seed: 6)
    func batch() -> [ItemIndex] { (0..<20).map { _ in ItemIndex(rng.next(below: 400)) } }
    var estimator = FrequencyEstimator(settings)
    for _ in 0..<100 { estimator.update(batch()) }
    let saved = try JSONDecoder().decode(
      FrequencyEstimator.State.self, from: JSONEncoder().encode(estimator.state))
    var restored = try FrequencyEstimator(settings, restoring: saved)
    #expect(restored == estimator)
    for _ in 0..<100 {
      let next = batch()
      #expect(restored.observe(next) == estimator.observe(next))
    }
    #expect(restored.state == estimator.state)
    #expect(restored.state.gaps.count == 4 * 97, "memory does not grow")
  }

  @Test func `refuses a state that does not fit, in words`() {
    let state = FrequencyEstimator(Self.settings(buckets: 8)).state
    let error = #expect(throws: SamplingError.self) {
      try FrequencyEstimator(Self.settings(hashes: 2, buckets: 8), restoring: state)
    }
    #expect(
      error?.description == """
        the saved frequency estimator has 8 'gaps', but 2 arrays of 8 buckets need 16: \
        use the settings that it was saved with
        """)
  }

  @Test func `refuses settings that make no sense, in words`() {
    let wrong = Self.settings(alpha: 1.5)
    #expect(
      #expect(throws: SettingError.self) { try wrong.validate() }?.description
        == "setting 'alpha' is 1.5: give more than 0 and at most 1")
  }
}
