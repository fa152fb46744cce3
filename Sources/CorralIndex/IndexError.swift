package import CorralVectors

/// Why an index cannot be made or read: what, where, and what to do.
public enum IndexError: Error, CustomStringConvertible, Equatable {
  /// The vector of an item holds `nan` or an infinity.
  case notFinite(item: Int)
  /// The saved index is damaged, or belongs to other items.
  case damaged(file: String, reason: String)
  /// The file of a catalogue's clusters is damaged, or belongs to other items.
  case damagedClusters(file: String, reason: String)
  /// The file of users' interest in clusters is damaged, or belongs to other clusters.
  case damagedIntent(file: String, reason: String)
  /// The library that makes graphs failed.
  case failed(reason: String)

  /// The whole message, for a person.
  public var description: String {
    switch self {
    case .notFinite(let item):
      "the vector of item \(item) is not finite, so that only the exact index can hold it; "
        + "train again with a lower rate"
    case .damaged(let file, let reason):
      "\(file) is not the index of these items: \(reason); build the index again"
    case .damagedClusters(let file, let reason):
      "\(file) does not hold the clusters of these items: \(reason); copy it again, or train again"
    case .damagedIntent(let file, let reason):
      "\(file) does not say how much users want of these clusters: \(reason); copy it again, or "
        + "train again"
    case .failed(let reason):
      "the graph cannot be made: \(reason)"
    }
  }
}

extension IndexError {
  /// Throws `notFinite` for the first row that holds `nan` or an infinity.
  package static func checkFinite(_ items: Matrix) throws {
    let columns = items.columns
    let bad = Parallel.map(items.rows, grain: 1 << 14) { range in
      items.values.withUnsafeBufferPointer { values in
        range.first { row in
          let exponents: UInt32 = 0x7F80_0000
          return (row * columns..<(row + 1) * columns).contains {
            values[$0].bitPattern & exponents == exponents
          }
        }
      }
    }
    if let item = bad.lazy.compactMap(\.self).first { throw IndexError.notFinite(item: item) }
  }
}
