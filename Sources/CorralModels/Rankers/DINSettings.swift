/// The shape of the deep interest network: `ranker: {model: din}`.
public struct DINSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 128
  /// The last items of a history that a candidate looks at.
  public var history = 20
  /// Whether how long ago an item was taken, in items since, counts for its weight.
  public var positionEmbedding = RetrieverSettings.Presence.off
  /// The widths of the layers of the activation unit.
  public var attention = [128, 64]
  /// The widths of the layers before the heads.
  public var hidden = [128, 128]
  /// The share of activations that training drops after each of those.
  public var dropout: Float = 0.3
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.off
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: the setting of CoRR (Huang and others, 2023).
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Zhou and others, 2018"

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkCommon()
    try check(
      history > 0, "history", history,
      "din weighs the items of a history; give 1 or more, such as 20")
    try check(
      attention.allSatisfy { $0 > 0 }, "attention", attention, "a layer has 1 width or more")
  }
}
