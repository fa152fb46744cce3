import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct InvertedMultiIndexTests {
  static func settings(
    clusters: Int = 8, collected: Int = 200, iterations: Int = 30
  ) -> MultiIndexSettings {
    var settings = MultiIndexSettings()
    settings.clusters = clusters
    settings.collected = collected
    settings.iterations = iterations
    return settings
  }

  @Test(arguments: [1, 2, 40], [1, 30, 1000])
  func `a multi-index keeps the contract`(clusters: Int, collected: Int) throws {
    try expectIndexContract {
      try InvertedMultiIndex(
        $0, settings: Self.settings(clusters: clusters, collected: collected))
    }
  }

  @Test func `items lie in the buckets of their nearest centres, each once`() throws {
    let items = normalNumbers(rows: 500, columns: 7)
    let index = try InvertedMultiIndex(items, settings: Self.settings())
    #expect(index.first.centres.columns == 3 && index.second.centres.columns == 4)
    #expect(index.buckets.count == 64 && index.buckets.members.checkInvariants())
    #expect(index.buckets.members.values.sorted() == (0..<500).map { ItemIndex($0) })
    for item in 0..<500 {
      #expect(
        index.buckets.clusters[item] == index.first.clusters[item] * 8 + index.second.clusters[item]
      )
    }
  }

  @Test func `the residual is what it says, and bounds the error of a score`() throws {
    let items = normalNumbers(rows: 300, columns: 6)
    let index = try InvertedMultiIndex(items, settings: Self.settings())
    let lengths = (0..<300).map { item in
      let centre =
        Array(index.first.centres[Int(index.first.clusters[item])])
        + index.second.centres[Int(index.second.clusters[item])]
      return zip(items[item], centre)
        .reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
    }
    #expect(abs(index.residual.mean - lengths.reduce(0, +) / 300) < 1e-6)
    #expect(abs(index.residual.largest - (lengths.max() ?? 0)) < 1e-6)
    #expect(abs(index.loss - lengths.reduce(0) { $0 + $1 * $1 } / 300) < 1e-6)
    let halves = (index.first.losses.last ?? 0) + (index.second.losses.last ?? 0)
    #expect(abs(index.loss - halves) < 1e-6)
  }

  @Test func `more items collected find more, and all of them everything`() throws {
    let items = HNSWIndexTests.clusters(rows: 5000, columns: 24)
    let queries = HNSWIndexTests.clusters(rows: 60, columns: 24, seed: 2)
    let index = try InvertedMultiIndex(items, settings: Self.settings(clusters: 16))
    func recall(_ collected: Int) throws -> Double {
      IndexCheck(
        .multiIndex(try index.searching(collected: collected)), items: items, queries: queries,
        count: 10
      ).recall
    }
    let (narrow, wide) = (try recall(50), try recall(1000))
    #expect(narrow > 0.2 && narrow < wide && wide > 0.9)
    #expect(try recall(5000) == 1)
    #expect(throws: SettingError("collected", 0, "it can be 1 to 100000000")) {
      try index.searching(collected: 0)
    }
  }

  @Test func `buckets are opened in falling order of their scores`() throws {
    // With one item a bucket and centres that are the halves themselves, the first items that are
    // collected are the best ones.
    let halves = normalNumbers(rows: 12, columns: 2)
    var items = Matrix(rows: 144, columns: 4)
    for item in 0..<144 {
      for column in 0..<2 {
        items[item, column] = halves[item / 12, column]
        items[item, 2 + column] = halves[item % 12, column]
      }
    }
    let index = try InvertedMultiIndex(items, settings: Self.settings(clusters: 12, collected: 9))
    #expect(index.loss == 0)
    for seed in 2..<12 {
      let query = normalNumbers(rows: 1, columns: 4, seed: UInt64(seed)).values
      let found = index.search(query, count: 9) { _ in true }
      let best = ExactIndex(items).search(query, count: 9) { _ in true }
      #expect(found == best)
    }
  }

  @Test func `scores have the bits that the exact index finds`() throws {
    let items = normalNumbers(rows: 400, columns: 37)
    let query = normalNumbers(rows: 1, columns: 37, seed: 3).values
    let index = try InvertedMultiIndex(items, settings: Self.settings(collected: 400))
    let all = index.search(query, count: 400) { _ in true }
    #expect(all == ExactIndex(items).search(query, count: 400) { _ in true })
  }

  @Test func `a refresh starts from where the last index was`() throws {
    let items = normalNumbers(rows: 600, columns: 8)
    let short = try InvertedMultiIndex(items, settings: Self.settings(iterations: 2))
    let refreshed = try InvertedMultiIndex(
      items, settings: Self.settings(), seed: 7, startingFrom: short)
    #expect(refreshed.first.losses[0] == short.first.losses.last)
    #expect(refreshed.second.losses[0] == short.second.losses.last)
    #expect(refreshed.loss < short.loss)
    let cold = try InvertedMultiIndex(items, settings: Self.settings(), seed: 7)
    #expect(cold.first.losses[0] > refreshed.first.losses[0])
  }

  @Test(arguments: [0, 1, 300])
  func `an index comes back from its file`(count: Int) throws {
    let items = normalNumbers(rows: count, columns: 5)
    let index = try InvertedMultiIndex(items, settings: Self.settings(collected: 20))
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("index.safetensors")
      try SafetensorsFile.write(index.tensors, metadata: index.metadata, to: url)
      var settings = Self.settings(clusters: 99, collected: 20)
      settings.clusters = 99
      let read = try InvertedMultiIndex(SafetensorsFile(url), items: items, settings: settings)
      #expect(read.settings.clusters == 8 && read.buckets == index.buckets)
      #expect(read.first.centres == index.first.centres && read.residual == index.residual)
      let query: [Float] = [1, -1, 0.5, 2, 0]
      let found = read.search(query, count: 10) { _ in true }
      #expect(found == index.search(query, count: 10) { _ in true })
      let again = folder.appendingPathComponent("again.safetensors")
      try SafetensorsFile.write(read.tensors, metadata: read.metadata, to: again)
      #expect(try Data(contentsOf: again) == Data(contentsOf: url))
    }
  }

  @Test func `a damaged index and one of other items are refused`() throws {
    let items = normalNumbers(rows: 50, columns: 4)
    let index = try InvertedMultiIndex(items, settings: Self.settings(clusters: 3))
    try withTemporaryFolder { folder throws in
      let url = folder.appendingPathComponent("index.safetensors")
      func reason(
        _ items: Matrix, kind: String = "multi-index", clusters: [Int32]? = nil,
        centres: Matrix? = nil
      ) throws -> String {
        try SafetensorsFile.write(
          [
            SafetensorsTensor("centres.0", centres ?? index.first.centres),
            SafetensorsTensor("centres.1", index.second.centres),
            SafetensorsTensor(
              "clusters", clusters ?? index.first.clusters + index.second.clusters, shape: [2, 50]),
          ], metadata: ["kind": kind, "dimension": "4"], to: url)
        do { _ = try InvertedMultiIndex(SafetensorsFile(url), items: items) } catch {
          return "\(error)"
            .replacingOccurrences(of: "\(url.path) is not the index of these items: ", with: "")
            .replacingOccurrences(of: "; build the index again", with: "")
        }
        return "accepted"
      }
      #expect(try reason(items) == "accepted")
      #expect(try reason(items, kind: "hnsw") == "its metadata is that of something else")
      #expect(
        try reason(Matrix(rows: 51, columns: 4)) == "it holds 50 items and there are 51")
      #expect(
        try reason(Matrix(rows: 50, columns: 5))
          == "its vectors have 4 elements and the items' have 5")
      var clusters = index.first.clusters + index.second.clusters
      clusters[70] = 3
      #expect(
        try reason(items, clusters: clusters) == "an item is in a cluster that does not exist")
      clusters[70] = -1
      #expect(
        try reason(items, clusters: clusters) == "an item is in a cluster that does not exist")
      #expect(
        try reason(items, centres: Matrix(rows: 4, columns: 2))
          == "its halves have 4 and 3 clusters, not as many")
      #expect(
        try reason(items, centres: Matrix(rows: 3, columns: 2, repeating: .nan))
          == "a centre is not finite")
    }
  }

  @Test func `settings out of range and vectors that are not finite are refused`() throws {
    var items = normalNumbers(rows: 5, columns: 4)
    #expect(throws: SettingError("clusters", 0, "it can be 1 to 1024")) {
      _ = try InvertedMultiIndex(items, settings: Self.settings(clusters: 0))
    }
    items[3, 1] = .infinity
    #expect(throws: IndexError.notFinite(item: 3)) { _ = try InvertedMultiIndex(items) }
  }

  @Test func `a query of another dimension traps`() async {
    await #expect(processExitsWith: .failure) {
      let index = try InvertedMultiIndex(Matrix(rows: 2, columns: 3, repeating: 1))
      _ = index.search([1, 2], count: 1) { _ in true }
    }
  }
}
