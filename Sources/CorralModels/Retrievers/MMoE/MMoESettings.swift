/// The shape of MMoE as a user encoder: `retriever: {model: mmoe}`.
public struct MMoESettings: RetrieverModelSettings {
  /// The number of elements of each embedding and of each vector.
  public var dimension = 64
  /// The number of last items that experts see.
  public var history = 50
  /// The number of experts, a block of self-attention each.
  public var experts = 4
  /// The number of gates, and so of vectors that a user has.
  public var interests = 1
  /// The heads of each expert's attention; they share the dimension out.
  public var heads = 1
  /// The width of the layer after each expert's attention.
  public var hidden = 64
  /// The share of activations that training drops.
  public var dropout: Float = 0.2
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: four experts and one gate over the last 50 items.
  public init() {}

  /// Who described the model, and when.
  public static let paper =
    "Ma, Zhao, Yi, Chen, Hong and Chi, 2018; experts: Zhang and others, 2023"

  /// The most items of a history that a query looks at.
  public var historyLength: Int { history }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(history > 0, "history", history, "attention needs 1 item or more, such as 50")
    try check(experts > 0, "experts", experts, "gates need 1 expert or more, such as 4")
    try check(interests > 0, "interests", interests, "a user has 1 vector or more, one a gate")
    try check(
      heads > 0 && dimension % heads == 0, "heads", heads,
      "heads share the \(dimension) elements of retriever.dimension; give a number that divides them"
    )
    try check(hidden > 0, "hidden", hidden, "give a width of 1 or more, such as 64")
    try check(dropout: dropout)
  }
}
