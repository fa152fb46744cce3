import CorralData
public import Torch

/// Recurrent recommendation (Hidasi and others, 2016): gated recurrent layers over the last items of a
/// history.
///
/// The vector of a query is a linear layer of the last state.
///
/// Parameters: `items.weight` `[items, dimension]`, `states.N...`, `output.weight`
/// `[dimension, hidden]`, `output.bias`.
public struct GRU4Rec: Retriever, ForwardReader {
  /// The number of elements of a vector.
  public let dimension: Int
  private let settings: GRU4RecSettings
  let itemTable: Embedding
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

  var history: Int { settings.history }
  var similarity: RetrieverSettings.Similarity { settings.similarity }

  /// The vector after each position, `[positions, dimension]`.
  func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor {
    let x = itemTable(Tensor(positions: packed.items, device: device))
      .dropout(settings.dropout, phase, 0)
    return output(recurrent(x, offsets: packed.offsets).dropout(settings.dropout, phase, 1))
  }
}
