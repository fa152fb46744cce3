public import CorralData
public import CorralVectors

/// An index of the kind that the settings ask for.
public enum BuiltIndex: CandidateIndex {
  /// Every item is compared.
  case exact(ExactIndex)
  /// A graph of neighbours is walked.
  case hnsw(HNSWIndex)
  /// The best buckets of two clusterings are opened.
  case multiIndex(InvertedMultiIndex)

  /// Makes the index of the rows of a matrix; throws `IndexError`.
  public init(_ items: Matrix, settings: IndexSettings, seed: UInt64 = 1) throws {
    switch settings.kind {
    case .exact: self = .exact(ExactIndex(items))
    case .hnsw: self = .hnsw(try HNSWIndex(items, settings: settings, seed: seed))
    case .multiIndex:
      self = .multiIndex(
        try InvertedMultiIndex(items, settings: settings.multiIndex, seed: seed))
    }
  }

  /// Whether a search always finds the best items.
  public var isExact: Bool {
    switch self {
    case .exact: true
    case .hnsw, .multiIndex: false
    }
  }

  /// The number of items.
  public var count: Int {
    switch self {
    case .exact(let index): index.count
    case .hnsw(let index): index.count
    case .multiIndex(let index): index.count
    }
  }

  /// The number of elements of an item's vector, and of a query's.
  public var dimension: Int {
    switch self {
    case .exact(let index): index.dimension
    case .hnsw(let index): index.dimension
    case .multiIndex(let index): index.dimension
    }
  }

  /// The memory that it holds, its vectors included.
  public var byteCount: Int {
    switch self {
    case .exact(let index): index.items.values.count * MemoryLayout<Float>.size
    case .hnsw(let index): index.byteCount
    case .multiIndex(let index): index.byteCount
    }
  }

  /// How far items are from the buckets that stand for them; `nil` for a kind without buckets.
  public var residual: MultiIndexResidual? {
    if case .multiIndex(let index) = self { index.residual } else { nil }
  }

  /// What a file holds of the index beside the items' vectors; `nil` when that is nothing.
  public var saved: (tensors: [SafetensorsTensor], metadata: [String: String])? {
    switch self {
    case .exact: nil
    case .hnsw(let index): (index.tensors, index.metadata)
    case .multiIndex(let index): (index.tensors, index.metadata)
    }
  }

  /// Reads the index of a matrix's rows back from its file; throws `SafetensorsError` or
  /// `IndexError` when the file does not hold an index of the items of the settings' kind.
  public init(_ file: SafetensorsFile, items: Matrix, settings: IndexSettings) throws {
    switch settings.kind {
    case .exact: self = .exact(ExactIndex(items))
    case .hnsw: self = .hnsw(try HNSWIndex(file, items: items, ef: settings.ef))
    case .multiIndex:
      self = .multiIndex(
        try InvertedMultiIndex(file, items: items, settings: settings.multiIndex))
    }
  }

  /// The best `count` allowed items, as well as the kind finds them.
  public func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    switch self {
    case .exact(let index): index.search(query, count: count, where: isAllowed)
    case .hnsw(let index): index.search(query, count: count, where: isAllowed)
    case .multiIndex(let index): index.search(query, count: count, where: isAllowed)
    }
  }
}
