/// The shape of LogisticMF: `retriever: {model: logistic-mf}`.
public struct LogisticMFSettings: RetrieverModelSettings {
  /// The number of elements of the vectors of users and items, their biases not counted.
  public var dimension = 64
  /// The standard deviation of initial vectors and biases.
  public var initialSpread: Float = 0.1

  /// The defaults: vectors of 64 elements and biases.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Johnson, 2014"

  /// Histories matter for users that training never saw only.
  public var historyLength: Int { 0 }

  /// Throws `ModelsError.setting` for the first value that no factorisation can have.
  public func validate() throws { try checkEmbeddings(initialSpread: initialSpread) }
}
