package import CorralData
package import CorralVectors
import Foundation

/// How much of each cluster a user wants: `p(cluster | user)`.
///
/// Shares follow from the history alone (kNN-Embed: El-Kishky and others, 2022) or from a trained
/// softmax (Divide and Conquer: Zhang and others, 2023, section 3.4). Either can be smoothed over
/// users that are near.
package struct ClusterIntent: Sendable, Equatable {
  /// Where the shares of a user come from.
  package enum Kind: Sendable, Equatable {
    /// From the clusters of the history.
    case history(HistoryIntent)
    /// From a softmax over the user's vector and history.
    case learned(LearnedIntent)
  }

  /// The least share of a cluster: nothing is impossible.
  package static let least: Float = 1e-6

  /// The clusters.
  package let partition: Partition
  /// Where the shares of a user come from.
  package let kind: Kind
  /// Whose shares are mixed in; `nil` for nobody's.
  package let neighbours: IntentNeighbours?

  /// Creates an intent of its parts, which are of the same clusters.
  package init(_ kind: Kind, of partition: Partition, neighbours: IntentNeighbours? = nil) {
    let clusters =
      switch kind {
      case .history(let history): history.overall.count
      case .learned(let learned): learned.weights.rows
      }
    if clusters != partition.count || neighbours?.shares.columns ?? clusters != clusters {
      fatalError("ClusterIntent: shares of \(clusters) clusters for \(partition.count) clusters")
    }
    self.kind = kind
    self.partition = partition
    self.neighbours = neighbours
  }

  /// The shares of each user, `[users, clusters]`: rows sum to 1, and nothing is below `least`.
  ///
  /// - Parameters:
  ///   - vectors: the users' vectors, `[users, dimension]`; rows without columns if nothing reads them.
  ///   - histories: the users' histories, oldest first, one row a user.
  /// - Returns: the shares.
  package func shares(vectors: Matrix, histories: Ragged<ItemIndex>) -> Matrix {
    if vectors.rows != histories.count {
      fatalError("ClusterIntent: \(vectors.rows) vectors and \(histories.count) histories")
    }
    var shares =
      switch kind {
      case .history(let history): history.shares(histories, of: partition)
      case .learned(let learned):
        learned.shares(of: features(vectors: vectors, histories: histories))
      }
    neighbours?.smooth(&shares, of: vectors)
    shares.raiseShares(to: Self.least)
    return shares
  }

  /// What the softmax reads of each user, `[users, dimension + 2 clusters]`.
  package func features(vectors: Matrix, histories: Ragged<ItemIndex>) -> Matrix {
    IntentFeatures(of: partition).features(vectors: vectors, histories: histories)
  }
}

/// What a softmax reads of users: `[vector; log(share + 0.01) of 5 items; log(share + 0.01) of 50]`.
package struct IntentFeatures: Sendable {
  /// The half-lives of the shares, in items.
  package static let halfLives = [5.0, 50.0]

  private let partition: Partition

  /// Features of the clusters of a partition.
  package init(of partition: Partition) { self.partition = partition }

  /// The number of features of a user with a vector of `dimension` elements.
  package func width(_ dimension: Int) -> Int {
    dimension + Self.halfLives.count * partition.count
  }

  /// The features of each user, `[users, width]`.
  package func features(vectors: Matrix, histories: Ragged<ItemIndex>) -> Matrix {
    joined(
      vectors,
      Self.halfLives.map { RecencyShares(of: partition, halfLife: $0).shares(histories).shares })
  }

  /// The features after each item of each history, given a vector for each, `[items, dimension]`.
  package func features(vectors: Matrix, prefixesOf histories: Ragged<ItemIndex>) -> Matrix {
    joined(
      vectors, Self.halfLives.map { RecencyShares(of: partition, halfLife: $0).prefixes(histories) }
    )
  }

  private func joined(_ vectors: Matrix, _ shares: [Matrix]) -> Matrix {
    if shares.contains(where: { $0.rows != vectors.rows }) {
      fatalError("IntentFeatures: \(vectors.rows) vectors for \(shares.map(\.rows)) rows of shares")
    }
    var features: [Float] = []
    features.reserveCapacity(vectors.rows * width(vectors.columns))
    for row in 0..<vectors.rows {
      features += vectors[row]
      for shares in shares { features += shares[row].lazy.map { log($0 + 0.01) } }
    }
    return Matrix(rows: vectors.rows, columns: width(vectors.columns), values: features)
  }
}
