package import CorralData
package import Torch

/// The shape of MIND: `retriever: {model: mind}`.
public struct MINDSettings: RetrieverModelSettings {
  /// The number of elements of each embedding and of each interest.
  public var dimension = 64
  /// The number of vectors that a user has.
  public var interests = 4
  /// The number of last items that interests are made of.
  public var history = 20
  /// The rounds of routing.
  public var iterations = 3
  /// The power p of label-aware attention: 1 weighs interests by their scores, more favours the
  /// best.
  public var power: Float = 2
  /// The widths of the ReLU layers over an interest, before the linear one that ends them.
  public var hidden = [256]
  /// The share of the elements of the history's embeddings that training drops.
  public var dropout: Float = 0
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: four interests out of the last 20 items.
  public init() {}

  /// The name in settings.
  package static let name = "mind"

  /// Who described the model, and when.
  package static let paper = "Li, Liu, Wu, Xu, Zhao, Huang, Kang, Chen, Li and Lee, 2019"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history }

  /// The softmax against many uniform items.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe.sampledSoftmax(negatives: 1024)
    recipe.train.rate = 3e-3
    return recipe
  }

  /// A prompt multiplies the items of the history.
  package var taskIdentities: [TaskIdentity] { [.none, .hadamard] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try MIND(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(interests > 0, "interests", interests, "a user has 1 vector or more, such as 4")
    try check(history > 0, "history", history, "interests need 1 item or more, such as 20")
    try check(
      iterations > 0, "iterations", iterations, "give 1 round of routing or more, such as 3")
    try check(
      power >= 0 && power.isFinite, "power", power,
      "give 0 or more; 1 takes interests by their scores, and 8 nearly only the best")
    try check(widths: hidden, "hidden")
    try check(dropout: dropout)
  }
}

/// MIND: interests by dynamic routing of a history's items (Li and others, 2019).
///
/// `DynamicRouting` routes items to capsules; a network with ReLU layers makes each capsule an
/// interest `v_k`, `[interests, dimension]` for each user. Training scores a target e by
/// label-aware attention, `sum_k softmax_k(<v_k, e>^p) v_k`; serving takes the best interest for
/// each item. An odd power keeps the sign of a score, and here every p does, so that no interest is
/// chosen for how badly it fits. Every user has all the interests; the paper has fewer for short
/// histories, to save storage.
///
/// Parameters: `items.weight` `[items, dimension]`, for items in histories and as targets;
/// `routing.map.weight` `[dimension, dimension]`; `routing.start` `[interests, history]`, drawn and
/// never trained; `layers.N.weight` and `.bias`; `prompt.weight`.
package struct MIND: Retriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  /// The number of vectors of a query.
  package let interests: Int
  private let length: Int
  private let power: Float
  private let dropout: Float
  private let table: Embedding
  private let routing: DynamicRouting
  private let layers: MLP
  private let prompt: TaskPrompt

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: MINDSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    width = settings.dimension
    interests = settings.interests
    length = settings.history
    power = settings.power
    dropout = settings.dropout
    table = try Embedding(
      catalogue.items.count, width, rows: .items,
      initializer: .normal(deviation: settings.initialSpread),
      in: scope / "items")
    routing = try DynamicRouting(
      of: length, to: interests, dimension: width, iterations: settings.iterations,
      in: scope / "routing")
    layers = try MLP([width] + settings.hidden + [width], in: scope / "layers")
    prompt = try TaskPrompt(
      catalogue.tasks, width: width, spread: settings.initialSpread, in: scope / "prompt")
  }

  /// The device of the parameters.
  package var device: Device { table.weight.device }

  /// The interests of some queries, `[batch, interests, width]`.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    interests(batch, phase).asQueries()
  }

  private func interests(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let recent = RecentItems(batch.histories, length: length)
    let told = prompt.multiplying(recent.embedded(by: table), batch.clusters)
    let behaviours = told.dropout(dropout, phase, 1)
    return layers(routing(behaviours, isThere: recent.isThere(on: device)))
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    table(Tensor(positions: items, device: device))
  }

  /// The interests of each query, mixed by label-aware attention to its target, `[batch, width]`.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    let interests = interests(batch.queries, phase)
    let scores = interests.interestScores(of: targets())
    // Away from 0, where the slope of a power below 1 is infinite.
    let size = scores.absolute().clamped(to: 1e-6...(.infinity))
    let attention = (scores * size.power(power - 1)).softmax(1)
    return attention.unsqueeze(1).matmul(interests).squeeze(1)
  }
}
