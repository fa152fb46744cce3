import CKernels
import CorralVectors
import Testing

struct AliasTableTests {
  @Test func `positions are drawn as often as their weights say`() {
    let weights: [Double] = [1, 0, 3, 0.5, 5.5]
    let table = AliasTable(weights: weights)
    var generator = SeededGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: weights.count)
    let draws = 200_000
    for _ in 0..<draws { counts[table.draw(using: &generator)] += 1 }
    #expect(table.probabilities == [0.1, 0, 0.3, 0.05, 0.55])
    #expect(counts[1] == 0)
    for (count, probability) in zip(counts, table.probabilities) {
      let deviation = (Double(draws) * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(count) - Double(draws) * probability) <= 4 * deviation)
    }
  }

  @Test func `the columns add up to the weights exactly`() {
    var generator = SeededGenerator(seed: 8)
    let weights = (0..<1000).map { _ in 1 / (1 + 1000 * generator.uniform()) }
    let table = AliasTable(weights: weights)
    for (share, probability) in zip(table.columnShares(), table.probabilities) {
      #expect(abs(share - probability) < 1e-15)
    }
  }

  @Test func `one position is always drawn`() {
    var generator = SeededGenerator(seed: 3)
    let table = AliasTable(weights: [7])
    #expect((0..<10).allSatisfy { _ in table.draw(using: &generator) == 0 })
  }

  @Test(arguments: [[], [0, 0], [1, -1], [1e308, 1e308]] as [[Double]])
  func `weights without a distribution trap`(weights: [Double]) async {
    await #expect(processExitsWith: .failure) { [weights] in _ = AliasTable(weights: weights) }
  }
}

struct ShufflingTests {
  @Test func `a permutation holds every number once and repeats with its seed`() {
    var generator = SeededGenerator(seed: 11)
    let first = generator.permutation(100)
    #expect(first.sorted() == Array(0..<100))
    #expect(first != Array(0..<100))
    generator = SeededGenerator(seed: 11)
    #expect(generator.permutation(100) == first)
    #expect(generator.permutation(0).isEmpty)
  }

  @Test func `every order of three is as likely as any other`() {
    var generator = SeededGenerator(seed: 2)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<60_000 { counts[generator.permutation(3), default: 0] += 1 }
    #expect(counts.count == 6)
    // Four standard deviations of a count: 4 * sqrt(60000 * 1/6 * 5/6).
    #expect(counts.values.allSatisfy { abs($0 - 10_000) < 366 })
  }
}

struct SplitMix64Tests {
  /// The first numbers from the state 1234567, by the authors' own program.
  @Test func `the numbers are the published ones, in Swift and in C`() {
    let numbers: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for (place, number) in numbers.enumerated() {
      #expect(mixed(1_234_567, stream: UInt64(place)) == number)
      let state = 1_234_567 &+ UInt64(place + 1) &* CK_GOLDEN_GAMMA
      #expect(ck_finalised(state) == number)
      #expect(SplitMix64.finalised(state) == number)
    }
    #expect(mixed(1_234_567) == numbers[0])
    #expect(SplitMix64.goldenGamma == CK_GOLDEN_GAMMA)
  }
}
