public import CorralData
public import Torch

/// Self-attentive sequential recommendation (Kang and McAuley, 2018): a causal transformer over the
/// last items of a history.
///
/// `x_j = sqrt(d) E[item_j] + P[place_j]`, blocks of attention and linear layers, and the vector of a
/// query is that of its last position. All positions of a stretch are trained at once, each against
/// the item that follows. Items as input and as target share the table. A history without items is a
/// vector of zeros.
///
/// Parameters: `items.weight` `[items, dimension]`, `positions.weight` `[positions, dimension]`,
/// `blocks.N...`, `blocks.norm...`.
public struct SASRec: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let settings: SASRecSettings
  private let itemTable: Embedding
  private let places: Tensor
  private let blocks: Transformer

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: SASRecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    self.settings = settings
    dimension = settings.dimension
    let spread = Initializer.normal(deviation: settings.initialSpread)
    itemTable = try Embedding(
      catalogue.items.count, dimension, initializer: spread, in: scope / "items")
    places = try (scope / "positions").parameter(
      "weight", shape: [settings.positions, dimension], initializer: spread)
    blocks = try Transformer(
      Transformer.Shape(
        dimension: dimension, layers: settings.layers, heads: settings.heads,
        feedForward: settings.feedForward, activation: settings.activation,
        dropout: settings.dropout, placement: settings.norm), in: scope / "blocks")
  }

  /// Where the parameters are.
  public var device: Device { itemTable.weight.device }

  /// None is learned.
  public var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, dimension]`.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let packed = PackedHistories(batch.histories, length: settings.history)
    return settings.similarity.prepared(packed.last(of: states(packed, phase)))
  }

  /// The vector after each item of the histories; one a query where a batch has one target each.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    guard case .everyPosition = batch.reading else { return queries(batch.queries, phase) }
    let packed = PackedHistories(whole: batch.queries.histories, length: settings.history)
    return settings.similarity.prepared(states(packed, phase))
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    settings.similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }

  /// What the blocks make of each position, `[positions, dimension]`.
  private func states(_ packed: PackedHistories, _ phase: Phase) -> Tensor {
    let items = itemTable(Tensor(positions: packed.items, device: device))
    let last = Int32(settings.positions - 1)
    let places = places.rows(
      Tensor(packed.ages.map { last - $0 }, device: device), gradient: .dense)
    let x = (items * Float(dimension).squareRoot() + places).dropout(settings.dropout, phase, 0)
    return blocks(x, offsets: packed.offsets, causal: true, dropout: phase.seed(stream: 1))
  }
}
