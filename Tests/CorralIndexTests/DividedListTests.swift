import CorralData
import CorralIndex
import CorralVectors
import Testing

struct DividedListTests {
  /// Lists of candidates: items from 1000 k on for cluster k.
  static func lists(_ lengths: [Int]) -> [[Candidate]] {
    lengths.enumerated().map { cluster, length in
      (0..<length).map { Candidate(item: ItemIndex(1000 * cluster + $0), score: -Float($0)) }
    }
  }

  @Test func `places stand at their heights, then by share, then by cluster`() {
    let lists = Self.lists([2, 1, 4, 1])
    // 1/4, 3/4; 1/2; 1/8, 3/8, 5/8, 7/8; 1/2.
    let list = DividedList(merging: lists.map { $0[...] }, shares: [0.2, 0.1, 0.5, 0.2])
    #expect(list.clusters == [2, 0, 2, 3, 1, 2, 0, 2])
    #expect(
      list.candidates.map(\.item.position) == [2000, 0, 2001, 3000, 1000, 2002, 1, 2003])
    #expect(list.quotas == [2, 1, 4, 1] && list.shares == [0.2, 0.1, 0.5, 0.2])
    // The same with equal shares: ties in order of cluster.
    let alike = DividedList(merging: lists.map { $0[...] }, shares: [1, 1, 1, 1])
    #expect(alike.clusters == [2, 0, 2, 1, 3, 2, 0, 2])
  }

  @Test func `the order is that of fractions, and beginnings have nearly the same parts`() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      let clusters = 1 + generator.next(below: 8)
      let lengths = (0..<clusters).map { _ in generator.next(below: 40) }
      let shares = (0..<clusters).map { _ in Float(generator.next(below: 3)) }
      let total = lengths.reduce(0, +)
      let list = DividedList(merging: Self.lists(lengths).map { $0[...] }, shares: shares)
      // (2 j + 1) / (2 M) by whole numbers.
      let places = lengths.indices.flatMap { cluster in (0..<lengths[cluster]).map { (cluster, $0) }
      }
      let sorted = places.sorted {
        let left = (2 * $0.1 + 1) * lengths[$1.0]
        let right = (2 * $1.1 + 1) * lengths[$0.0]
        return (left, shares[$1.0], $0.0) < (right, shares[$0.0], $1.0)
      }
      #expect(list.clusters == sorted.map { Int32($0.0) })
      #expect(list.candidates.map(\.item.position) == sorted.map { 1000 * $0.0 + $0.1 })
      var met = [Int](repeating: 0, count: clusters)
      for (place, cluster) in list.clusters.enumerated() {
        met[Int(cluster)] += 1
        for cluster in 0..<clusters {
          let part = Double(lengths[cluster]) / Double(total)
          let apart = abs(Double(met[cluster]) - Double(place + 1) * part)
          #expect(apart <= 1 + Double(clusters) / 2 * part)
        }
      }
    }
  }

  @Test func `unplaced items fill up the end`() {
    var list = DividedList(merging: Self.lists([2]).map { $0[...] }, shares: [1])
    let partition = Partition(clusters: [0, 0, 0, 0, 0], count: 1)
    list.append(
      unplacedOf: PlacedItems([true, true, false, false, false]), upTo: 4, partition: partition
    ) { $0.position != 2 }
    #expect(list.candidates.map(\.item.position) == [0, 1, 3, 4])
    #expect(list.candidates.suffix(2).allSatisfy { $0.score == -.infinity })
    #expect(list.clusters == [0, 0, 0, 0] && list.quotas == [2])
  }
}
