package import CorralData
package import CorralVectors

/// An index of the kind that the settings ask for.
package enum BuiltIndex: CandidateIndex {
  /// Every item is compared.
  case exact(ExactIndex)
  /// A graph of neighbours is walked.
  case hnsw(HNSWIndex)
  /// The best buckets of two clusterings are opened.
  case multiIndex(InvertedMultiIndex)
  /// Each cluster of a partition has an index of one of the other kinds.
  case partitioned(PartitionedIndex)

  /// Makes the index of the rows of a matrix; throws `SettingError` or `IndexError`.
  ///
  /// With a partition it is one index of the settings' kind inside each cluster.
  package init(
    _ items: Matrix, settings: IndexSettings, partition: Partition? = nil, seed: UInt64 = 1
  ) throws {
    if let partition {
      self = .partitioned(
        try PartitionedIndex(items, partition: partition, settings: settings, seed: seed))
      return
    }
    switch settings.kind {
    case .exact: self = .exact(ExactIndex(items))
    case .hnsw: self = .hnsw(try HNSWIndex(items, settings: settings, seed: seed))
    case .multiIndex:
      self = .multiIndex(
        try InvertedMultiIndex(items, settings: settings.multiIndex, seed: seed))
    }
  }

  /// Whether a search always finds the best items.
  package var isExact: Bool {
    switch self {
    case .exact: true
    case .hnsw, .multiIndex: false
    case .partitioned(let index): index.isExact
    }
  }

  /// The number of items.
  package var count: Int {
    switch self {
    case .exact(let index): index.count
    case .hnsw(let index): index.count
    case .multiIndex(let index): index.count
    case .partitioned(let index): index.count
    }
  }

  /// The number of elements of an item's vector, and of a query's.
  package var dimension: Int {
    switch self {
    case .exact(let index): index.dimension
    case .hnsw(let index): index.dimension
    case .multiIndex(let index): index.dimension
    case .partitioned(let index): index.dimension
    }
  }

  /// The memory that it holds, its vectors included.
  package var byteCount: Int {
    switch self {
    case .exact(let index): index.items.values.count * MemoryLayout<Float>.size
    case .hnsw(let index): index.byteCount
    case .multiIndex(let index): index.byteCount
    case .partitioned(let index): index.byteCount
    }
  }

  /// How far items are from the centres of their buckets; `nil` for an index without buckets.
  package var residual: MultiIndexResidual? {
    if case .multiIndex(let index) = self { index.residual } else { nil }
  }

  /// What a file must hold of the index besides the items' vectors; `nil` for nothing.
  package var saved: (tensors: [SafetensorsTensor], metadata: [String: String])? {
    switch self {
    case .exact: nil
    case .hnsw(let index): (index.tensors, index.metadata)
    case .multiIndex(let index): (index.tensors, index.metadata)
    case .partitioned(let index): index.saved
    }
  }

  /// Reads the index of a matrix's rows back from its file; throws `SafetensorsError` or
  /// `IndexError` when the file does not hold an index of the items of the settings' kind.
  ///
  /// An index that was made with a partition is read with the same one. A prefix of the tensors' names
  /// is for a file that holds other tensors too.
  package init(
    _ file: SafetensorsFile, items: Matrix, settings: IndexSettings, partition: Partition? = nil,
    prefix: String = ""
  ) throws {
    if let partition {
      self = .partitioned(
        try PartitionedIndex(file, items: items, partition: partition, settings: settings))
      return
    }
    switch settings.kind {
    case .exact: self = .exact(ExactIndex(items))
    case .hnsw: self = .hnsw(try HNSWIndex(file, items: items, ef: settings.ef, prefix: prefix))
    case .multiIndex:
      self = .multiIndex(
        try InvertedMultiIndex(
          file, items: items, settings: settings.multiIndex, prefix: prefix))
    }
  }

  /// The name of its kind in settings; that of what is inside each cluster.
  var kindName: String {
    switch self {
    case .exact: IndexSettings.Kind.exact.rawValue
    case .hnsw: IndexSettings.Kind.hnsw.rawValue
    case .multiIndex: IndexSettings.Kind.multiIndex.rawValue
    case .partitioned(let index): index.settings.kind.rawValue
    }
  }

  /// The best `count` allowed items that this kind of index finds.
  package func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    switch self {
    case .exact(let index): index.search(query, count: count, where: isAllowed)
    case .hnsw(let index): index.search(query, count: count, where: isAllowed)
    case .multiIndex(let index): index.search(query, count: count, where: isAllowed)
    case .partitioned(let index): index.search(query, count: count, where: isAllowed)
    }
  }
}
