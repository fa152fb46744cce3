public import CorralData
public import Torch

/// ComiRec-SA: interests by self-attention to a history's items (Cen and others, 2020).
///
/// With H the embeddings of the last items, `[n, dimension]`, and P those of their places, the
/// interests are `A^T H`, `A = softmax(tanh((H + P) W1) W2)` over the items (equations 2 and 3). Training
/// scores a target by the one interest that likes it best; serving takes the best interest of each
/// item.
///
/// Parameters: `items.weight` `[items, dimension]`, of items in histories and as targets; `places`
/// `[history, dimension]`, the last for the last item; `attention.0.weight` `[hidden, dimension]` and
/// `attention.1.weight` `[interests, hidden]`.
public struct ComiRec: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  /// The number of vectors that a query has.
  public let interests: Int
  private let length: Int
  private let dropout: Float
  private let table: Embedding
  private let places: Tensor
  private let attention: (Linear, Linear)

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: ComiRecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    dimension = settings.dimension
    interests = settings.interests
    length = settings.history
    dropout = settings.dropout
    let spread = Initializer.normal(deviation: settings.initialSpread)
    table = try Embedding(
      catalogue.items.count, dimension, initializer: spread, in: scope / "items")
    places = try scope.parameter("places", shape: [length, dimension], initializer: spread)
    let part = scope / "attention"
    attention = (
      try Linear(dimension, settings.hidden, bias: false, in: part / 0),
      try Linear(settings.hidden, interests, bias: false, in: part / 1)
    )
  }

  /// Where the parameters are.
  public var device: Device { table.weight.device }

  /// Scores have no learned multiplier.
  public var scale: Tensor? { nil }

  /// The interests of some queries, `[batch, interests, dimension]`; zeros without a history.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    interests(batch.histories, phase).asQueries()
  }

  private func interests(_ histories: Ragged<ItemIndex>, _ phase: Phase) -> Tensor {
    let recent = RecentItems(histories, length: length)
    let items = recent.embedded(by: table).dropout(dropout, phase, 1)
    let logits = attention.1(attention.0(items + places).tanh()).transpose(1, 2)
    return logits.maskedFill(.!recent.mask(on: device), -1e9).softmax(2).matmul(items)
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    table(Tensor(positions: items, device: device))
  }

  /// Of each query's interests the one that scores its target best, `[batch, dimension]`.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    interests(batch.queries.histories, phase).bestInterest(toward: targets())
  }
}
