public import CorralData

/// The shape of GRU4Rec: `retriever: {model: gru4rec}`.
public struct GRU4RecSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
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

  /// Who described the model, and when.
  public static let paper = "Hidasi and others, 2016"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// Each item of a stretch is predicted from those before it.
  public var examples: ExampleShape { .sequences }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(dropout: dropout)
    try check(layers > 0, "layers", layers, "give 1 layer or more")
    try check(hidden > 0, "hidden", hidden, "a state has 1 element or more, such as 64")
    try check(history > 0, "history", history, "give 1 item or more, such as 200")
  }
}
