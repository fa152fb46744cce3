package import CorralData
package import Torch

/// The shape of ComiRec-SA: `retriever: {model: comirec}`.
public struct ComiRecSettings: RetrieverModelSettings {
  /// The number of elements of each embedding and of each interest.
  public var dimension = 64
  /// The number of vectors that a user has.
  public var interests = 4
  /// The number of last items that interests are made of.
  public var history = 20
  /// The width of the layer of the attention; the paper's is 4 times the dimension, at 4 times the
  /// cost.
  public var hidden = 64
  /// The share of the elements of the history's embeddings that training drops.
  public var dropout: Float = 0
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: four interests out of the last 20 items.
  public init() {}

  /// The name in settings.
  package static let name = "comirec"

  /// Who described the model, and when.
  package static let paper = "Cen, Zhang, Zou, Zhou, Yang and Tang, 2020"

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
  ) throws -> any Retriever { try ComiRec(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(interests > 0, "interests", interests, "a user has 1 vector or more, such as 4")
    try check(history > 0, "history", history, "interests need 1 item or more, such as 20")
    try check(hidden > 0, "hidden", hidden, "give a width of 1 or more, such as 64")
    try check(dropout: dropout)
  }
}

/// ComiRec-SA: interests by self-attention to a history's items (Cen and others, 2020).
///
/// Let H be the embeddings of the last items, `[n, dimension]`, and P those of their places. The
/// interests are `A^T H` with `A = softmax(tanh((H + P) W1) W2)` over the items (equations 2 and
/// 3). Training scores a target by the one interest that likes it best; serving takes the best
/// interest for each item.
///
/// Parameters: `items.weight` `[items, dimension]`, for items in histories and as targets; `places`
/// `[history, dimension]`, the last for the last item; `attention.0.weight` `[hidden, dimension]`
/// and `attention.1.weight` `[interests, hidden]`; `prompt.weight`.
package struct ComiRec: Retriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  /// The number of vectors of a query.
  package let interests: Int
  private let length: Int
  private let dropout: Float
  private let table: Embedding
  private let places: Tensor
  private let attention: (Linear, Linear)
  private let prompt: TaskPrompt

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: ComiRecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    width = settings.dimension
    interests = settings.interests
    length = settings.history
    dropout = settings.dropout
    let spread = Initializer.normal(deviation: settings.initialSpread)
    table = try Embedding(
      catalogue.items.count, width, rows: .items, initializer: spread, in: scope / "items")
    places = try scope.parameter("places", shape: [length, width], initializer: spread)
    let part = scope / "attention"
    attention = (
      try Linear(width, settings.hidden, bias: false, in: part / 0),
      try Linear(settings.hidden, interests, bias: false, in: part / 1)
    )
    prompt = try TaskPrompt(
      catalogue.tasks, width: width, spread: settings.initialSpread, in: scope / "prompt")
  }

  /// The device of the parameters.
  package var device: Device { table.weight.device }

  /// The interests of some queries, `[batch, interests, width]`; zeros without a history.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    interests(batch, phase).asQueries()
  }

  private func interests(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let recent = RecentItems(batch.histories, length: length)
    let told = prompt.multiplying(recent.embedded(by: table), batch.clusters)
    let items = told.dropout(dropout, phase, 1)
    let logits = attention.1(attention.0(items + places).tanh()).transpose(1, 2)
    return logits.maskedFill(.!recent.isThere(on: device), -1e9).softmax(2).matmul(items)
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    table(Tensor(positions: items, device: device))
  }

  /// The interest of each query that scores its target best, `[batch, width]`.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    interests(batch.queries, phase).bestInterest(toward: targets())
  }
}
