import CorralData
import Torch

/// The shape of one ranker: the keys that stand beside `model` in the `ranker` block.
///
/// Each model has settings of its own, with the keys that it uses and no others.
public protocol RankerModelSettings: Sendable, Codable, Equatable {
  /// The defaults.
  init()

  /// Who described the model, and when.
  static var paper: String { get }

  /// The number of elements of each embedding.
  var dimension: Int { get set }

  /// The most items of a history that a query looks at; 0 where it looks at none.
  var history: Int { get set }

  /// The widths of the layers before the heads.
  var hidden: [Int] { get set }

  /// The share of activations that training drops after each of them.
  var dropout: Float { get set }

  /// Whether users are known by their ids.
  var userEmbedding: RetrieverSettings.Presence { get set }

  /// Whether the features of users, items and requests are seen.
  var features: RetrieverSettings.Presence { get set }

  /// The standard deviation of initial embeddings.
  var initialSpread: Float { get set }

  /// Throws `ModelsError.setting` for the first value that no such ranker can have.
  func validate() throws
}

extension RankerModelSettings {
  /// Whether a query without a history would be nothing at all.
  public func needsHistory(_ catalogue: Catalogue) -> Bool {
    userEmbedding == .off && (features == .off || catalogue.users.columns.isEmpty)
  }

  /// Throws unless a value of this block is good.
  func check(_ isGood: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
    try ModelsError.check(isGood, "ranker.\(key)", value, reason)
  }

  /// Throws for the first value that no ranker can have.
  func checkCommon() throws {
    try check(dimension > 0, "dimension", dimension, "vectors need 1 element or more, such as 64")
    try check(
      initialSpread > 0 && initialSpread.isFinite, "initialSpread", initialSpread,
      "embeddings that all start from the same point stay there; give a number above 0, such as "
        + "0.01")
    try check(hidden.allSatisfy { $0 > 0 }, "hidden", hidden, "a layer has 1 width or more")
    try check(
      (0..<1).contains(dropout), "dropout", dropout, "give a share from 0 up to, but not, 1")
    try check(history >= 0, "history", history, "give 0 or more items")
  }

  /// Throws unless a catalogue gives the queries of this ranker something to say.
  func checkFields(_ count: Int) throws {
    try check(
      count > 0, "userEmbedding", "off",
      "a query would be nothing at all without history, features and context; set it to on, or "
        + "ranker.history to 20")
  }

  /// Which fields there are.
  var parts: FieldParts {
    FieldParts(
      dimension: dimension, spread: initialSpread, userEmbedding: userEmbedding,
      features: features)
  }
}
