package import CorralData
package import Torch

/// The shape of LogisticMF: `retriever: {model: logistic-mf}`.
public struct LogisticMFSettings: RetrieverModelSettings {
  /// The number of elements of the vectors of users and items, without their biases.
  public var dimension = 64
  /// The standard deviation of initial vectors and biases.
  public var initialSpread: Float = 0.1

  /// The defaults: vectors of 64 elements and biases.
  public init() {}

  /// The name in settings.
  package static let name = "logistic-mf"

  /// Who described the model, and when.
  package static let paper = "Johnson, 2014"

  /// Only for users whom training never met does a history matter.
  package var historyLength: Int { 0 }

  /// Each positive is told from negatives of its own.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe.pairwise(.bce, negatives: 4)
    recipe.train.rate = 5e-3
    return recipe
  }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try LogisticMF(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that a factorisation cannot have.
  package func validate() throws { try checkEmbeddings(initialSpread: initialSpread) }
}

/// Logistic matrix factorisation: the probability that a user interacts with an item (Johnson,
/// 2014).
///
/// `logit p(u, i) = <x_u, y_i> + b_u + b_i`, trained by binary cross-entropy. The biases are two
/// more coordinates, `(x_u, b_u, 1)` and `(y_i, 1, b_i)`, so that the score is an inner product and
/// any index searches by it. An unknown user is the mean of the items in their history. Parameters,
/// a bias in the last column: `users.weight` `[users, dimension + 1]` and `items.weight`
/// `[items, dimension + 1]`.
package struct LogisticMF: Retriever {
  /// The number of elements of the vectors, including the two coordinates of the biases.
  package let width: Int
  private let factors: Factors

  /// A factorisation of the interactions of a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: LogisticMFSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    width = settings.dimension + 2
    factors = try Factors(
      catalogue, columns: settings.dimension + 1, spread: settings.initialSpread, in: scope)
  }

  /// The device of the parameters.
  package var device: Device { factors.device }

  /// The vectors of some queries, `[batch, width]`; only for unknown users does a history matter.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let users = factors.ofUsers(batch)
    return Tensor.cat([users, .ones([batch.count, 1], device: device)], 1)
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    let rows = factors.ofItems(items)
    let one = Tensor.ones([items.count, 1], device: device)
    let bias = width - 2
    return Tensor.cat([rows.narrow(1, 0..<bias), one, rows.narrow(1, bias..<bias + 1)], 1)
  }
}
