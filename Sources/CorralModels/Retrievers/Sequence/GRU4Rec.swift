package import CorralData
package import Torch

/// The shape of GRU4Rec: `retriever: {model: gru4rec}`.
public struct GRU4RecSettings: RetrieverModelSettings {
  /// The number of elements of each embedding, and of the vectors.
  public var dimension = 64
  /// The most items of a history that are looked at.
  public var history = 200
  /// The number of recurrent layers.
  public var layers = 1
  /// The number of elements of a state.
  public var hidden = 64
  /// The share of elements of embeddings and states that training drops.
  public var dropout: Float = 0.2
  /// How the vectors of a query and an item are compared.
  public var similarity = RetrieverSettings.Similarity.dot
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: one layer over the last 200 items.
  public init() {}

  /// The name in settings.
  package static let name = "gru4rec"

  /// Who described the model, and when.
  package static let paper = "Hidasi and others, 2016"

  /// The most items of a history that a query looks at.
  package var historyLength: Int { history }

  /// Each item of a history is predicted from those before it.
  package var examples: ExampleShape { .sequences }

  /// As SASRec is trained.
  package static var training: TrainingRecipe { .everyPosition }

  /// A prompt multiplies the items, or stands before them.
  package var taskIdentities: [TaskIdentity] { [.none, .prepend, .hadamard] }

  /// The network over a catalogue.
  package func network(
    for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws -> any Retriever { try GRU4Rec(self, for: catalogue, in: scope) }

  /// Throws `SettingError` for the first value that the network cannot have.
  package func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(dropout: dropout)
    try check(layers > 0, "layers", layers, "give 1 layer or more")
    try check(hidden > 0, "hidden", hidden, "a state has 1 element or more, such as 64")
    try check(history > 0, "history", history, "give 1 item or more, such as 200")
  }
}

/// Recurrent recommendation (Hidasi and others, 2016): gated recurrent layers over the last items
/// of a history.
///
/// The vector of a query is a linear layer of the last state.
///
/// Parameters: `items.weight` `[items, dimension]`, `states.N...`, `output.weight`
/// `[dimension, hidden]`, `output.bias`, `prompt.weight`.
package struct GRU4Rec: Retriever, ForwardReader {
  /// The number of elements of the vectors of queries and items.
  package let width: Int
  private let settings: GRU4RecSettings
  let itemTable: Embedding
  private let recurrent: GRU
  private let output: Linear
  let prompt: TaskPrompt

  /// A network for a catalogue.
  ///
  /// Throws `TorchError` if stored parameters do not fit.
  package init(
    _ settings: GRU4RecSettings, for catalogue: Catalogue, in scope: Parameters.Scope
  ) throws {
    self.settings = settings
    width = settings.dimension
    itemTable = try Embedding(
      catalogue.items.count, width, rows: .items,
      initializer: .normal(deviation: settings.initialSpread), in: scope / "items")
    recurrent = try GRU(
      width, hidden: settings.hidden, layers: settings.layers, in: scope / "states")
    output = try Linear(settings.hidden, width, in: scope / "output")
    prompt = try TaskPrompt(
      catalogue.tasks, width: width, spread: settings.initialSpread, in: scope / "prompt")
  }

  var history: Int { settings.history }
  var similarity: RetrieverSettings.Similarity { settings.similarity }

  /// The vector after each place, `[places, width]`.
  func vectors(_ packed: PackedHistories, _ phase: Phase) -> Tensor {
    let items = itemTable(Tensor(positions: packed.items, device: device))
    let told = prompt.multiplying(items, packed.clusterOfEachItem)
    let x = packed.joined(told, after: prompt.tokens(packed.clusters))
      .dropout(settings.dropout, phase, 0)
    return output(recurrent(x, offsets: packed.offsets).dropout(settings.dropout, phase, 1))
  }
}
