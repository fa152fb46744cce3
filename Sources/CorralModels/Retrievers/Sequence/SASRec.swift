import CorralData
public import Torch

/// Self-attentive sequential recommendation (Kang and McAuley, 2018): a causal transformer over the
/// last items of a history.
///
/// `x_j = sqrt(d) E[item_j] + P[place_j]`, blocks of attention and linear layers, and the vector of a
/// query is that of its last position.
///
/// Parameters: `items.weight` `[items, dimension]`, `positions.weight` `[positions, dimension]`,
/// `blocks.N...`, `blocks.norm...`.
public struct SASRec: Retriever, ForwardReader {
  /// The number of elements of a vector.
  public let dimension: Int
  private let settings: SASRecSettings
  let itemTable: Embedding
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

  var history: Int { settings.history }
  var similarity: RetrieverSettings.Similarity { settings.similarity }

  /// What the blocks make of each position, `[positions, dimension]`.
  func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor {
    let items = itemTable(Tensor(positions: packed.items, device: device))
    let last = Int32(settings.positions - 1)
    let places = places.rows(
      Tensor(packed.ages.map { last - $0 }, device: device), gradient: .dense)
    let x = (items * Float(dimension).squareRoot() + places).dropout(settings.dropout, phase, 0)
    return blocks(x, offsets: packed.offsets, causal: true, dropout: phase.seed(stream: 1))
  }
}
