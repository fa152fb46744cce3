import CorralData
import CorralIndex
import CorralTesting
import CorralVectors
import Foundation
import Testing

struct PartitionedIndexTests {
  /// Clusters of very different sizes, the last one empty.
  static func partition(_ items: Int, clusters: Int, seed: UInt64 = 1) -> Partition {
    var generator = SeededGenerator(seed: seed)
    let found = (0..<items).map { _ -> Int32 in
      let place = generator.uniform()
      return Int32(place * place * Double(max(1, clusters - 1)))
    }
    return Partition(clusters: found, count: clusters)
  }

  static func settings(_ kind: IndexSettings.Kind) -> IndexSettings {
    var settings = IndexSettings()
    settings.kind = kind
    return settings
  }

  /// A request: its vectors, shares, rule, and what it must not find.
  struct Request {
    let vectors: Matrix
    let isPerCluster: Bool
    let interests: Int
    let shares: [Float]
    let rule: QuotaRule
    let count: Int
    let placed: PlacedItems
    let excluded: Set<ItemIndex>

    init(items: Int, clusters: Int, columns: Int, using generator: inout SeededGenerator) {
      isPerCluster = generator.next(below: 2) == 0
      interests = 1 + generator.next(below: 3)
      vectors = wholeNumbers(
        rows: interests * (isPerCluster ? clusters : 1), columns: columns, seed: generator.next())
      shares = (0..<clusters).map { _ in Float(generator.uniform()) }
      rule = QuotaRule(
        alpha: [0, 0.5, 1, 3][generator.next(below: 4)], cap: [1, 0.4][generator.next(below: 2)],
        block: [nil, nil, 1, 6, 60][generator.next(below: 5)])
      count = [0, 1, 7, 40, 150, 500][generator.next(below: 6)]
      let isPlaced = [0, 0, 40][generator.next(below: 3)]
      placed = PlacedItems((0..<items).map { _ in generator.next(below: 100) >= isPlaced })
      let met = [0, 30, 280][generator.next(below: 3)]
      excluded = Set((0..<met).map { _ in ItemIndex(generator.next(below: items)) })
    }

    /// The allowed items of a cluster in order of their scores.
    func ranked(_ cluster: Int, _ items: Matrix, _ partition: Partition) -> [Candidate] {
      let first = isPerCluster ? cluster * interests : 0
      let members = Set(partition.members[cluster])
      var best: [ItemIndex: Candidate] = [:]
      for row in first..<first + interests {
        let found = sortedSearch(items, Array(vectors[row]), count: items.rows) {
          members.contains($0) && placed.contains($0) && !excluded.contains($0)
        }
        for candidate in found where candidate.score > best[candidate.item]?.score ?? -.infinity {
          best[candidate.item] = candidate
        }
      }
      return best.values.sorted { ($1.score, $0.item) < ($0.score, $1.item) }
    }

    /// The list by its definition.
    func twin(_ items: Matrix, _ partition: Partition) -> DividedList {
      let ranked = (0..<partition.count).map { self.ranked($0, items, partition) }
      var available = (0..<partition.count).map { partition.members[$0].count }
      var (blocks, quotas): ([[Int]], [Int]) = ([], [])
      while true {
        blocks = rule.blocks(count, shares: shares, available: available)
        quotas = (0..<partition.count).map { cluster in blocks.reduce(0) { $0 + $1[cluster] } }
        let short = quotas.indices.filter { quotas[$0] > ranked[$0].count }
        if short.isEmpty { break }
        for cluster in short { available[cluster] = ranked[cluster].count }
      }
      var next = quotas.map { _ in 0 }
      var list = DividedList(merging: ranked.map { $0[..<0] }, shares: shares)
      list.quotas = quotas
      for block in blocks {
        let parts = ranked.indices.map { ranked[$0][next[$0]..<next[$0] + block[$0]] }
        let own = DividedList(merging: parts, shares: shares)
        list.candidates += own.candidates
        list.clusters += own.clusters
        for (cluster, quota) in block.enumerated() { next[cluster] += quota }
      }
      list.append(
        unplacedOf: placed, upTo: min(count, items.rows), partition: partition
      ) { !excluded.contains($0) }
      return list
    }

    func list(_ index: PartitionedIndex, threads: Int = 1) -> DividedList {
      index.search(
        vectors, isPerCluster: isPerCluster, shares: shares, rule: rule, count: count,
        placed: placed, threads: threads
      ) { [excluded] in !excluded.contains($0) }
    }
  }

  @Test(arguments: IndexSettings.Kind.allCases, [1, 2, 7])
  func `every kind keeps the contract`(kind: IndexSettings.Kind, clusters: Int) throws {
    try expectIndexContract {
      try PartitionedIndex(
        $0, partition: Self.partition($0.rows, clusters: clusters), settings: Self.settings(kind))
    }
    try expectIndexContract {
      try BuiltIndex(
        $0, settings: Self.settings(kind),
        partition: Self.partition($0.rows, clusters: clusters))
    }
  }

  @Test(arguments: [1, 3])
  func `a list is that of the definition`(threads: Int) throws {
    var generator = SeededGenerator(seed: 5)
    let items = wholeNumbers(rows: 300, columns: 5)
    var (full, short) = (0, 0)
    for clusters in [1, 2, 6, 12] {
      let partition = Self.partition(300, clusters: clusters)
      let index = try PartitionedIndex(
        items, partition: partition, settings: Self.settings(.exact))
      for _ in 0..<40 {
        let request = Request(items: 300, clusters: clusters, columns: 5, using: &generator)
        let list = request.list(index, threads: threads)
        #expect(list == request.twin(items, partition))
        let allowed = 300 - request.excluded.count
        #expect(list.candidates.count == min(request.count, allowed))
        #expect(Set(list.candidates.map(\.item)).count == list.candidates.count)
        if list.candidates.count == request.count { full += 1 } else { short += 1 }
      }
    }
    #expect(full > 20 && short > 20)
  }

  @Test(arguments: IndexSettings.Kind.allCases, [1, 2, 6])
  func `a batch finds what single requests find`(
    kind: IndexSettings.Kind, clusters: Int
  ) throws {
    let items = wholeNumbers(rows: 400, columns: 6)
    let index = try PartitionedIndex(
      items, partition: Self.partition(400, clusters: clusters), settings: Self.settings(kind))
    for (isPerCluster, interests) in [(true, 1), (false, 1), (true, 3), (false, 2)] {
      // More than a block of requests, and ones that use clusters up.
      let requests = 150
      let rows = interests * (isPerCluster ? clusters : 1)
      let vectors = wholeNumbers(rows: requests * rows, columns: 6, seed: 3)
      var generator = SeededGenerator(seed: 7)
      let shares = Matrix(
        rows: requests, columns: clusters,
        values: (0..<requests * clusters).map { _ in Float(generator.uniform()) })
      let excluded = Ragged(
        (0..<requests).map { request in
          (0..<[0, 5, 300][request % 3]).map { _ in ItemIndex(generator.next(below: 400)) }
        })
      let placed = PlacedItems((0..<400).map { $0 % 9 != 4 })
      let rule = QuotaRule(alpha: 2)
      let found = [1, 3].map { threads in
        index.search(
          vectors, isPerCluster: isPerCluster, shares: shares, rule: rule, count: 50,
          placed: placed, excluding: excluded, threads: threads)
      }
      #expect(found[0] == found[1])
      for request in 0..<requests {
        let left = Set(excluded[request])
        let single = index.search(
          vectors.gathered(request * rows..<(request + 1) * rows), isPerCluster: isPerCluster,
          shares: Array(shares[request]), rule: rule, count: 50, placed: placed
        ) { !left.contains($0) }
        #expect(found[0][request] == single)
      }
    }
    let none = index.search(
      Matrix(rows: 0, columns: 6), isPerCluster: true, shares: Matrix(rows: 0, columns: clusters),
      rule: QuotaRule(), count: 5)
    #expect(none.isEmpty)
  }

  @Test(arguments: IndexSettings.Kind.allCases)
  func `one cluster is the index without clusters, bit for bit`(kind: IndexSettings.Kind) throws {
    let items = HNSWIndexTests.clusters(rows: 1500, columns: 24)
    let queries = HNSWIndexTests.clusters(rows: 40, columns: 24, seed: 2)
    let settings = Self.settings(kind)
    let plain = try BuiltIndex(items, settings: settings, seed: 9)
    let one = try BuiltIndex(
      items, settings: settings,
      partition: Partition(clusters: [Int32](repeating: 0, count: 1500), count: 1), seed: 9)
    guard case .partitioned(let index) = one else {
      Issue.record("not partitioned")
      return
    }
    #expect(one.isExact == plain.isExact)
    for row in 0..<queries.rows {
      let placed = row % 2 == 0 ? PlacedItems.all : PlacedItems((0..<1500).map { $0 % 50 != 3 })
      let isAllowed: @Sendable (ItemIndex) -> Bool = { row % 3 == 0 || $0.position % 7 != 2 }
      let vectors = queries.gathered(row..<row + 1)
      let expected = plain.search(
        anyOf: vectors, count: 30, placed: placed, where: isAllowed)
      let list = index.search(
        vectors, isPerCluster: true, shares: [1], rule: QuotaRule(), count: 30, placed: placed,
        where: isAllowed)
      #expect(list.candidates == expected)
      #expect(one.search(anyOf: vectors, count: 30, placed: placed, where: isAllowed) == expected)
    }
    let batch = index.search(
      queries, isPerCluster: false, shares: Matrix(rows: 40, columns: 1, repeating: 1),
      rule: QuotaRule(), count: 30)
    for row in 0..<40 {
      #expect(
        batch[row].candidates
          == plain.search(Array(queries[row]), count: 30) { _ in true })
    }
  }

  @Test(arguments: [IndexSettings.Kind.hnsw, .multiIndex])
  func `indexes of large clusters find nearly all of the best`(kind: IndexSettings.Kind) throws {
    let items = HNSWIndexTests.clusters(rows: 6000, columns: 24)
    let partition = Partition(clusters: (0..<6000).map { Int32($0 % 10 / 5) }, count: 3)
    let index = try PartitionedIndex(items, partition: partition, settings: Self.settings(kind))
    #expect(!index.isExact)
    let exact = try PartitionedIndex(
      items, partition: partition, settings: Self.settings(.exact))
    #expect(exact.isExact)
    let queries = HNSWIndexTests.clusters(rows: 100, columns: 24, seed: 2)
    var shared = 0
    for row in 0..<50 {
      let vectors = queries.gathered([row, row + 50, row])
      func items(_ index: PartitionedIndex) -> Set<ItemIndex> {
        Set(
          index.search(
            vectors, isPerCluster: true, shares: [0.3, 0.6, 0.1], rule: QuotaRule(), count: 60
          ) { $0.position % 3 != 0 }.candidates.map(\.item))
      }
      let found = items(index)
      #expect(found.count == 60)
      shared += found.intersection(items(exact)).count
    }
    #expect(Double(shared) / Double(50 * 60) > 0.95)
  }

  @Test func `each cluster is searched with its own vector`() throws {
    // Items 0..<50 in cluster 0, the others in cluster 1; the vectors prefer opposite ends.
    let items = Matrix(rows: 100, columns: 1, values: (0..<100).map(Float.init))
    let partition = Partition(clusters: (0..<100).map { $0 < 50 ? 0 : 1 }, count: 2)
    let index = try PartitionedIndex(items, partition: partition, settings: Self.settings(.exact))
    let list = index.search(
      Matrix(rows: 2, columns: 1, values: [1, -1]), isPerCluster: true, shares: [0.75, 0.25],
      rule: QuotaRule(), count: 4
    ) { _ in true }
    #expect(list.quotas == [3, 1] && list.clusters == [0, 0, 1, 0])
    #expect(list.candidates.map(\.item.position) == [49, 48, 50, 47])
    #expect(list.candidates.map(\.score) == [49, 48, -50, 47])
  }

  @Test func `what a strict filter leaves over goes to the other clusters`() throws {
    let items = normalNumbers(rows: 3000, columns: 8)
    let partition = Partition(clusters: (0..<3000).map { Int32($0 / 1000) }, count: 3)
    for kind in IndexSettings.Kind.allCases {
      let index = try PartitionedIndex(items, partition: partition, settings: Self.settings(kind))
      // Cluster 0 has 10 allowed items, cluster 1 none, cluster 2 all.
      let list = index.search(
        items.gathered([5]), isPerCluster: false, shares: [0.5, 0.4, 0.1], rule: QuotaRule(),
        count: 60
      ) { $0.position < 10 || $0.position >= 2000 }
      #expect(list.quotas == [10, 0, 50])
      let few = index.search(
        items.gathered([5]), isPerCluster: false, shares: [0.5, 0.4, 0.1], rule: QuotaRule(),
        count: 60
      ) { $0.position % 1000 == 77 }
      #expect(Set(few.candidates.map(\.item.position)) == [77, 1077, 2077])
    }
  }

  @Test func `vectors that are not numbers find only unplaced items`() throws {
    let index = try PartitionedIndex(
      normalNumbers(rows: 50, columns: 3), partition: Self.partition(50, clusters: 4),
      settings: Self.settings(.exact))
    let list = index.search(
      Matrix(rows: 4, columns: 3, repeating: .nan), isPerCluster: true, shares: [1, 1, 1, 1],
      rule: QuotaRule(), count: 10, placed: PlacedItems((0..<50).map { $0 != 7 })
    ) { _ in true }
    #expect(list.candidates.map(\.item.position) == [7] && list.quotas == [0, 0, 0, 0])
  }

  @Test(arguments: [IndexSettings.Kind.hnsw, .multiIndex])
  func `an index comes back from its file`(kind: IndexSettings.Kind) throws {
    let items = HNSWIndexTests.clusters(rows: 3000, columns: 8)
    // The second cluster is small, and the last one empty.
    let partition = Partition(
      clusters: (0..<3000).map { $0 % 30 == 0 ? 1 : $0 % 2 == 0 ? 0 : 2 }, count: 4)
    let settings = Self.settings(kind)
    let index = try BuiltIndex(items, settings: settings, partition: partition, seed: 4)
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("index.safetensors")
      let saved = try #require(index.saved)
      try SafetensorsFile.write(saved.tensors, metadata: saved.metadata, to: url)
      let file = try SafetensorsFile(url)
      let read = try BuiltIndex(file, items: items, settings: settings, partition: partition)
      for row in [0, 1, 2, 999] {
        let query = Array(items[row])
        #expect(
          read.search(query, count: 40) { _ in true }
            == index.search(query, count: 40) { _ in true })
      }
      let again = folder.appendingPathComponent("again.safetensors")
      let savedAgain = try #require(read.saved)
      try SafetensorsFile.write(savedAgain.tensors, metadata: savedAgain.metadata, to: again)
      #expect(try Data(contentsOf: again) == Data(contentsOf: url))

      func reason(_ settings: IndexSettings, _ partition: Partition?) -> String {
        do {
          _ = try BuiltIndex(file, items: items, settings: settings, partition: partition)
          return "accepted"
        } catch { return "\(error)".replacingOccurrences(of: url.path, with: "FILE") }
      }
      let other = Partition(clusters: Array(partition.clusters.reversed()), count: 4)
      #expect(
        reason(settings, other)
          == "FILE is not the index of these items: it was made for other clusters; build the index "
          + "again")
      let foreign =
        "FILE is not the index of these items: its metadata is that of something else; "
        + "build the index again"
      #expect(reason(settings, nil) == foreign)
      #expect(reason(Self.settings(kind == .hnsw ? .multiIndex : .hnsw), partition) == foreign)
    }
  }

  @Test func `an exact index needs no file, and counts its vectors`() throws {
    let items = normalNumbers(rows: 200, columns: 4)
    let index = try BuiltIndex(
      items, settings: Self.settings(.exact), partition: Self.partition(200, clusters: 3))
    #expect(index.saved == nil && index.count == 200 && index.dimension == 4)
    #expect(index.byteCount >= 200 * 4 * 4 && index.byteCount < 200 * 4 * 4 + 200 * 8 + 100)
    #expect(index.residual == nil)
  }

  @Test func `shapes that do not fit trap`() async {
    await #expect(processExitsWith: .failure) {
      _ = try PartitionedIndex(
        Matrix(rows: 3, columns: 2), partition: Partition(clusters: [0, 0], count: 1),
        settings: IndexSettings())
    }
    await #expect(processExitsWith: .failure) {
      let index = try PartitionedIndex(
        Matrix(rows: 2, columns: 2), partition: Partition(clusters: [0, 1], count: 2),
        settings: IndexSettings())
      _ = index.search(
        Matrix(rows: 3, columns: 2), isPerCluster: true, shares: [1, 1], rule: QuotaRule(), count: 1
      ) { _ in true }
    }
    await #expect(processExitsWith: .failure) {
      let index = try PartitionedIndex(
        Matrix(rows: 2, columns: 2), partition: Partition(clusters: [0, 1], count: 2),
        settings: IndexSettings())
      _ = index.search(
        Matrix(rows: 2, columns: 2), isPerCluster: true, shares: [1], rule: QuotaRule(), count: 1
      ) { _ in true }
    }
  }
}
