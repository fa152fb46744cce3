public import CorralData
public import Torch

/// The shape of BERT4Rec: `retriever: {model: bert4rec}`.
public struct BERT4RecSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
  public var dimension = 64
  /// The most items of a history that are looked at; at query time the mask takes the place of one.
  public var history = 200
  /// The number of places in a history that have an embedding.
  public var positions = 200
  /// The share of items that training hides.
  public var hidden = 0.3
  /// The share of histories of which training hides the last item alone, as a query does.
  public var hiddenEnds = 0.0
  /// The number of transformer blocks.
  public var layers = 2
  /// The equal parts of a vector that attend each for itself.
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

  /// Who described the model, and when.
  public static let paper = "Sun and others, 2019"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// A share of the items of a stretch is hidden and found again.
  public var examples: ExampleShape { .cloze(share: hidden, ends: hiddenEnds) }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
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
