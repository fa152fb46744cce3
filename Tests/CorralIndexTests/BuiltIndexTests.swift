import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Testing

struct BuiltIndexTests {
  @Test(arguments: IndexSettings.Kind.allCases)
  func `every kind keeps the contract`(kind: IndexSettings.Kind) throws {
    var settings = IndexSettings()
    settings.kind = kind
    try expectIndexContract { try BuiltIndex($0, settings: settings) }
  }

  @Test func `the check of an exact index finds everything`() throws {
    let items = normalNumbers(rows: 500, columns: 8)
    let check = IndexCheck(
      try BuiltIndex(items, settings: IndexSettings()), items: items,
      queries: normalNumbers(rows: 7, columns: 8, seed: 2), count: 20)
    #expect(check.recall == 1)
    #expect(check.items == 500 && check.dimension == 8 && check.queries == 7 && check.count == 20)
    #expect(check.bytes == 500 * 8 * 4)
    #expect(check.milliseconds > 0 && check.exactMilliseconds > 0)
  }

  @Test func `a graph holds its links beside the vectors`() throws {
    var settings = IndexSettings()
    settings.kind = .hnsw
    settings.m = 4
    let index = try BuiltIndex(normalNumbers(rows: 200, columns: 8), settings: settings)
    // At least the vectors and 2 m links of 4 bytes for each item.
    #expect(index.byteCount > 200 * (8 * 4 + 8 * 4))
    #expect(index.byteCount < 200 * (8 * 4 + 8 * 4) * 3)
  }

  @Test func `a prior is one more coordinate`() throws {
    let items = normalNumbers(rows: 300, columns: 6)
    let queries = normalNumbers(rows: 4, columns: 6, seed: 2)
    let prior = normalNumbers(rows: 300, columns: 1, seed: 3).values
    let found = ExactIndex(items.appending(column: prior))
      .search(queries.appending(column: [1, 1, 1, 1]), count: 10)
    for row in 0..<4 {
      let scores = (0..<300).map { item in
        zip(items[item], queries[row]).reduce(0) { $0 + $1.0 * $1.1 } + prior[item]
      }
      #expect(found[row].map(\.item.position) == TopK.select(10, from: scores).map(\.index))
    }
  }
}
