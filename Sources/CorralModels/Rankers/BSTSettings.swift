/// The shape of the behaviour sequence transformer: `ranker: {model: bst}`.
public struct BSTSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The last items of a history that a candidate looks at.
  public var history = 20
  /// The number of transformer blocks.
  public var layers = 1
  /// The number of parts that attention looks with; they divide the dimension.
  public var heads = 2
  /// The widths of the layers before the heads of the tasks.
  public var hidden = [128, 64]
  /// The share of activations that training drops, in blocks and after each of those layers.
  public var dropout: Float = 0.2
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.off
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: one block over the last 20 items.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Chen and others, 2019"

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkCommon()
    try check(
      history > 0, "history", history,
      "bst reads the items of a history; give 1 or more, such as 20")
    try check(layers > 0, "layers", layers, "give 1 block or more")
    try check(
      heads > 0 && dimension % heads == 0, "heads", heads,
      "heads share the \(dimension) elements of ranker.dimension evenly; give a divisor of it, such "
        + "as \(dimension % 2 == 0 ? 2 : 1)")
  }
}
