import CorralServing
import CorralVectors
import Testing

@Suite struct RadixSortTests {
  /// Counts on both sides of the one from which bytes are sorted.
  private static let counts = [0, 1, 2, 31, 32, 33, 300, 2000]

  @Test func `distinct numbers are those of a set, in rising order`() {
    var random = SeededGenerator(seed: 4)
    for count in Self.counts {
      for bound in [1, 200, 70_000, 20_000_000, Int(Int32.max)] {
        let numbers = (0..<count).map { _ in Int32(random.next(below: bound)) }
        #expect(RadixSort.distinct(numbers) == Set(numbers).sorted(), "\(count) below \(bound)")
      }
    }
    #expect(RadixSort.distinct([Int32.max, 0, Int32.max]) == [0, Int32.max])
  }

  @Test func `the best score comes first, and equal ones stay in their order`() {
    var random = SeededGenerator(seed: 5)
    for count in Self.counts {
      for bound in [1, 5, 1000, 1 << 24] {
        let scores = (0..<count).map { _ in
          (Float(random.next(below: bound)) - Float(bound / 2)) / 7
        }
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        #expect(RadixSort.bestFirst(scores) == order, "\(count) below \(bound)")
        #expect(RadixSort.bestFirst(([7, 8] + scores).dropFirst(2)) == order)
      }
    }
  }

  @Test func `zeros are equal, and what is not a number is worst`() {
    let scores: [Float] = [0, .nan, -0.0, -.infinity, 1, .infinity, -.nan, 0]
    for repeats in [1, 10] {
      let many = Array(repeating: scores, count: repeats).flatMap(\.self)
      let order = many.indices.sorted { left, right in
        let (l, r) = (many[left], many[right])
        let (first, second) = (l.isNaN ? -.infinity : l, r.isNaN ? -.infinity : r)
        return (second, left) < (first, right)
      }
      #expect(RadixSort.bestFirst(many) == order)
    }
  }
}
