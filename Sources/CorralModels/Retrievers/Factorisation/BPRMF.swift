package import CorralData
package import Torch

/// The shape of BPR-MF: `retriever: {model: bpr-mf}`.
public struct BPRMFSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
  public var dimension = 64
  /// The standard deviation of initial vectors.
  public var initialSpread: Float = 0.1

  /// The defaults: vectors of 64 elements.
  public init() {}

  /// The name in settings.
  package static let name = "bpr-mf"

  /// Who described the model, and when.
  package static let paper = "Rendle, Freudenthaler, Gantner and Schmidt-Thieme, 2009"

  /// Only for users whom training never met does a history matter.
  package var historyLength: Int { 0 }

  /// As described: each positive is compared with negatives of its own.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe.pairwise(.bpr, negatives: 4)
    recipe.train.rate = 5e-3
    return recipe
  }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try BPRMF(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that a factorisation cannot have.
  package func validate() throws { try checkEmbeddings(initialSpread: initialSpread) }
}

/// BPR-MF: a vector for each user and each item, compared by inner product
/// (Rendle and others, 2009).
///
/// `x_ui = <w_u, h_i>`. It differs from other factorisations in how it is trained: by the loss of
/// that paper, against negatives drawn for each example. The paper's regularisation is the decay of
/// weights. An unknown user is the mean of the items in their history. Parameters: `users.weight`
/// `[users, dimension]` and `items.weight` `[items, dimension]`.
package struct BPRMF: Retriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  private let factors: Factors

  /// A factorisation of the interactions of a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: BPRMFSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    width = settings.dimension
    factors = try Factors(
      catalogue, columns: width, spread: settings.initialSpread, in: scope)
  }

  /// The device of the parameters.
  package var device: Device { factors.device }

  /// The vectors of some queries, `[batch, width]`; only for unknown users does a history matter.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor { factors.ofUsers(batch) }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor { factors.ofItems(items) }
}
