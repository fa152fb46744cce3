package import CorralData
package import CorralVectors

/// An index inside each cluster of a catalogue, for lists that are shared out among clusters.
///
/// The items' vectors are laid out cluster by cluster, so that each cluster is a range of rows that
/// can be compared one by one. The other kinds have an index of each large cluster too, and use it
/// where that is faster: a walk through a graph pays for each item that it keeps, and a row costs
/// little. Scores have the bits that `ExactIndex` finds. Without quotas it searches all clusters.
package struct PartitionedIndex: CandidateIndex {
  /// The clusters.
  package let partition: Partition
  /// The number of elements of an item's vector, and of a query's.
  package let dimension: Int
  /// How the index of a cluster is made and searched.
  package let settings: IndexSettings
  /// The index of each cluster, whose item `i` is member `i` of the cluster.
  let parts: [Part]

  /// The index of one cluster.
  enum Part: Sendable {
    /// A range of rows is compared.
    case rows(RowRange)
    /// An index of its own is searched, or the range of rows, if there is one, where that is faster.
    case index(BuiltIndex, rows: RowRange?)
  }

  /// Clusters of the other kinds that have fewer items get no index.
  static let fewest = 1000
  /// How many rows are compared in the time in which a walk through a graph finds and keeps one item.
  static let rowsPerKept = 60

  /// Makes an index of the rows of a matrix: item `i` is row `i`.
  ///
  /// Throws `SettingError` or `IndexError`, as an index of the settings' kind does.
  package init(
    _ items: Matrix, partition: Partition, settings: IndexSettings, seed: UInt64 = 1
  ) throws {
    try self.init(items, partition: partition, settings: settings) { cluster, vectors in
      // The first cluster has the seed itself, so that one cluster is the index without clusters.
      try BuiltIndex(
        vectors, settings: settings,
        seed: cluster == 0 ? seed : mixed(seed, stream: UInt64(cluster)))
    }
  }

  /// Makes an index whose clusters have the indexes that a function makes of their vectors.
  init(
    _ items: Matrix, partition: Partition, settings: IndexSettings,
    making index: (_ cluster: Int, _ vectors: Matrix) throws -> BuiltIndex
  ) throws {
    let members = partition.members
    if members.values.count != items.rows {
      fatalError("PartitionedIndex: a partition of \(members.values.count) of \(items.rows) items")
    }
    self.partition = partition
    self.settings = settings
    dimension = items.columns
    if settings.kind != .exact, partition.count == 1 {
      parts = [.index(try index(0, items), rows: nil)]
      return
    }
    let rows = InnerProductSearch(items.laidOut(by: members))
    parts = try (0..<partition.count).map { cluster in
      let own = members.offsets[cluster]..<members.offsets[cluster + 1]
      if settings.kind == .exact || own.count < Self.fewest { return .rows(RowRange(rows, own)) }
      return .index(try index(cluster, rows.matrix.gathered(own)), rows: RowRange(rows, own))
    }
  }

  /// Whether a search always finds the best items.
  package var isExact: Bool {
    parts.allSatisfy { if case .index(let index, _) = $0 { index.isExact } else { true } }
  }

  /// The number of items.
  package var count: Int { partition.clusters.count }

  /// The memory that it holds, its vectors included.
  package var byteCount: Int {
    let isWhole = settings.kind != .exact && partition.count == 1
    let floats = isWhole ? 0 : count * dimension
    let indexes = parts.reduce(0) {
      if case .index(let index, _) = $1 { $0 + index.byteCount } else { $0 }
    }
    // The cluster of each item, and the items of each cluster.
    return 4 * floats + indexes + 8 * count + 8 * partition.members.offsets.count
  }

  /// The best `count` allowed items of all clusters, merged by their scores.
  ///
  /// For vectors that do not differ from cluster to cluster: other scores cannot be compared.
  package func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    let vector = Matrix(rows: 1, columns: query.count, values: query)
    let found = (0..<partition.count).flatMap { cluster in
      candidates(cluster, vector, count: count, of: count, where: isAllowed)
    }
    if partition.count == 1 { return found }
    let best = found.sorted { ($1.score, $0.item) < ($0.score, $1.item) }
    return Array(best.prefix(max(0, count)))
  }

  /// The best `count` allowed items of a cluster for a query of several vectors.
  ///
  /// They are among `list` that all clusters look for: an approximate index works for its part of it.
  func candidates(
    _ cluster: Int, _ vectors: Matrix, count: Int, of list: Int,
    where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    let members = partition.members
    let own = members.offsets[cluster]..<members.offsets[cluster + 1]
    // A walk asks for every item that it passes: a slice would count references each time.
    return members.values.withUnsafeBufferPointer { values in
      let members = UnsafeBufferPointer(rebasing: values[own])
      let isMemberAllowed: (ItemIndex) -> Bool = { isAllowed(members[$0.position]) }
      var found =
        switch parts[cluster] {
        case .rows(let rows):
          rows.search(anyOf: vectors, count: count, where: isMemberAllowed)
        case .index(let index, let rows):
          index.searching(count, of: list)
            .search(anyOf: vectors, count: count, besides: rows, where: isMemberAllowed)
        }
      for place in found.indices { found[place].item = members[found[place].item.position] }
      return found
    }
  }
}

extension BuiltIndex {
  /// The best `count` allowed items by the index, or by comparing all rows where that is faster.
  fileprivate func search(
    anyOf vectors: Matrix, count: Int, besides rows: RowRange?,
    where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    if let rows, case .hnsw(let graph) = self,
      rows.count <= PartitionedIndex.rowsPerKept * max(graph.settings.ef, count)
    {
      return rows.search(anyOf: vectors, count: count, where: isAllowed)
    }
    return search(anyOf: vectors, count: count, where: isAllowed)
  }

  /// The fewest candidates that a walk through a cluster keeps.
  private static var fewestKept: Int { 16 }

  /// The same index, not copied, that works for its part of a list: `count` of `list` items.
  fileprivate func searching(_ count: Int, of list: Int) -> BuiltIndex {
    guard 0 < count, count < list else { return self }
    func part(_ whole: Int) -> Int {
      let part = Int((Double(whole) * Double(count) / Double(list)).rounded(.up))
      return min(whole, max(part, Self.fewestKept))
    }
    do {
      switch self {
      case .exact, .partitioned: return self
      case .hnsw(let index): return .hnsw(try index.searching(ef: part(index.settings.ef)))
      case .multiIndex(let index):
        return .multiIndex(
          try index.searching(collected: part(index.settings.collected)))
      }
    } catch {
      fatalError("searching: \(error)")
    }
  }
}

extension Matrix {
  /// The rows in the order of all clusters' members; the matrix itself where that is their order.
  fileprivate func laidOut(by members: Ragged<ItemIndex>) -> Matrix {
    let isInOrder = members.values.indices.allSatisfy { members.values[$0].position == $0 }
    return isInOrder ? self : gathered(members.values.lazy.map(\.position))
  }
}
