package import CorralData
package import Torch

/// The shape of matrix factorisation: `retriever: {model: mf}`.
public struct MatrixFactorisationSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
  public var dimension = 64
  /// How the vectors of a user and an item are compared.
  public var similarity = RetrieverSettings.Similarity.cosine
  /// Whether a multiplier of all scores is learned besides the temperature of the loss.
  public var scale = RetrieverSettings.Scale.fixed
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: vectors of 64 elements, compared by cosine.
  public init() {}

  /// The name in settings.
  package static let name = "mf"

  /// Who described the model, and when.
  package static let paper = "Koren, Bell and Volinsky, 2009; with a softmax: Yi and others, 2019"

  /// Only for users whom training never met does a history matter.
  package var historyLength: Int { 0 }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try MatrixFactorisation(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that a factorisation cannot have.
  package func validate() throws { try checkEmbeddings(initialSpread: initialSpread) }
}

/// Matrix factorisation: a vector for each user and each item (Koren, Bell and Volinsky, 2009).
///
/// An unknown user is the mean of the items in their history. Parameters: `users.weight`
/// `[users, dimension]`, `items.weight` `[items, dimension]`, and `scale.log` if it is learned.
package struct MatrixFactorisation: Retriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  private let similarity: RetrieverSettings.Similarity
  private let factors: Factors
  private let logScale: Tensor?

  /// A factorisation of the interactions of a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: MatrixFactorisationSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    width = settings.dimension
    similarity = settings.similarity
    factors = try Factors(
      catalogue, columns: width, spread: settings.initialSpread, in: scope)
    logScale = try settings.scale.logarithm(in: scope)
  }

  /// The device of the parameters.
  package var device: Device { factors.device }

  /// The learned multiplier of scores.
  package var scale: Tensor? { logScale?.exp() }

  /// The vectors of some queries, `[batch, width]`; only for unknown users does a history matter.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    similarity.prepared(factors.ofUsers(batch))
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    similarity.prepared(factors.ofItems(items))
  }
}
