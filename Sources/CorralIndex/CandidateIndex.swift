public import CorralData

/// An item that a search found, and its score.
public struct Candidate: Sendable, Hashable {
  /// The item.
  public var item: ItemIndex
  /// Its inner product with the query: the larger, the better.
  public var score: Float

  /// An item with its score.
  public init(item: ItemIndex, score: Float) {
    self.item = item
    self.score = score
  }
}

/// Finds the items with the largest inner products with a query vector.
///
/// Results are in order of falling score; equal scores are in order of item. An index is an
/// immutable value: a changed catalogue is a new index.
public protocol CandidateIndex: Sendable {
  /// Whether a search always finds the best items, so that others can be checked against it.
  var isExact: Bool { get }

  /// The number of items.
  var count: Int { get }

  /// The number of elements of an item's vector, and of a query's.
  var dimension: Int { get }

  /// The best `count` allowed items, or all of them when fewer are allowed.
  ///
  /// The filter is asked during the search, so that it never shortens the result of an exact index.
  func search(_ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool) -> [Candidate]
}
