import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct HNSWIndexTests {
  /// Unit vectors around random centres, as embeddings lie.
  static func clusters(rows: Int, columns: Int, seed: UInt64 = 1) -> Matrix {
    let centres = normalNumbers(rows: 40, columns: columns, seed: 99)
    var generator = SeededGenerator(seed: seed)
    var matrix = Matrix(rows: rows, columns: columns)
    for row in 0..<rows {
      let centre = generator.next(below: 40)
      for column in 0..<columns {
        matrix[row, column] = centres[centre, column] + Float(generator.normal())
      }
      let length = matrix[row].reduce(0) { $0 + $1 * $1 }.squareRoot()
      for column in 0..<columns { matrix[row, column] /= length }
    }
    return matrix
  }

  static func settings(_ change: (inout IndexSettings) -> Void = { _ in }) -> IndexSettings {
    var settings = IndexSettings()
    settings.kind = .hnsw
    change(&settings)
    return settings
  }

  @Test(arguments: IndexSettings.Construction.allCases)
  func `a graph keeps the contract`(construction: IndexSettings.Construction) throws {
    try expectIndexContract {
      try HNSWIndex($0, settings: Self.settings { $0.construction = construction })
    }
  }

  @Test func `a graph finds nearly all that the exact twin finds, and more with a larger ef`()
    throws
  {
    let items = Self.clusters(rows: 5000, columns: 24)
    let queries = Self.clusters(rows: 100, columns: 24, seed: 2)
    func recall(ef: Int) throws -> Double {
      let settings = Self.settings {
        $0.m = 8
        $0.efConstruction = 60
        $0.ef = ef
      }
      return IndexCheck(
        try BuiltIndex(items, settings: settings), items: items, queries: queries, count: 10
      ).recall
    }
    let narrow = try recall(ef: 10)
    let wide = try recall(ef: 200)
    #expect(narrow > 0.5 && narrow < wide)
    #expect(wide > 0.99)
  }

  @Test func `another ef searches the same graph as one made with it`() throws {
    let items = Self.clusters(rows: 2000, columns: 24)
    let queries = Self.clusters(rows: 50, columns: 24, seed: 2)
    func made(ef: Int) throws -> HNSWIndex {
      try HNSWIndex(
        items,
        settings: Self.settings {
          $0.m = 4
          $0.ef = ef
        })
    }
    let widened = try made(ef: 10).searching(ef: 100)
    #expect(widened.settings.ef == 100)
    let expected = try made(ef: 100).search(queries, count: 10)
    #expect(widened.search(queries, count: 10) == expected)
    #expect(try made(ef: 10).search(queries, count: 10) != expected)
    #expect(throws: SettingError.self) { try widened.searching(ef: 0) }
  }

  @Test func `a graph is searched with another ef as if it had been made with it`() throws {
    let items = Self.clusters(rows: 3000, columns: 12)
    let queries = Self.clusters(rows: 20, columns: 12, seed: 4)
    let made = try HNSWIndex(items, settings: Self.settings { $0.ef = 200 })
    let narrow = try HNSWIndex(items, settings: Self.settings { $0.ef = 5 })
    #expect(narrow.search(queries, count: 5) != made.search(queries, count: 5))
    let widened = try narrow.searching(ef: 200)
    #expect(widened.search(queries, count: 5) == made.search(queries, count: 5))
    #expect(throws: SettingError("ef", -1, "it can be 1 to 100000")) {
      _ = try narrow.searching(ef: -1)
    }
  }

  @Test func `scores have the bits that the exact index finds`() throws {
    let items = Self.clusters(rows: 2000, columns: 37)
    let queries = Self.clusters(rows: 20, columns: 37, seed: 3)
    let exact = ExactIndex(items).search(queries, count: 2000)
    let index = try HNSWIndex(items, settings: Self.settings())
    let batch = index.search(queries, count: 30, threads: 2)
    for row in 0..<queries.rows {
      let scores = Dictionary(uniqueKeysWithValues: exact[row].map { ($0.item, $0.score) })
      #expect(batch[row].count == 30)
      #expect(batch[row].allSatisfy { scores[$0.item] == $0.score })
      #expect(index.search(Array(queries[row]), count: 30) == Array(batch[row]))
    }
  }

  @Test func `a filter that allows one item in a hundred loses none of them`() throws {
    let items = Self.clusters(rows: 3000, columns: 16)
    let index = try HNSWIndex(items, settings: Self.settings())
    let query = Array(Self.clusters(rows: 1, columns: 16, seed: 5)[0])
    for stride in [2, 100, 999] {
      let allowed: (ItemIndex) -> Bool = { $0.position % stride == 1 }
      let count = min(50, (3000 + stride - 2) / stride)
      let found = index.search(query, count: 50, where: allowed)
      #expect(found.count == count)
      #expect(found.allSatisfy { allowed($0.item) })
      if stride > 2 {
        #expect(found == ExactIndex(items).search(query, count: 50, where: allowed))
      }
    }
  }

  @Test func `one thread makes the same graph twice`() throws {
    let items = Self.clusters(rows: 500, columns: 8)
    try withTemporaryFolder { folder in
      let bytes = try ["a", "b"].map { name in
        let index = try HNSWIndex(items, settings: Self.settings())
        let url = folder.appendingPathComponent(name)
        try SafetensorsFile.write(index.tensors, metadata: index.metadata, to: url)
        return try Data(contentsOf: url)
      }
      #expect(bytes[0] == bytes[1])
    }
  }

  @Test(arguments: [0, 1, 700], IndexSettings.Construction.allCases)
  func `a graph comes back from its file`(
    count: Int, construction: IndexSettings.Construction
  ) throws {
    let items = Self.clusters(rows: count, columns: 8)
    let queries = Self.clusters(rows: 30, columns: 8, seed: 2)
    try withTemporaryFolder { folder in
      let index = try HNSWIndex(
        items,
        settings: Self.settings {
          $0.m = 5
          $0.ef = 20
          $0.construction = construction
        })
      let url = folder.appendingPathComponent("index.safetensors")
      try SafetensorsFile.write(index.tensors, metadata: index.metadata, to: url)
      let read = try HNSWIndex(SafetensorsFile(url), items: items, ef: 20)
      #expect(read.search(queries, count: 10) == index.search(queries, count: 10))
      #expect(read.settings.m == 5 && read.settings.efConstruction == 200)
      let again = folder.appendingPathComponent("again.safetensors")
      try SafetensorsFile.write(read.tensors, metadata: read.metadata, to: again)
      #expect(try Data(contentsOf: again) == Data(contentsOf: url))
    }
  }

  static let damages: [(tensor: String, position: Int, value: Int32, reason: String)] = [
    ("lowest", 0, 50, "a link leads to a node that does not exist"),
    ("lowest", 0, -2, "a link leads to a node that does not exist"),
    ("lowest", 0, -1, "a link follows the end of a list"),
    ("upper", 0, 7, "a link leads to a node that is not on its level"),
    ("nodes", 1, 0, "the nodes are not the items, each once"),
    ("levels", 7, 1, "its levels are not those of its links"),
    ("levels", 7, -1, "its levels are not those of its links"),
    ("entry", 0, 50, "the entry is a node that does not exist"),
    ("entry", 0, 7, "a node is above the entry"),
  ]

  @Test(arguments: damages)
  func `a damaged graph is refused`(
    tensor: String, position: Int, value: Int32, reason: String
  ) throws {
    let items = Self.clusters(rows: 50, columns: 4)
    let index = try HNSWIndex(items, settings: Self.settings { $0.m = 2 })
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("index.safetensors")
      try SafetensorsFile.write(index.tensors, metadata: index.metadata, to: url)
      let whole = try SafetensorsFile(url)
      let levels: [Int32] = try whole.array("levels")
      try #require(levels[7] == 0 && levels.contains(1))
      let tensors = try whole.names.map { name in
        var values: [Int32] = try whole.array(name)
        if name == tensor { values[position] = value }
        return SafetensorsTensor(name, values, shape: whole.entries[name]?.shape)
      }
      let damaged = folder.appendingPathComponent("damaged.safetensors")
      try SafetensorsFile.write(tensors, metadata: whole.metadata, to: damaged)
      #expect(throws: IndexError.damaged(file: damaged.path, reason: reason)) {
        _ = try HNSWIndex(SafetensorsFile(damaged), items: items)
      }
    }
  }

  @Test func `a graph of other items is refused`() throws {
    let items = Self.clusters(rows: 50, columns: 4)
    let index = try HNSWIndex(items, settings: Self.settings())
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("index.safetensors")
      try SafetensorsFile.write(index.tensors, metadata: index.metadata, to: url)
      let file = try SafetensorsFile(url)
      func reason(_ items: Matrix) -> String {
        do { _ = try HNSWIndex(file, items: items) } catch {
          return "\(error)".replacingOccurrences(of: url.path, with: "FILE")
        }
        return "accepted"
      }
      #expect(
        reason(Matrix(rows: 51, columns: 4))
          == "FILE is not the index of these items: it has 50 nodes and there are 51 items; "
          + "build the index again")
      #expect(
        reason(Matrix(rows: 50, columns: 5))
          == "FILE is not the index of these items: its vectors have 4 elements and the items' "
          + "have 5; build the index again")
    }
  }

  @Test func `settings out of range and vectors that are not finite are refused`() throws {
    var items = Self.clusters(rows: 5, columns: 4)
    #expect(throws: SettingError("m", 1, "it can be 2 to 1000")) {
      _ = try HNSWIndex(items, settings: Self.settings { $0.m = 1 })
    }
    #expect(throws: SettingError("ef", 0, "it can be 1 to 100000")) {
      _ = try HNSWIndex(items, settings: Self.settings { $0.ef = 0 })
    }
    items[3, 1] = .nan
    #expect(throws: IndexError.notFinite(item: 3)) {
      _ = try HNSWIndex(items, settings: Self.settings())
    }
    #expect(
      "\(IndexError.notFinite(item: 3))"
        == "the vector of item 3 is not finite, so that only the exact index can hold it; "
        + "train again with a lower rate")
  }

  @Test func `a query of another dimension traps`() async {
    await #expect(processExitsWith: .failure) {
      let index = try HNSWIndex(Matrix(rows: 2, columns: 3, repeating: 1))
      _ = index.search([1, 2], count: 1)
    }
  }
}
