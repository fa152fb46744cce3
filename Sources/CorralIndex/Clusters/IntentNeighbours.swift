import CorralData
package import CorralVectors

/// Users whose shares smooth those of users near them (kNN-Embed: El-Kishky and others, 2022):
/// `p = (1 - weight) own + weight * mean of the nearest users' shares`.
///
/// Near is a large cosine of the vectors.
package struct IntentNeighbours: Sendable {
  /// The shares of each user, `[users, clusters]`.
  package let shares: Matrix
  /// The users' vectors at unit length, `[users, dimension]`.
  package let vectors: Matrix
  /// How many nearest users are looked for.
  package let count: Int
  /// How much their shares weigh, from 0 to 1.
  package let weight: Float
  /// What near users are found through.
  let index: BuiltIndex

  /// Makes the index of users that neighbours are found through.
  ///
  /// Throws `SettingError` or `IndexError`, as an index of the settings' kind does.
  package init(
    vectors: Matrix, shares: Matrix, count: Int, weight: Float,
    settings: IndexSettings = IndexSettings(), seed: UInt64 = 1
  ) throws {
    let unit = vectors.unitRows
    self.init(
      unit: unit, shares: shares, count: count, weight: weight,
      index: try BuiltIndex(unit, settings: settings, seed: seed))
  }

  /// Users with vectors of unit length, and an index of these.
  init(unit: Matrix, shares: Matrix, count: Int, weight: Float, index: BuiltIndex) {
    if unit.rows != shares.rows || count < 1 || !(0...1).contains(weight) {
      fatalError(
        "IntentNeighbours: \(count) of \(unit.rows) users with \(shares.rows) rows of shares, with "
          + "a weight of \(weight)")
    }
    vectors = unit
    self.shares = shares
    self.count = count
    self.weight = weight
    self.index = index
  }

  /// Mixes the shares of near users into those of other users; no vector, no change.
  func smooth(_ own: inout Matrix, of vectors: Matrix) {
    let unit = vectors.unitRows
    Parallel.forEachRows(of: &own.values, width: own.columns, grain: 16) { rows, own in
      for (place, row) in rows.enumerated() where unit[row].contains(where: { $0 != 0 }) {
        let near = index.search(Array(unit[row]), count: count) { _ in true }
        guard !near.isEmpty else { continue }
        for cluster in 0..<shares.columns {
          let mean = near.reduce(0) { $0 + shares[$1.item.position, cluster] } / Float(near.count)
          let position = place * shares.columns + cluster
          own[position] = (1 - weight) * own[position] + weight * mean
        }
      }
    }
  }
}

extension IntentNeighbours: Equatable {
  /// Whether users, shares and mixing are the same.
  package static func == (left: Self, right: Self) -> Bool {
    left.vectors == right.vectors && left.shares == right.shares && left.count == right.count
      && left.weight == right.weight
  }
}
