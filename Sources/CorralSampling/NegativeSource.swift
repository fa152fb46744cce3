/// Where negatives come from: one family for retrievers, rankers and joint training.
///
/// The sources from `softmax` to `cluster` follow a retriever: they draw by its vectors, and are
/// refreshed as it learns.
public enum NegativeSource: String, Sendable, Codable, CaseIterable {
  /// The other items of the batch, and `count` uniform ones besides (Yang and others, 2020).
  case inBatch = "in-batch"
  /// `count` items, each as likely as any other.
  case uniform
  /// `count` items in proportion to a power of their number of training interactions.
  case popularity
  /// The softmax of the retriever's scores, exactly: for small catalogues.
  case softmax
  /// The softmax of the retriever's scores, through an inverted multi-index: for any catalogue.
  case multiIndex = "multi-index"
  /// Uniform among the retriever's best `pool`.
  case topRand = "top-rand"
  /// Half of the draws uniform among the retriever's best `pool`, half uniform over the catalogue.
  case topAndRand = "top-and-rand"
  /// Uniform in the target's cluster of the retriever's item vectors.
  case cluster
  /// Uniform in the target's cluster of a fixed partition of the catalogue, which the block `clusters`
  /// makes (Zhang and others, 2023): for a retriever that is trained alone.
  case inCluster = "in-cluster"
  /// The whole catalogue: the full softmax.
  case all
}

extension NegativeSource {
  /// Whether negatives are draws, each with a probability.
  package var isDrawn: Bool { self != .inBatch && self != .all }

  /// Whether draws follow the inner products of query vectors with items.
  package var followsQueries: Bool {
    switch self {
    case .softmax, .multiIndex, .topRand, .topAndRand: true
    case .inBatch, .uniform, .popularity, .cluster, .inCluster, .all: false
    }
  }

  /// Whether draws follow the retriever's item vectors, so that each target has draws of its own.
  package var followsItems: Bool { followsQueries || self == .cluster }

  /// Whether a proposal can draw by it: a fixed partition is known to no proposal.
  package var isProposed: Bool { isDrawn && self != .inCluster }

  /// The sources that a proposal can draw by.
  package static var proposed: [NegativeSource] { allCases.filter(\.isProposed) }

  /// The names of sources, as `uniform, popularity or cluster`.
  static func names(_ sources: [NegativeSource]) -> String {
    sources.dropLast().map(\.rawValue).joined(separator: ", ") + " or "
      + (sources.last?.rawValue ?? "")
  }
}
