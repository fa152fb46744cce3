import CorralData
package import Torch

/// One ranker: its settings and its network.
///
/// A new ranker is a type of this kind, its network, and a line in `RankerSettings.models`.
package protocol RankerModelSettings: ModelSettings, RankerSettings.Model {
  /// The most items of a history that a query looks at; 0 if it looks at none.
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

  /// The network over a catalogue with some heads, its parameters claimed from a scope.
  ///
  /// Called with settings that `validate()` accepts. Throws `SettingError` if the catalogue leaves
  /// a query nothing to say, and `TorchError` if stored parameters do not fit.
  func network(
    tasks: Int, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Ranker
}

extension RankerModelSettings {
  /// Whether a query without a history would say nothing at all.
  package func needsHistory(_ catalogue: Catalogue) -> Bool {
    userEmbedding == .off && (features == .off || catalogue.users.columns.isEmpty)
  }

  /// Throws for the first value that no ranker can have.
  func checkCommon() throws {
    try check(initialSpread: initialSpread, such: 0.01)
    try check(widths: hidden, "hidden")
    try check(dropout: dropout)
    try check(history >= 0, "history", history, "give 0 or more items")
  }

  /// Throws unless a query has a field.
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
