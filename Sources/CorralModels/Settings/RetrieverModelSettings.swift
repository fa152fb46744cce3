public import CorralData
import Torch

/// The shape of one retriever: the keys that stand beside `model` in the `retriever` block.
///
/// Each model has settings of its own, with the keys that it uses and no others.
public protocol RetrieverModelSettings: Sendable, Codable, Equatable {
  /// The defaults.
  init()

  /// Who described the model, and when.
  static var paper: String { get }

  /// The number of elements of each embedding.
  var dimension: Int { get set }

  /// The most items of a history that a query looks at; 0 where it looks at none.
  var historyLength: Int { get }

  /// Whether scores are inner products, so that an index can search by them.
  var isInnerProduct: Bool { get }

  /// Whether an item that training never met is placed by its features, where it has any.
  var placesItemsByFeatures: Bool { get }

  /// What a row of training examples is; one target after each history unless a model says more.
  var examples: ExampleShape { get }

  /// Whether a query without a history would be nothing at all.
  func needsHistory(_ catalogue: Catalogue) -> Bool

  /// Throws `ModelsError.setting` for the first value that no such retriever can have.
  func validate() throws
}

extension RetrieverModelSettings {
  /// Scores are inner products.
  public var isInnerProduct: Bool { true }

  /// Items are known by their ids alone.
  public var placesItemsByFeatures: Bool { false }

  /// One target after each history.
  public var examples: ExampleShape { .pairs }

  /// A model that looks at histories knows nothing else, unless it says so.
  public func needsHistory(_ catalogue: Catalogue) -> Bool { historyLength > 0 }
}

extension ModelsError {
  /// Throws `setting` unless a value is good; the key is the whole one, as `retriever.dimension`.
  static func check(
    _ isGood: Bool, _ key: String, _ value: some Any, _ reason: String
  ) throws {
    if !isGood { throw ModelsError.setting(key: key, value: "\(value)", reason: reason) }
  }
}

extension RetrieverModelSettings {
  /// Throws unless a value of this block is good.
  func check(_ isGood: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
    try ModelsError.check(isGood, "retriever.\(key)", value, reason)
  }

  /// Throws unless embeddings of this shape can be learned.
  func checkEmbeddings(initialSpread: Float) throws {
    try check(dimension > 0, "dimension", dimension, "vectors need 1 element or more, such as 64")
    try check(
      initialSpread > 0 && initialSpread.isFinite, "initialSpread", initialSpread,
      "embeddings that all start from the same point stay there; give a number above 0, such as 0.1"
    )
  }

  /// Throws unless a share of activations can be dropped.
  func check(dropout: Float) throws {
    try check(
      (0..<1).contains(dropout), "dropout", dropout, "give a share from 0 up to, but not, 1")
  }
}
