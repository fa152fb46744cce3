/// The shape of DSSM: `retriever: {model: dssm}`.
public struct DSSMSettings: RetrieverModelSettings {
  /// The number of elements of each embedding.
  public var dimension = 64
  /// The widths of the tanh layers over a user's embeddings, and of those over an item's.
  public var hidden = [128, 128, 128]
  /// The share of activations that training drops before each layer but the first.
  public var dropout: Float = 0.3
  /// How the vectors of a user and an item are compared.
  public var similarity = RetrieverSettings.Similarity.cosine
  /// Whether a multiplier of all scores is learned besides the temperature of the loss.
  public var scale = RetrieverSettings.Scale.fixed
  /// Whether the features of users and items are seen, besides their ids.
  public var features = RetrieverSettings.Presence.on
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: three layers of 128 on both sides, compared by cosine.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Huang, He, Gao, Deng, Acero and Heck, 2013"

  /// Histories matter for users that training never saw only.
  public var historyLength: Int { 0 }

  /// An item without interactions is known by its features, where they are seen.
  public var placesItemsByFeatures: Bool { features == .on }

  /// Throws `ModelsError.setting` for the first value that no such network can have.
  public func validate() throws {
    try checkEmbeddings(initialSpread: initialSpread)
    try check(
      !hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "hidden", hidden,
      "give the width of each layer, such as [128, 128, 128]")
    try check(dropout: dropout)
  }
}
