/// The shape of Caser: `retriever: {model: caser}`.
public struct CaserSettings: RetrieverModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The number of last items that the convolutions see.
  public var history = 5
  /// The horizontal filters of each height, 1 to `history`.
  public var horizontal = 16
  /// The vertical filters.
  public var vertical = 4
  /// The share of the convolutions' outputs that training drops.
  public var dropout: Float = 0.5
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: those of the paper over the last 5 items.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Tang and Wang, 2018"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// A query without a history still has a user.
  public func needsHistory(_ catalogue: Catalogue) -> Bool { false }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(history > 0, "history", history, "filters need 1 item or more, such as 5")
    try check(horizontal >= 0, "horizontal", horizontal, "give 0 filters or more, such as 16")
    try check(vertical >= 0, "vertical", vertical, "give 0 filters or more, such as 4")
    try check(
      horizontal + vertical > 0, "horizontal", horizontal,
      "with vertical filters at 0 too a history would be nothing; give 1 or more, such as 16")
    try check(dropout: dropout)
  }
}
