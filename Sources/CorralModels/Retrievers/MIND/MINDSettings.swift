/// The shape of MIND: `retriever: {model: mind}`.
public struct MINDSettings: RetrieverModelSettings {
  /// The number of elements of each embedding and of each interest.
  public var dimension = 64
  /// The number of vectors that a user has.
  public var interests = 4
  /// The number of last items that interests are made of.
  public var history = 20
  /// The rounds of routing.
  public var iterations = 3
  /// The power p of label-aware attention: 1 takes interests by their scores, more of it the best.
  public var power: Float = 2
  /// The widths of the ReLU layers over an interest, before the linear one that ends them.
  public var hidden = [256]
  /// The share of the elements of the history's embeddings that training drops.
  public var dropout: Float = 0
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: four interests out of the last 20 items.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Li, Liu, Wu, Xu, Zhao, Huang, Kang, Chen, Li and Lee, 2019"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(interests > 0, "interests", interests, "a user has 1 vector or more, such as 4")
    try check(history > 0, "history", history, "interests need 1 item or more, such as 20")
    try check(
      iterations > 0, "iterations", iterations, "give 1 round of routing or more, such as 3")
    try check(
      power >= 0 && power.isFinite, "power", power,
      "give 0 or more; 1 takes interests by their scores, and 8 nearly only the best")
    try check(
      hidden.allSatisfy { $0 > 0 }, "hidden", hidden, "a layer has 1 width or more")
    try check(dropout: dropout)
  }
}
