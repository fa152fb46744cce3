public import CorralData
public import CorralVectors

/// An index of the kind that the settings ask for.
public enum BuiltIndex: CandidateIndex {
  /// Every item is compared.
  case exact(ExactIndex)
  /// A graph of neighbours is walked.
  case hnsw(HNSWIndex)

  /// Makes the index of the rows of a matrix; throws `IndexError`.
  public init(_ items: Matrix, settings: IndexSettings, seed: UInt64 = 1) throws {
    switch settings.kind {
    case .exact: self = .exact(ExactIndex(items))
    case .hnsw: self = .hnsw(try HNSWIndex(items, settings: settings, seed: seed))
    }
  }

  /// Whether a search always finds the best items.
  public var isExact: Bool {
    switch self {
    case .exact: true
    case .hnsw: false
    }
  }

  /// The number of items.
  public var count: Int {
    switch self {
    case .exact(let index): index.count
    case .hnsw(let index): index.count
    }
  }

  /// The number of elements of an item's vector, and of a query's.
  public var dimension: Int {
    switch self {
    case .exact(let index): index.dimension
    case .hnsw(let index): index.dimension
    }
  }

  /// The memory that it holds, its vectors included.
  public var byteCount: Int {
    switch self {
    case .exact(let index): index.items.values.count * MemoryLayout<Float>.size
    case .hnsw(let index): index.byteCount
    }
  }

  /// The best `count` allowed items, as well as the kind finds them.
  public func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    switch self {
    case .exact(let index): index.search(query, count: count, where: isAllowed)
    case .hnsw(let index): index.search(query, count: count, where: isAllowed)
    }
  }
}
