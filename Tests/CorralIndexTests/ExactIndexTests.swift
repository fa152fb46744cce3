import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Testing

struct ExactIndexTests {
  @Test func `an exact index keeps the contract`() throws {
    try expectIndexContract { ExactIndex($0) }
  }

  // 1: one query; 5: a few; 40: a panel and some; 100: shared out by query.
  @Test(arguments: [1, 5, 13, 40, 100], [1, 2, 3])
  func `a batch finds what a sort finds, with ties`(queryCount: Int, threads: Int) {
    let items = wholeNumbers(rows: 1003, columns: 7)
    let queries = wholeNumbers(rows: queryCount, columns: 7, seed: 9)
    let found = ExactIndex(items).search(queries, count: 25, threads: threads)
    #expect(found.count == queryCount)
    for row in 0..<queryCount {
      #expect(Array(found[row]) == sortedSearch(items, Array(queries[row]), count: 25))
    }
  }

  @Test(arguments: [1, 3, 40, 100], [1, 2])
  func `excluded items are never found and never shorten the result`(
    queryCount: Int, threads: Int
  ) {
    let items = wholeNumbers(rows: 500, columns: 6)
    let queries = wholeNumbers(rows: queryCount, columns: 6, seed: 4)
    var generator = SeededGenerator(seed: 5)
    // Unsorted, with repeats, some rows empty, some nearly the whole catalogue.
    let excluded = Ragged(
      (0..<queryCount).map { row in
        (0..<[0, 3, 80, 2000][row % 4]).map { _ in ItemIndex(generator.next(below: 500)) }
      })
    let found = ExactIndex(items)
      .search(queries, count: 30, excluding: excluded, threads: threads)
    for row in 0..<queryCount {
      let seen = Set(excluded[row])
      let twin = sortedSearch(items, Array(queries[row]), count: 30) { !seen.contains($0) }
      #expect(Array(found[row]) == twin)
    }
  }

  @Test(arguments: [3, 16, 64, 65, 130])
  func `scores have the same bits alone and in a batch, with one thread and with three`(
    dimension: Int
  ) {
    // Large enough that one query is shared by threads.
    let items = normalNumbers(rows: (1 << 20) / dimension * 3 + 5, columns: dimension)
    let queries = normalNumbers(rows: 70, columns: dimension, seed: 3)
    let index = ExactIndex(items)
    let batch = index.search(queries, count: 50, threads: 1)
    #expect(index.search(queries, count: 50, threads: 3) == batch)
    for row in [0, 31, 32, 69] {
      let query = Array(queries[row])
      #expect(index.search(query, count: 50, threads: 1) == Array(batch[row]))
      #expect(index.search(query, count: 50, threads: 3) == Array(batch[row]))
      #expect(index.search(query, count: 50) { _ in true } == Array(batch[row]))
    }
  }

  @Test func `items that are not finite do not hide the others`() {
    var items = normalNumbers(rows: 200, columns: 20)
    items[3, 0] = .nan
    items[4, 1] = .infinity
    items[190, 19] = -.infinity
    let query = [Float](repeating: 1, count: 20)
    let index = ExactIndex(items)
    let twin = sortedSearch(items, query, count: 200).map(\.item)
    #expect(twin.first == ItemIndex(4) && twin.count == 198)
    #expect(index.search(query, count: 200).map(\.item) == twin)
    let batch = index.search(
      Matrix(rows: 40, columns: 20, repeating: 1), count: 200, threads: 1)
    #expect(batch[39].map(\.item) == twin)
  }

  @Test func `the filter is asked about few of many items`() {
    let items = normalNumbers(rows: 20_000, columns: 8)
    var asked = 0
    let found = ExactIndex(items).search(Array(items[0]), count: 10) { _ in
      asked += 1
      return true
    }
    #expect(found.count == 10)
    #expect(asked >= 10 && asked < 600)
  }

  @Test func `a query of another dimension traps`() async {
    await #expect(processExitsWith: .failure) {
      _ = ExactIndex(Matrix(rows: 2, columns: 3)).search([1, 2], count: 1)
    }
    await #expect(processExitsWith: .failure) {
      let excluded = Ragged([[ItemIndex(0)]])
      let index = ExactIndex(Matrix(rows: 2, columns: 3))
      _ = index.search(Matrix(rows: 2, columns: 3), count: 1, excluding: excluded)
    }
  }

  @Test func `no queries find nothing`() {
    let index = ExactIndex(Matrix(rows: 2, columns: 3))
    #expect(index.search(Matrix(rows: 0, columns: 3), count: 4).count == 0)
    let empty = ExactIndex(Matrix(rows: 0, columns: 3))
    #expect(empty.search(Matrix(rows: 3, columns: 3), count: 4).offsets == [0, 0, 0, 0])
  }
}
