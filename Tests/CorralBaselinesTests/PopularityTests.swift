import CorralBaselines
import CorralData
import CorralIndex
import CorralVectors
import Foundation
import Testing

struct `popularity` {
  static let split = Split(
    itemCount: 5,
    training: Ragged([[0, 1, 1], [1, 3], [3, 0]].map { $0.map { ItemIndex($0) } }),
    weights: [Float](repeating: 1, count: 7), validation: Ragged([[], [], []]),
    test: Ragged([[], [], []]), rule: "planted")

  @Test func `equals a count`() throws {
    let popularity = Popularity(Self.split)
    #expect(popularity.counts == [2, 3, 0, 2, 0])
    let query = try #require(popularity.vector(for: Query()).first)
    let scores = (0..<5).map { query * popularity.itemVectors[$0, 0] }
    #expect(scores == [2, 3, 0, 2, 0])
    #expect(popularity.itemVectors.columns == popularity.dimension)
  }

  @Test func `tells large counts apart`() {
    let popularity = Popularity(counts: [16_777_215, 16_777_216])
    #expect(popularity.itemVectors[0, 0] < popularity.itemVectors[1, 0])
  }

  @Test func `gives probabilities that sum to one`() {
    let popularity = Popularity(Self.split)
    let smoothed = popularity.logProbabilities().map { exp(Double($0)) }
    #expect(abs(smoothed.reduce(0, +) - 1) < 1e-6)
    #expect(abs(smoothed[1] - 4.0 / 12) < 1e-6)
    #expect(popularity.logProbabilities(smoothing: 0)[2] == -.infinity)
  }
}
