import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct ItemClustersTests {
  /// Vectors of any length around some directions: item i belongs to direction `owners[i]`.
  static func planted(_ owners: [Int], columns: Int = 8, seed: UInt64 = 1) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    var matrix = Matrix(rows: owners.count, columns: columns)
    for (row, owner) in owners.enumerated() {
      let length = Float(0.1 + 10 * generator.uniform())
      for column in 0..<columns {
        let element = Float(column == owner ? 1 : 0) + 0.05 * Float(generator.normal())
        matrix[row, column] = length * element
      }
    }
    return matrix
  }

  static let owners = (0..<200).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }

  /// Whether two items are in one cluster just if they are in the other's.
  static func isSame(_ clusters: [Int32], _ owners: [Int]) -> Bool {
    let pairs = Set(zip(clusters, owners).map { "\($0) \($1)" })
    return pairs.count == Set(clusters).count && pairs.count == Set(owners).count
  }

  @Test func `planted directions are found, whatever the lengths of vectors`() throws {
    let found = try ItemClusters(
      vectors: Self.planted(Self.owners), count: 3, origin: "3 clusters of planted vectors")
    #expect(found.count == 3 && found.itemCount == 200 && found.merged == 0)
    #expect(Self.isSame(found.partition.clusters, Self.owners))
    #expect(found.origin == "3 clusters of planted vectors" && found.names.isEmpty)
    // Unit vectors, and centres that are their means.
    let vectors = try #require(found.vectors)
    let centres = try #require(found.centres)
    for row in 0..<200 { #expect(abs(vectors[row].reduce(0) { $0 + $1 * $1 } - 1) < 1e-5) }
    for cluster in 0..<3 {
      let members = found.partition.members[cluster]
      for column in 0..<8 {
        let mean = members.reduce(0) { $0 + vectors[$1.position, column] } / Float(members.count)
        #expect(abs(centres[cluster, column] - mean) < 1e-5)
      }
    }
  }

  @Test func `the same seed gives the same clusters for any number of threads`() throws {
    let vectors = normalNumbers(rows: 3000, columns: 6)
    func found(_ seed: UInt64, _ threads: Int) throws -> ItemClusters {
      try ItemClusters(
        vectors: vectors, count: 9, restarts: 2, origin: "", seed: seed, threads: threads)
    }
    #expect(try found(1, 1) == found(1, 3))
    #expect(try found(1, 1) != found(2, 1))
  }

  @Test func `more restarts never end with a larger loss`() throws {
    let vectors = normalNumbers(rows: 400, columns: 3)
    func loss(_ restarts: Int) throws -> Float {
      let found = try ItemClusters(vectors: vectors, count: 12, restarts: restarts, origin: "")
      let (unit, centres) = (try #require(found.vectors), try #require(found.centres))
      return found.partition.clusters.enumerated().reduce(0) { sum, each in
        sum
          + zip(unit[each.offset], centres[Int(each.element)]).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
          }
      }
    }
    let losses = try [1, 2, 4, 8, 16].map(loss)
    for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before + 1e-3) }
    #expect(losses[4] < losses[0] - 1e-3)
  }

  @Test func `small clusters become part of the nearest`() throws {
    // Direction 3 has four items, which lean towards direction 1.
    var owners = Self.owners
    var vectors = Self.planted(owners)
    for row in [3, 50, 77, 120] {
      for column in 0..<8 { vectors[row, column] = column == 7 ? 1 : column == 1 ? 0.7 : 0 }
      owners[row] = 3
    }
    let apart = try ItemClusters(vectors: vectors, count: 4, smallest: 4, origin: "")
    #expect(apart.count == 4 && apart.merged == 0)
    #expect(Self.isSame(apart.partition.clusters, owners))
    let found = try ItemClusters(vectors: vectors, count: 4, smallest: 5, origin: "")
    #expect(found.count == 3 && found.merged == 1)
    #expect(Self.isSame(found.partition.clusters, owners.map { $0 == 3 ? 1 : $0 }))
    #expect(found.centres?.rows == 3)
    // The smallest of all: one cluster is left.
    let one = try ItemClusters(vectors: vectors, count: 4, smallest: 500, origin: "")
    #expect(one.count == 1 && one.merged == 3)
  }

  @Test func `clusters without items are not kept`() throws {
    let vectors = normalNumbers(rows: 3, columns: 4).gathered((0..<60).map { $0 % 3 })
    let found = try ItemClusters(vectors: vectors, count: 8, origin: "")
    #expect(found.count == 3 && found.merged == 5)
    #expect(Self.isSame(found.partition.clusters, (0..<60).map { $0 % 3 }))
    let empty = try ItemClusters(vectors: Matrix(rows: 0, columns: 4), count: 8, origin: "")
    #expect(empty.count == 1 && empty.itemCount == 0)
    let zeros = try ItemClusters(vectors: Matrix(rows: 5, columns: 4), count: 8, origin: "")
    #expect(zeros.count == 1 && zeros.partition.clusters == [0, 0, 0, 0, 0])
  }

  @Test func `items that are not placed go to the nearest centre, without a say`() throws {
    var vectors = Self.planted(Self.owners)
    // An unplaced item of direction 2, and one without a vector.
    for column in 0..<8 {
      vectors[0, column] = column == 2 ? 1 : column == 5 ? 0.8 : 0
      vectors[1, column] = 0
    }
    let found = try ItemClusters(
      vectors: vectors, placed: PlacedItems((0..<200).map { $0 > 0 }), count: 3, origin: "")
    let without = try ItemClusters(
      vectors: vectors.gathered(2..<200), count: 3, origin: "")
    #expect(found.partition.clusters[2...] == without.partition.clusters[...])
    #expect(found.centres == without.centres)
    let clusters = found.partition.clusters
    let place = { (owner: Int) in Self.owners.lastIndex(of: owner) ?? 0 }
    #expect(clusters[0] == clusters[place(2)])
    #expect(clusters[1] == clusters[place(0)])
  }

  @Test func `vectors and counts that cannot be are refused`() throws {
    var vectors = Self.planted(Self.owners)
    #expect(throws: SettingError.self) {
      try ItemClusters(vectors: vectors, count: 0, origin: "")
    }
    #expect(throws: SettingError.self) {
      try ItemClusters(vectors: vectors, count: 2, restarts: 0, origin: "")
    }
    vectors[8, 1] = .infinity
    #expect(throws: IndexError.notFinite(item: 8)) {
      try ItemClusters(vectors: vectors, count: 2, origin: "")
    }
  }

  static let genres = FeatureColumn(
    name: "genre",
    values: .categories(
      Ragged([[0, 1], [0], [1, 0], [], [2], [0, 2], [0], [3, 0], []] as [[Int32]]),
      vocabulary: Vocabulary(["Drama", "War", "Noir", "Film, short"])))

  @Test func `categories are clusters with names`() throws {
    let first = try ItemClusters(column: Self.genres)
    #expect(first.names == ["Drama", "War", "Noir", "Film, short", "(none)"])
    #expect(first.partition.clusters == [0, 0, 1, 4, 2, 0, 0, 3, 4])
    #expect(first.origin == "the categories of 'genre'" && first.merged == 0)
    #expect(first.vectors == nil && first.centres == nil)
    // Drama has 6 items, War and Noir 2, the other 1.
    let rarest = try ItemClusters(column: Self.genres, rule: .rarest)
    #expect(rarest.partition.clusters == [1, 0, 1, 4, 2, 2, 0, 3, 4])
    let numbers = FeatureColumn(name: "year", values: .numbers([1]))
    #expect(
      throws: SettingError(
        "feature", text: "year", "it is a column of numbers; name one of categories")
    ) { try ItemClusters(column: numbers) }
  }

  @Test func `small categories become one cluster`() throws {
    // Sizes 4, 1, 1, 1 and 2 without a category.
    let found = try ItemClusters(column: Self.genres, smallest: 2)
    #expect(found.names == ["Drama", "(none)", "(other)"] && found.merged == 2)
    #expect(found.partition.clusters == [0, 0, 2, 1, 2, 0, 0, 2, 1])
    // Three others are not enough: the next smallest is taken in.
    let four = try ItemClusters(column: Self.genres, smallest: 4)
    #expect(four.names == ["Drama", "(other)"] && four.merged == 3)
    #expect(four.partition.clusters == [0, 0, 1, 1, 1, 0, 0, 1, 1])
    let all = try ItemClusters(column: Self.genres, smallest: 100)
    #expect(all.names == ["(other)"] && all.count == 1 && all.merged == 4)
  }

  @Test func `a summary says how large clusters are and what happens in them`() throws {
    let found = try ItemClusters(column: Self.genres, smallest: 2)
    let summary = found.summary(counts: [10, 0, 5, 1, 1, 3, 0, 0, 0])
    #expect(summary.sizes == [4, 2, 3] && summary.merged == 2)
    #expect(abs(summary.imbalance - 4.0 / 3) < 1e-12)
    #expect(summary.shares == [0.65, 0.05, 0.3])
    #expect(summary.names == ["Drama", "(none)", "(other)"])
    #expect(found.interactions([10, 0, 5, 1, 1, 3, 0, 0, 0]) == [13, 1, 6])
    let alike = [Float](repeating: 1 / Float(3), count: 3)
    #expect(found.shares([Int](repeating: 0, count: 9)) == alike)
  }

  @Test func `representatives are nearest the centre, or have the most interactions`() throws {
    let vectors = Self.planted(Self.owners)
    let found = try ItemClusters(vectors: vectors, count: 3, origin: "")
    let (unit, centres) = (try #require(found.vectors), try #require(found.centres))
    let nearest = found.representatives(5, counts: [])
    for cluster in 0..<3 {
      let distances = found.partition.members[cluster].map { item in
        let distance = zip(unit[item.position], centres[cluster]).reduce(Float(0)) {
          $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
        }
        return (distance, item)
      }
      #expect(nearest[cluster] == distances.sorted { $0 < $1 }.prefix(5).map(\.1))
    }
    let categories = try ItemClusters(column: Self.genres)
    let popular = categories.representatives(2, counts: [1, 7, 3, 0, 2, 7, 9, 1, 4])
    let positions: [[Int]] = popular.map { $0.map(\.position) }
    let expected: [[Int]] = [[6, 1], [2], [4], [7], [8, 3]]
    #expect(positions == expected)
  }

  @Test func `clusters come back from their file`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("clusters.safetensors")
      let all = [
        try ItemClusters(
          vectors: Self.planted(Self.owners), count: 4, smallest: 10, origin: "4 \"clusters\""),
        try ItemClusters(column: Self.genres, smallest: 2),
      ]
      for clusters in all {
        // Other tensors and keys of a newer version are passed over.
        try SafetensorsFile.write(
          clusters.tensors + [SafetensorsTensor("later", [Int32(1)])],
          metadata: clusters.metadata.merging(["later": "1"]) { $1 }, to: url)
        #expect(
          try ItemClusters(SafetensorsFile(url), itemCount: clusters.itemCount) == clusters)
      }
      // What an older file does not say has a default.
      try SafetensorsFile.write(
        [SafetensorsTensor("clusters", [Int32(0), 1])], metadata: ["clusters": "2"], to: url)
      let old = try ItemClusters(SafetensorsFile(url), itemCount: 2)
      #expect(old.names.isEmpty && old.merged == 0 && old.origin == "2 clusters")
    }
  }

  @Test func `a damaged file is refused with its reason`() throws {
    let clusters = try ItemClusters(vectors: Self.planted(Self.owners), count: 3, origin: "")
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("clusters.safetensors")
      func reason(
        items: Int = 200, metadata: [String: String] = [:], without key: String = "",
        replacing tensors: [SafetensorsTensor] = []
      ) throws -> String {
        var all = clusters.tensors.filter { old in !tensors.contains { $0.name == old.name } }
        all += tensors
        var text = clusters.metadata.merging(metadata) { $1 }
        text[key] = nil
        try SafetensorsFile.write(all, metadata: text, to: url)
        do {
          _ = try ItemClusters(SafetensorsFile(url), itemCount: items)
          return "accepted"
        } catch IndexError.damagedClusters(let file, let reason) {
          #expect(file == url.path)
          return reason
        }
      }
      let whole = try reason()
      #expect(whole == "accepted")
      #expect(try reason(items: 9) == "it holds 200 items and there are 9")
      let uncounted = "its metadata does not say how many clusters there are"
      #expect(try reason(without: "clusters") == uncounted)
      #expect(try reason(metadata: ["clusters": "-1"]) == uncounted)
      #expect(
        try reason(metadata: ["clusters": "2"]) == "an item is in a cluster that does not exist")
      let apart = "its vectors and centres are not those of its items and clusters"
      #expect(
        try reason(replacing: [SafetensorsTensor("centres", Matrix(rows: 2, columns: 8))]) == apart)
      #expect(
        try reason(replacing: [SafetensorsTensor("vectors", Matrix(rows: 200, columns: 7))])
          == apart)
      #expect(
        try reason(
          replacing: [SafetensorsTensor("centres", Matrix(rows: 3, columns: 8, repeating: .nan))])
          == "a vector is not finite")
      #expect(
        try reason(metadata: ["clusters.names": "[\"one\"]"])
          == "its names are not those of 3 clusters")
      #expect(
        try reason(metadata: ["clusters.names": "one"]) == "its names are not those of 3 clusters")
      #expect(throws: SafetensorsError.self) {
        try SafetensorsFile.write([], metadata: ["clusters": "1"], to: url)
        _ = try ItemClusters(SafetensorsFile(url), itemCount: 1)
      }
      #expect(
        "\(IndexError.damagedClusters(file: "F", reason: "R"))"
          == "F does not hold the clusters of these items: R; copy it again, or train again")
    }
  }
}
