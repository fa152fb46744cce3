/// The shape of the deep and cross network, second version: `ranker: {model: dcn-v2}`.
public struct DCNv2Settings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The number of cross layers.
  public var crosses = 2
  /// The rank of their matrices; 0 leaves them whole.
  public var rank = 0
  /// The widths of the layers beside them.
  public var hidden = [128, 128, 64]
  /// The share of activations that training drops after each of those.
  public var dropout: Float = 0.3
  /// The last items of a history, whose mean is a field of its own; 0 looks at none.
  public var history = 0
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.on
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: two cross layers with whole matrices beside three others.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Wang and others, 2021"

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkCommon()
    try check(crosses > 0, "crosses", crosses, "give 1 cross layer or more, such as 2")
    try check(rank >= 0, "rank", rank, "give 0 for whole matrices, or a rank such as 32")
  }
}
