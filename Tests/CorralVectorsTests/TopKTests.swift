import CorralVectors
import Testing

struct TopKTests {
  /// The definition: everything selectable, sorted by the rule, cut.
  static func sortedTwin(_ scores: [Float], _ count: Int) -> [ScoredIndex] {
    let selectable = scores.enumerated().filter { $0.element > -.infinity }
      .map { ScoredIndex(index: $0.offset, score: $0.element) }
      .sorted { ($1.score, $0.index) < ($0.score, $1.index) }
    return Array(selectable.prefix(count))
  }

  @Test(arguments: [0, 1, 3, 10, 100, 1000], [0, 1, 5, 200])
  func `the selection equals a sort`(length: Int, count: Int) {
    var generator = SeededGenerator(seed: UInt64(length), stream: UInt64(count))
    // Few distinct values, so that most scores are tied with others.
    let scores = (0..<length).map { _ in Float(generator.next(below: 7)) - 3 }
    #expect(TopK.select(count, from: scores) == Self.sortedTwin(scores, count))
  }

  @Test func `equal scores are in order of position, whatever the order they came in`() {
    var best = TopK(2)
    for index in [3, 1, 2, 0] { best.insert(index, score: 0.5) }
    #expect(best.sorted().map(\.index) == [0, 1])
  }

  @Test func `zero and negative zero are equal scores`() {
    #expect(TopK.select(3, from: [-0.0, 0.0, -0.0] as [Float]).map(\.index) == [0, 1, 2])
  }

  @Test func `what is nan or masked is never selected`() {
    let scores: [Float] = [.nan, 1, -.infinity, -.nan, .infinity, -1]
    #expect(TopK.select(10, from: scores).map(\.index) == [4, 1, 5])
  }

  @Test func `selections of parts merge into the selection of the whole`() {
    var generator = SeededGenerator(seed: 1)
    let scores = (0..<500).map { _ in Float(generator.next(below: 40)) }
    var merged = TopK(20)
    for part in Parallel.chunks(of: 500, grain: 77).reversed() {
      var best = TopK(20)
      best.insert(contentsOf: scores[part], from: part.lowerBound)
      merged.merge(best)
    }
    #expect(merged.sorted() == TopK.select(20, from: scores))
  }

  @Test func `the threshold is what a candidate must reach`() {
    var best = TopK(2)
    #expect(best.threshold == -.infinity)
    best.insert(0, score: 3)
    best.insert(1, score: 5)
    #expect(best.threshold == 3)
    best.insert(2, score: 4)
    #expect(best.threshold == 4)
    #expect(TopK(0).threshold == .infinity)
  }
}
