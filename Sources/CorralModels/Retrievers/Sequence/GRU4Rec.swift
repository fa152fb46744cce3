public import CorralData
public import Torch

/// Recurrent recommendation (Hidasi and others, 2016): gated recurrent layers over the last items of a
/// history.
///
/// The vector of a query is a linear layer of the last state. Stretches of histories are trained at
/// once, each position against the item that follows. A history without items is a vector of zeros.
///
/// Parameters: `items.weight` `[items, dimension]`, `states.N...`, `output.weight`
/// `[dimension, hidden]`, `output.bias`.
public struct GRU4Rec: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let settings: GRU4RecSettings
  private let itemTable: Embedding
  private let recurrent: GRU
  private let output: Linear

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: GRU4RecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    self.settings = settings
    dimension = settings.dimension
    itemTable = try Embedding(
      catalogue.items.count, dimension,
      initializer: .normal(deviation: settings.initialSpread), in: scope / "items")
    recurrent = try GRU(
      dimension, hidden: settings.hidden, layers: settings.layers, in: scope / "states")
    output = try Linear(settings.hidden, dimension, in: scope / "output")
  }

  /// Where the parameters are.
  public var device: Device { itemTable.weight.device }

  /// None is learned.
  public var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, dimension]`.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let packed = PackedHistories(batch.histories, length: settings.history)
    return settings.similarity.prepared(packed.last(of: vectors(packed, phase)))
  }

  /// The vector after each item of the histories; one a query where a batch has one target each.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    guard case .everyPosition = batch.reading else { return queries(batch.queries, phase) }
    let packed = PackedHistories(whole: batch.queries.histories, length: settings.history)
    return settings.similarity.prepared(vectors(packed, phase))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    settings.similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }

  /// The vector after each position, `[positions, dimension]`.
  private func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor {
    let x = itemTable(Tensor(positions: packed.items, device: device))
      .dropout(settings.dropout, phase, 0)
    return output(recurrent(x, offsets: packed.offsets).dropout(settings.dropout, phase, 1))
  }
}
