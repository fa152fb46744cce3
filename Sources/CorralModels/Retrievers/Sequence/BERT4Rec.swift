package import CorralData
import CorralSampling
public import Torch

/// The shape of BERT4Rec: `retriever: {model: bert4rec}`.
public struct BERT4RecSettings: RetrieverModelSettings {
  /// The number of elements of each embedding, and of the vectors.
  public var dimension = 64
  /// The most items of a history that are looked at; for a query, the mask counts as one of them.
  public var history = 200
  /// The number of places in a history that have an embedding.
  public var positions = 200
  /// The share of items that training hides.
  public var hidden = 0.3
  /// The share of histories in which training hides only the last item, as a query does.
  public var hiddenEnds = 0.0
  /// The number of transformer blocks.
  public var layers = 2
  /// The heads of the attention; each has an equal part of the dimension.
  public var heads = 2
  /// The width between the two linear layers of a block.
  public var feedForward = 256
  /// The function between them.
  public var activation = Activation.gelu
  /// Where a block scales its vectors.
  public var norm = NormPlacement.pre
  /// The share of elements that training drops.
  public var dropout: Float = 0.1
  /// How the vectors of a query and an item are compared.
  public var similarity = RetrieverSettings.Similarity.dot
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.02

  /// The defaults: two blocks of two heads over the last 200 items, three in ten of them hidden.
  public init() {}

  /// The name in settings.
  package static let name = "bert4rec"

  /// Who described the model, and when.
  package static let paper = "Sun and others, 2019"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history }

  /// A share of the items of a history is hidden and found again.
  package var examples: ExampleShape { .cloze(share: hidden, ends: hiddenEnds) }

  /// An epoch asks for the hidden items only, so that this takes more epochs than the models that
  /// predict every next item.
  package static var training: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.loss.temperature = 1
    recipe.negatives.kind = .all
    recipe.correction.estimate = .none
    (recipe.train.epochs, recipe.train.batch) = (50, 16)
    (recipe.train.rate, recipe.train.schedule) = (2.5e-3, .linear)
    (recipe.train.evaluateEvery, recipe.train.patience) = (5, 0)
    return recipe
  }

  /// A prompt multiplies the items and the mask, or stands before them.
  package var taskIdentities: [TaskIdentity] { [.none, .prepend, .hadamard] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try BERT4Rec(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(dropout: dropout)
    try check(
      hidden > 0 && hidden < 1, "hidden", hidden, "give a share between 0 and 1, such as 0.3")
    try check(
      (0...1).contains(hiddenEnds), "hiddenEnds", hiddenEnds,
      "give a share from 0 to 1, such as 0.1")
    try checkTransformer(
      layers: layers, heads: heads, feedForward: feedForward, history: history,
      positions: positions)
  }
}

/// Bidirectional recommendation by the cloze task (Sun and others, 2019): a transformer that sees
/// both sides of a hidden item.
///
/// Training hides a share of a history's items behind a mask and finds them again. A query is the
/// last items of a history with a mask after them, and its vector is `norm(gelu(W x + b))` of the
/// blocks' output x at that mask. Items as input and as target share the table. No item has a bias,
/// so that the score is an inner product.
///
/// Parameters: `items.weight` `[items, dimension]`, `mask` `[1, dimension]`, `positions.weight`
/// `[positions, dimension]`, `input_norm...`, `blocks.N...`, `output...`, `output_norm...`,
/// `prompt.weight`.
package struct BERT4Rec: Retriever {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  private let settings: BERT4RecSettings
  private let itemTable: Embedding
  /// The embedding that takes the place of a hidden item.
  private let hiddenItem: Tensor
  private let places: Tensor
  private let inputNorm: LayerNorm
  private let blocks: Transformer
  private let output: Linear
  private let outputNorm: LayerNorm
  private let prompt: TaskPrompt

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: BERT4RecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.settings = settings
    width = settings.dimension
    let spread = Initializer.normal(deviation: settings.initialSpread)
    itemTable = try Embedding(
      catalogue.items.count, width, rows: .items, initializer: spread, in: scope / "items")
    hiddenItem = try scope.parameter(
      "mask", shape: [1, width], initializer: spread)
    places = try (scope / "positions").parameter(
      "weight", shape: [settings.positions, width], initializer: spread)
    inputNorm = try LayerNorm(width, in: scope / "input_norm")
    blocks = try Transformer(
      Transformer.Shape(
        dimension: width, layers: settings.layers, heads: settings.heads,
        feedForward: settings.feedForward, activation: settings.activation,
        dropout: settings.dropout, placement: settings.norm), in: scope / "blocks")
    output = try Linear(width, width, in: scope / "output")
    outputNorm = try LayerNorm(width, in: scope / "output_norm")
    prompt = try TaskPrompt(
      catalogue.tasks, width: width, spread: settings.initialSpread, in: scope / "prompt")
  }

  /// The device of the parameters.
  package var device: Device { itemTable.weight.device }

  /// The vectors of some queries, `[batch, width]`: that of a mask after each history.
  package func queries(_ batch: QueryBatch, _ phase: Phase) -> Tensor {
    let visible = PackedHistories(batch.histories, length: settings.history - 1)
    // A mask goes after each history; its place among the items says so.
    let ends = visible.offsets.dropFirst().enumerated().map { row, end in end + row }
    var items: [ItemIndex] = []
    items.reserveCapacity(visible.count + batch.count)
    for row in 0..<batch.count {
      items += visible.items[visible.offsets[row]..<visible.offsets[row + 1]]
      // Nothing looks at the item that a mask hides.
      items.append(ItemIndex(0))
    }
    let histories = Ragged(values: items, offsets: [0] + ends.map { $0 + 1 })
    return vectors(batch.reading(histories), hiding: ends, phase)
  }

  /// The vectors of the hidden positions; those after each history if none is hidden.
  package func queries(
    _ batch: TrainingBatch, toward targets: @autoclosure () -> Tensor, _ phase: Phase
  ) -> Tensor {
    guard case .masked(let hidden) = batch.reading else { return queries(batch.queries, phase) }
    return vectors(batch.queries, hiding: hidden, phase)
  }

  /// The vectors of some items, `[items, width]`.
  package func items(_ items: [ItemIndex], _ phase: Phase) -> Tensor {
    settings.similarity.prepared(itemTable(Tensor(positions: items, device: device)))
  }

  /// The vectors of hidden positions, `[hidden, width]`, made of everything that is not hidden.
  private func vectors(
    _ batch: QueryBatch, hiding hidden: [Int], _ phase: Phase
  ) -> Tensor {
    let packed = PackedHistories(whole: batch, length: settings.history, after: prompt)
    let last = Int32(settings.positions - 1)
    let places = places.rows(
      Tensor(packed.ages.map { last - $0 }, device: device), gradient: .dense)
    let told = prompt.multiplying(
      inputs(packed.items, hiding: hidden), packed.clusterOfEachItem)
    let x = inputNorm(packed.joined(told + places, after: prompt.tokens(packed.clusters)))
      .dropout(settings.dropout, phase, 0)
    let states = blocks(
      x, offsets: packed.offsets, causal: false, dropout: phase.seed(stream: 1))
    let found = states.indexSelect(0, Tensor(packed.places(of: hidden), device: device))
    return settings.similarity.prepared(outputNorm(output(found).gelu()))
  }

  /// The embedding of each item, or of the mask if the item is hidden, `[items, width]`.
  private func inputs(_ items: [ItemIndex], hiding hidden: [Int]) -> Tensor {
    var isHidden = [Bool](repeating: false, count: items.count)
    for position in hidden { isHidden[position] = true }
    // Hidden items are not looked up: neither they nor their gradients are touched.
    let visible = items.indices.filter { !isHidden[$0] }
    let known = itemTable(Tensor(positions: visible.map { items[$0] }, device: device))
    var rows = [Int32](repeating: Int32(visible.count), count: items.count)
    for (row, position) in visible.enumerated() { rows[position] = Int32(row) }
    return Tensor.cat([known, hiddenItem], 0).indexSelect(0, Tensor(rows, device: device))
  }
}

extension QueryBatch {
  /// The same queries with other histories.
  fileprivate func reading(_ histories: Ragged<ItemIndex>) -> QueryBatch {
    var queries = self
    queries.histories = histories
    return queries
  }
}
