/// The retriever that found a ranker's candidates; its scores, times a weight, are added to the
/// ranker's.
///
/// A ranker that is trained so learns what its retriever misses.
public struct StackedRetriever: Sendable {
  /// The retriever.
  package let model: FrozenRetriever
  /// The factor on its scores.
  package let weight: Float

  /// A retriever whose scores count with a weight.
  package init(_ model: FrozenRetriever, weight: Float) {
    self.model = model
    self.weight = weight
  }
}

/// The parts of the scores of candidates.
package struct ScoreParts {
  /// The ranker's scores.
  let own: [Float]
  /// The retriever's scores before their weight; `nil` if the ranker stands alone.
  let retriever: [Float]?

  /// The scores of a ranker, and those of the retriever before their weight.
  package init(own: [Float], retriever: [Float]?) {
    self.own = own
    self.retriever = retriever
  }

  /// The scores with a weight on the retriever's.
  package func sum(_ weight: Float) -> [Float] {
    guard let retriever else { return own }
    return zip(own, retriever).map { $0 + weight * $1 }
  }
}
