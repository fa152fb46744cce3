/// The shape of matrix factorisation: `retriever: {model: mf}`.
public struct MatrixFactorisationSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
  public var dimension = 64
  /// How the vectors of a user and an item are compared.
  public var similarity = RetrieverSettings.Similarity.cosine
  /// Whether a multiplier of all scores is learned besides the temperature of the loss.
  public var scale = RetrieverSettings.Scale.fixed
  /// The standard deviation of initial embeddings.
  public var initialSpread: Float = 0.1

  /// The defaults: vectors of 64 elements, compared by cosine.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Koren, Bell and Volinsky, 2009; with a softmax: Yi and others, 2019"

  /// Histories matter for users that training never saw only.
  public var historyLength: Int { 0 }

  /// Throws `ModelsError.setting` for the first value that no factorisation can have.
  public func validate() throws { try checkEmbeddings(initialSpread: initialSpread) }
}
