import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Testing

@Suite struct `queries of several vectors` {
  @Test(arguments: [1, 2, 4], [1, 10, 300])
  func `find the best by the best of their vectors`(interests: Int, count: Int) {
    let items = wholeNumbers(rows: 200, columns: 5)
    let vectors = wholeNumbers(rows: interests, columns: 5, seed: 3)
    let index = ExactIndex(items)
    let found = index.search(anyOf: vectors, count: count) { $0.position % 7 != 0 }
    let all = (0..<interests).flatMap { row in
      index.search(Array(vectors[row]), count: 200) { $0.position % 7 != 0 }
    }
    let best = Dictionary(grouping: all, by: \.item).map { item, candidates in
      Candidate(item: item, score: candidates.map(\.score).max() ?? 0)
    }
    .sorted { $0.score == $1.score ? $0.item < $1.item : $0.score > $1.score }
    #expect(found == Array(best.prefix(count)))
  }

  @Test func `many at once, with exclusions, are each alone`() {
    let items = wholeNumbers(rows: 150, columns: 4)
    let vectors = wholeNumbers(rows: 3 * 20, columns: 4, seed: 5)
    let excluded = (0..<20).map { [Int32]((0..<Int32($0))) }
    var offsets = [0]
    for row in excluded { offsets.append((offsets.last ?? 0) + row.count) }
    let found = InnerProductSearch(items).search(
      vectors, interests: 3, count: 12, excluding: excluded.flatMap(\.self), offsets: offsets)
    #expect(found.count == 20)
    for query in 0..<20 {
      let alone = ExactIndex(items).search(
        anyOf: vectors.gathered(query * 3..<query * 3 + 3), count: 12
      ) { $0.position >= query }
      #expect(found.rows[found[query]].map { Int($0) } == alone.map(\.item.position))
      #expect(Array(found.scores[found[query]]) == alone.map(\.score))
    }
  }

  @Test func `vectors that are not a whole number of queries trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = InnerProductSearch(Matrix(rows: 2, columns: 3)).search(
        Matrix(rows: 5, columns: 3), interests: 2, count: 1)
    }
  }
}
