import Torch

extension RetrieverSettings {
  /// Throws `ModelsError.setting` for the first value that no retriever can have.
  public func validate() throws {
    func check(_ isGood: Bool, _ key: String, _ value: some Any, _ reason: String) throws {
      if !isGood {
        throw ModelsError.setting(key: "retriever.\(key)", value: "\(value)", reason: reason)
      }
    }
    try check(dimension > 0, "dimension", dimension, "vectors need 1 element or more, such as 64")
    try check(
      initialSpread > 0 && initialSpread.isFinite, "initialSpread", initialSpread,
      "embeddings that all start from the same point stay there; give a number above 0, such as 0.1"
    )
    try check(
      (0..<1).contains(dropout), "dropout", dropout, "give a share from 0 up to, but not, 1")
    guard model == .twoTower else { return }
    try check(history.length >= 0, "history.length", history.length, "give 0 or more items")
    try check(
      history.decay > 0 && history.decay <= 1, "history.decay", history.decay,
      "give a factor above 0 and at most 1")
    try check(
      queryTower.allSatisfy { $0 > 0 }, "queryTower", queryTower, "a layer has 1 width or more")
    try check(
      itemTower.allSatisfy { $0 > 0 }, "itemTower", itemTower, "a layer has 1 width or more")
    let (query, item) = (queryTower.last ?? dimension, itemTower.last ?? dimension)
    try check(
      query == item, "itemTower", itemTower,
      "item vectors would have \(item) elements and query vectors \(query); end both towers with "
        + "the same width (a tower without layers has that of retriever.dimension)")
  }

  /// The logarithm of the learned multiplier of scores, 0 at first; `nil` where it is fixed.
  func logScale(in scope: Parameters.Scope) throws -> Tensor? {
    scale == .fixed ? nil : try (scope / "scale").parameter("log", shape: [])
  }
}

extension RetrieverSettings.Similarity {
  /// Vectors whose inner products are the scores.
  func prepared(_ vectors: Tensor) -> Tensor {
    switch self {
    case .cosine: vectors.normalized()
    case .dot: vectors
    }
  }
}
