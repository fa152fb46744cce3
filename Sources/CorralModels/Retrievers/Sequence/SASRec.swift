package import CorralData
public import Torch

/// The shape of SASRec: `retriever: {model: sasrec}`.
public struct SASRecSettings: RetrieverModelSettings {
  /// The number of elements of each embedding, and of the vectors.
  public var dimension = 64
  /// The most items of a history that are looked at.
  public var history = 200
  /// The number of places in a history that have an embedding.
  public var positions = 200
  /// The number of transformer blocks.
  public var layers = 2
  /// The heads of the attention; each has an equal part of the dimension.
  public var heads = 1
  /// The width between the two linear layers of a block.
  public var feedForward = 64
  /// The function between them.
  public var activation = Activation.relu
  /// Where a block scales its vectors.
  public var norm = NormPlacement.pre
  /// The share of elements that training drops.
  public var dropout: Float = 0.1
  /// How the vectors of a query and an item are compared.
  public var similarity = RetrieverSettings.Similarity.dot
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.02

  /// The defaults: two blocks of one head over the last 200 items.
  public init() {}

  /// The name in settings.
  package static let name = "sasrec"

  /// Who described the model, and when.
  package static let paper = "Kang and McAuley, 2018"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history }

  /// Each item of a history is predicted from those before it.
  package var examples: ExampleShape { .sequences }

  /// Inner products against many uniform items are what SASRec needs to equal its successors
  /// (Klenitskiy and Vasilev, 2023); most of the gain comes as the rate falls.
  package static var training: TrainingRecipe { .everyPosition }

  /// A prompt multiplies the items, or stands before them.
  package var taskIdentities: [TaskIdentity] { [.none, .prepend, .hadamard] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try SASRec(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(dropout: dropout)
    try checkTransformer(
      layers: layers, heads: heads, feedForward: feedForward, history: history,
      positions: positions)
  }
}

extension RetrieverModelSettings {
  /// Throws unless transformer blocks over this many positions can be made.
  func checkTransformer(
    layers: Int, heads: Int, feedForward: Int, history: Int, positions: Int
  ) throws {
    try check(layers > 0, "layers", layers, "give 1 block or more, such as 2")
    try check(
      heads > 0 && dimension % max(heads, 1) == 0, "heads", heads,
      "heads are equal parts of retriever.dimension, \(dimension); give a number that divides it")
    try check(feedForward > 0, "feedForward", feedForward, "give 1 or more, such as \(dimension)")
    try check(history > 0, "history", history, "give 1 item or more, such as 200")
    try check(
      history <= positions, "history", history,
      "there are \(positions) positions; give at most that, or raise retriever.positions")
  }
}

/// Self-attentive sequential recommendation (Kang and McAuley, 2018): a causal transformer over the
/// last items of a history.
///
/// Blocks of attention and linear layers read `x_j = sqrt(d) E[item_j] + P[place_j]`. The vector of
/// a query is that of its last position. A prompt multiplies `sqrt(d) E[item_j]`; as a token it is
/// read as an item without a place.
///
/// Parameters: `items.weight` `[items, dimension]`, `positions.weight` `[positions, dimension]`,
/// `blocks.N...`, `blocks.norm...`, `prompt.weight`.
package struct SASRec: Retriever, ForwardReader {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  private let settings: SASRecSettings
  let itemTable: Embedding
  private let places: Tensor
  private let blocks: Transformer
  let prompt: TaskPrompt

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: SASRecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.settings = settings
    width = settings.dimension
    let spread = Initializer.normal(deviation: settings.initialSpread)
    itemTable = try Embedding(
      catalogue.items.count, width, rows: .items, initializer: spread, in: scope / "items")
    places = try (scope / "positions").parameter(
      "weight", shape: [settings.positions, width], initializer: spread)
    blocks = try Transformer(
      Transformer.Shape(
        dimension: width, layers: settings.layers, heads: settings.heads,
        feedForward: settings.feedForward, activation: settings.activation,
        dropout: settings.dropout, placement: settings.norm), in: scope / "blocks")
    prompt = try TaskPrompt(
      catalogue.tasks, width: width, spread: settings.initialSpread, in: scope / "prompt")
  }

  var history: Int { settings.history }
  var similarity: RetrieverSettings.Similarity { settings.similarity }

  /// The output of the blocks at each place, `[places, width]`.
  func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor {
    let scale = Float(width).squareRoot()
    let items = itemTable(Tensor(positions: packed.items, device: device)) * scale
    let last = Int32(settings.positions - 1)
    let places = places.rows(
      Tensor(packed.ages.map { last - $0 }, device: device), gradient: .dense)
    let told = prompt.multiplying(items, packed.clusterOfEachItem) + places
    let tokens = prompt.tokens(packed.clusters).map { $0 * scale }
    let x = packed.joined(told, after: tokens).dropout(settings.dropout, phase, 0)
    return blocks(x, offsets: packed.offsets, causal: true, dropout: phase.seed(stream: 1))
  }
}
