/// The shape of DeepFM: `ranker: {model: deepfm}`.
public struct DeepFMSettings: RankerModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The widths of the layers before the heads.
  public var hidden = [128, 128, 64]
  /// The share of activations that training drops after each of them.
  public var dropout: Float = 0.3
  /// Whether each category has a weight of its own besides its embedding.
  public var firstOrder = RetrieverSettings.Presence.off
  /// The last items of a history, whose mean is a field of its own; 0 looks at none.
  public var history = 0
  /// Whether users are known by their ids.
  public var userEmbedding = RetrieverSettings.Presence.on
  /// Whether the features of users, items and requests are seen.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.01

  /// The defaults: the setting of CoRR (Huang and others, 2023).
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Guo and others, 2017"

  /// Throws `ModelsError.setting` for the first value that no DeepFM can have.
  public func validate() throws { try checkCommon() }
}
