public import CorralData
public import Torch

/// The shape of SASRec: `retriever: {model: sasrec}`.
public struct SASRecSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
  public var dimension = 64
  /// The most items of a history that are looked at.
  public var history = 200
  /// The number of places in a history that have an embedding.
  public var positions = 200
  /// The number of transformer blocks.
  public var layers = 2
  /// The equal parts of a vector that attend each for itself.
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

  /// Who described the model, and when.
  public static let paper = "Kang and McAuley, 2018"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// Each item of a stretch is predicted from those before it.
  public var examples: ExampleShape { .sequences }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
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
