package import CorralData
package import CorralVectors

/// What the lists of an evaluation are measured by: clusters of the items, and their vectors.
///
/// Measures that need what is not given are left out; the others are always there.
package struct ListMeasuring: Sendable {
  /// The clusters of the items; `nil` leaves out what needs them.
  package let partition: Partition?
  /// The items' vectors, of unit length or 0, `[items, dimension]`; `nil` leaves out distances.
  package let vectors: Matrix?
  /// A cluster with a smaller share of a user's history, above 0, is a minor interest.
  package let minorShare: Double
  /// What is remembered of all this, to tell whether two evaluations used the same.
  package let basis: Basis

  /// A description of what lists were measured by.
  package struct Basis: Sendable, Hashable, Codable {
    /// The number of clusters; `nil` without any.
    package let clusters: Int?
    /// The clusters in words: `10 clusters of item2vec vectors`.
    package let origin: String?
    /// The share of a history below which a cluster is a minor interest.
    package let minorShare: Double
    /// A hash of the cluster of every item.
    let clusterMark: String?
    /// A hash of the items' vectors.
    let vectorMark: String?

    private enum CodingKeys: String, CodingKey {
      case clusters, origin
      case minorShare = "minor_share"
      case clusterMark = "cluster_mark"
      case vectorMark = "vector_mark"
    }
  }

  /// Creates a way to measure lists.
  ///
  /// Copies the vectors.
  ///
  /// - Parameters:
  ///   - partition: the clusters of the items.
  ///   - origin: the clusters in words, for reports.
  ///   - vectors: the items' vectors, of any length.
  ///   - minorShare: the share of a history below which a cluster is a minor interest.
  package init(
    partition: Partition? = nil, origin: String? = nil, vectors: Matrix? = nil,
    minorShare: Double = 0.1
  ) {
    self.partition = partition
    self.vectors = vectors?.withUnitRows
    self.minorShare = minorShare
    basis = Basis(
      clusters: partition?.count, origin: origin, minorShare: minorShare,
      clusterMark: partition.map { Self.mark($0.clusters.lazy.map { UInt64($0) }) },
      vectorMark: vectors.map { Self.mark($0.values.lazy.map { UInt64($0.bitPattern) }) })
  }

  /// Whether a cluster is a minor interest of a user with `count` of `total` interactions in it.
  func isMinor(_ count: Int, of total: Int) -> Bool {
    count > 0 && Double(count) / Double(total) < minorShare
  }

  private static func mark(_ values: some Sequence<UInt64>) -> String {
    var hash = FNVHash()
    for value in values { hash.combine(value) }
    return String(hash.value, radix: 16)
  }
}

extension Matrix {
  /// The rows scaled to unit length; rows that are 0 stay 0.
  fileprivate var withUnitRows: Matrix {
    var unit = self
    for row in 0..<rows {
      let length = self[row].reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      if length == 0 { continue }
      for place in row * columns..<(row + 1) * columns {
        unit.values[place] = Float(Double(values[place]) / length)
      }
    }
    return unit
  }
}
