package import CorralData
package import CorralIndex
package import Torch

/// One retriever: its settings, its network and how it is trained by default.
///
/// A new retriever is a type of this kind, its network, and a line in `RetrieverSettings.models`.
package protocol RetrieverModelSettings: ModelSettings, RetrieverSettings.Model {
  /// The most items of a history that a query looks at; 0 if it looks at none.
  var historyLength: Int { get }

  /// Whether scores are inner products, so that an index can search by them.
  var isInnerProduct: Bool { get }

  /// Whether an item that training never met is placed by its features.
  var placesItemsByFeatures: Bool { get }

  /// How a row of training examples is read.
  var examples: ExampleShape { get }

  /// Which parts of a request decide the scores.
  func scoredBy(_ catalogue: Catalogue) -> ScoredBy

  /// How the retriever can be told which cluster of items a query searches; `none` is one way.
  var taskIdentities: [TaskIdentity] { get }

  /// How the retriever is trained by default.
  static var training: TrainingRecipe { get }

  /// The network over a catalogue, its parameters claimed from a scope.
  ///
  /// Called with settings that `validate()` accepts. Throws `SettingError` if the catalogue leaves
  /// a query nothing to say, and `TorchError` if stored parameters do not fit.
  func network(for catalogue: Catalogue, in scope: Parameters.Scope) throws -> any Retriever
}

extension RetrieverModelSettings {
  /// Scores are inner products.
  package var isInnerProduct: Bool { true }

  /// Items are known by their ids alone.
  package var placesItemsByFeatures: Bool { false }

  /// One target after each history.
  package var examples: ExampleShape { .pairs }

  /// A model that looks at histories knows nothing else of a user, unless it says so.
  package func scoredBy(_ catalogue: Catalogue) -> ScoredBy {
    historyLength > 0 ? .history : .userFirst
  }

  /// The retriever knows no clusters.
  package var taskIdentities: [TaskIdentity] { [.none] }

  /// The general defaults.
  package static var training: TrainingRecipe { TrainingRecipe() }

  /// Whether a query without a history would say nothing at all.
  package func needsHistory(_ catalogue: Catalogue) -> Bool {
    if case .history = scoredBy(catalogue) { true } else { false }
  }

  /// Throws unless embeddings of this shape can be learned.
  func checkEmbeddings(initialSpread: Float) throws {
    try check(initialSpread: initialSpread, such: 0.1)
  }
}
