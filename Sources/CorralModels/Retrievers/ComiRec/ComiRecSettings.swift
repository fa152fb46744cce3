/// The shape of ComiRec-SA: `retriever: {model: comirec}`.
public struct ComiRecSettings: RetrieverModelSettings {
  /// The number of elements of each embedding and of each interest.
  public var dimension = 64
  /// The number of vectors that a user has.
  public var interests = 4
  /// The number of last items that interests are made of.
  public var history = 20
  /// The width of the layer that attention is made by; the paper's is 4 times the dimension, and costs
  /// as much more.
  public var hidden = 64
  /// The share of the elements of the history's embeddings that training drops.
  public var dropout: Float = 0
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: four interests out of the last 20 items.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Cen, Zhang, Zou, Zhou, Yang and Tang, 2020"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(interests > 0, "interests", interests, "a user has 1 vector or more, such as 4")
    try check(history > 0, "history", history, "interests need 1 item or more, such as 20")
    try check(hidden > 0, "hidden", hidden, "give a width of 1 or more, such as 64")
    try check(dropout: dropout)
  }
}
