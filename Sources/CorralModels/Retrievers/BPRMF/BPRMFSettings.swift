/// The shape of BPR-MF: `retriever: {model: bpr-mf}`.
public struct BPRMFSettings: RetrieverModelSettings {
  /// The number of elements of a vector.
  public var dimension = 64
  /// The standard deviation of initial vectors.
  public var initialSpread: Float = 0.1

  /// The defaults: vectors of 64 elements.
  public init() {}

  /// Who described the model, and when.
  public static let paper = "Rendle, Freudenthaler, Gantner and Schmidt-Thieme, 2009"

  /// Histories matter for users that training never saw only.
  public var historyLength: Int { 0 }

  /// Throws `ModelsError.setting` for the first value that no factorisation can have.
  public func validate() throws { try checkEmbeddings(initialSpread: initialSpread) }
}
