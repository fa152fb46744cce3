/// The shape of NeuMF: `retriever: {model: neumf}`.
public struct NeuMFSettings: RetrieverModelSettings {
  /// The number of elements of each embedding: a user and an item have two each, one for the product
  /// and one for the layers.
  public var dimension = 32
  /// The widths of the layers over the embeddings of a pair.
  public var hidden = [64, 32, 16]
  /// The share of the elements of the layers' embeddings that training drops.
  public var dropout: Float = 0
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: embeddings of 32 elements under three layers.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "He, Liao, Zhang, Nie, Hu and Chua, 2017"

  /// Histories matter for users that training never saw only.
  public var historyLength: Int { 0 }

  /// No vectors have these scores for inner products.
  public var isInnerProduct: Bool { false }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(
      !hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "hidden", hidden,
      "give the width of each layer over a user and an item, such as [64, 32, 16]")
    try check(dropout: dropout)
  }
}
