public import CorralData
public import Torch

/// Bidirectional recommendation by the cloze task (Sun and others, 2019): a transformer that sees both
/// sides of an item that was hidden.
///
/// Training replaces a share of a stretch's items by a mask and finds them again; a query is the last
/// items of a history with a mask after them, and its vector is `norm(gelu(W x + b))` of what the
/// blocks make of that mask. Items as input and as target share the table; no item has a bias, so that
/// the score is an inner product.
///
/// Parameters: `items.weight` `[items, dimension]`, `mask` `[1, dimension]`, `positions.weight`
/// `[positions, dimension]`, `input_norm...`, `blocks.N...`, `output...`, `output_norm...`.
public struct BERT4Rec: Retriever {
  /// The number of elements of a vector.
  public let dimension: Int
  private let settings: BERT4RecSettings
  private let itemTable: Embedding
  private let mask: Tensor
  private let places: Tensor
  private let inputNorm: LayerNorm
  private let blocks: Transformer
  private let output: Linear
  private let outputNorm: LayerNorm

  /// A network for a catalogue.
  ///
  /// Throws `ModelsError` for settings that no network can have, and `TorchError` when stored
  /// parameters do not fit.
  public init(
    _ settings: BERT4RecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    try settings.validate()
    self.settings = settings
    dimension = settings.dimension
    let spread = Initializer.normal(deviation: settings.initialSpread)
    itemTable = try Embedding(
      catalogue.items.count, dimension, initializer: spread, in: scope / "items")
    mask = try scope.parameter("mask", shape: [1, dimension], initializer: spread)
    places = try (scope / "positions").parameter(
      "weight", shape: [settings.positions, dimension], initializer: spread)
    inputNorm = try LayerNorm(dimension, in: scope / "input_norm")
    blocks = try Transformer(
      Transformer.Shape(
        dimension: dimension, layers: settings.layers, heads: settings.heads,
        feedForward: settings.feedForward, activation: settings.activation,
        dropout: settings.dropout, placement: settings.norm), in: scope / "blocks")
    output = try Linear(dimension, dimension, in: scope / "output")
    outputNorm = try LayerNorm(dimension, in: scope / "output_norm")
  }

  /// Where the parameters are.
  public var device: Device { itemTable.weight.device }

  /// None is learned.
  public var scale: Tensor? { nil }

  /// The vectors of some queries, `[batch, dimension]`: what belongs after each history.
  public func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let visible = PackedHistories(batch.histories, length: settings.history - 1)
    // A mask goes after each history; its place among the items says so.
    let ends = visible.offsets.dropFirst().enumerated().map { row, end in end + row }
    var items: [ItemIndex] = []
    items.reserveCapacity(visible.count + batch.count)
    for row in 0..<batch.count {
      items += visible.items[visible.offsets[row]..<visible.offsets[row + 1]]
      // Nothing looks at what stands where a mask is.
      items.append(ItemIndex(0))
    }
    let histories = Ragged(values: items, offsets: [0] + ends.map { $0 + 1 })
    return vectors(histories, hiding: ends, phase)
  }

  /// The vectors of the hidden positions; what belongs after each history where none is hidden.
  public func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    guard case .masked(let hidden) = batch.reading else { return queries(batch.queries, phase) }
    return vectors(batch.queries.histories, hiding: hidden, phase)
  }

  /// The vectors of some items, `[items, dimension]`.
  public func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    settings.similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }

  /// The vectors of hidden positions, `[hidden, dimension]`, made of all that is not hidden.
  private func vectors(
    _ histories: Ragged<ItemIndex>, hiding hidden: [Int], _ phase: Phase
  ) -> Tensor {
    let packed = PackedHistories(whole: histories, length: settings.history)
    let last = Int32(settings.positions - 1)
    let places = places.rows(
      Tensor(packed.ages.map { last - $0 }, device: device), gradient: .dense)
    let x = inputNorm(inputs(packed.items, hiding: hidden) + places)
      .dropout(settings.dropout, phase, 0)
    let states = blocks(
      x, offsets: packed.offsets, causal: false, dropout: phase.seed(stream: 1))
    let found = states.indexSelect(0, Tensor(hidden, device: device))
    return settings.similarity.prepared(outputNorm(output(found).gelu()))
  }

  /// The embedding of each item, or the mask where it is hidden, `[items, dimension]`.
  private func inputs(_ items: [ItemIndex], hiding hidden: [Int]) -> Tensor {
    var isHidden = [Bool](repeating: false, count: items.count)
    for position in hidden { isHidden[position] = true }
    // Hidden items are not looked up: neither they nor their gradients are touched.
    let visible = items.indices.filter { !isHidden[$0] }
    let known = itemTable(Tensor(positions: visible.map { items[$0] }, device: device))
    var rows = [Int32](repeating: Int32(visible.count), count: items.count)
    for (row, position) in visible.enumerated() { rows[position] = Int32(row) }
    return Tensor.cat([known, mask], 0).indexSelect(0, Tensor(rows, device: device))
  }
}
