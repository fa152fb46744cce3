import CKernels
package import CorralData
import CorralVectors

extension InvertedMultiIndex {
  /// The best `count` allowed items of the best buckets.
  ///
  /// Buckets are opened in falling order of their scores until `settings.collected` allowed items
  /// are found, or `count` if that is more, or all; these are compared exactly. So a result is only
  /// ever short for lack of allowed items, and its scores have the bits that `ExactIndex` finds.
  package func search(
    _ query: [Float], count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [Candidate] {
    if query.count != dimension {
      fatalError("search: a query of \(query.count) elements among vectors of \(dimension)")
    }
    let wanted = min(max(0, count), self.count)
    guard wanted > 0 else { return [] }
    let width = first.centres.columns
    let lefts = Self.ranked(first.centres, query[..<width])
    let rights = Self.ranked(second.centres, query[width...])
    let enough = max(wanted, settings.collected)
    var collected: [ItemIndex] = []
    for (left, right) in BucketWalk(lefts.scores, rights.scores) {
      let bucket = lefts.clusters[left] * settings.clusters + rights.clusters[right]
      for item in buckets.members[bucket] where isAllowed(item) { collected.append(item) }
      if collected.count >= enough { break }
    }
    return best(wanted, of: collected, for: query)
  }

  /// The clusters of one half in falling order of their centres' scores, with `nan` last.
  private static func ranked(
    _ centres: Matrix, _ query: ArraySlice<Float>
  ) -> (clusters: [Int], scores: [Float]) {
    let scores = (0..<centres.rows).map { row in
      let score = zip(centres[row], query).reduce(0) { $0 + $1.0 * $1.1 }
      return score.isNaN ? -.infinity : score
    }
    let clusters = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return (clusters, clusters.map { scores[$0] })
  }

  /// The best of some items by their own vectors.
  private func best(_ wanted: Int, of collected: [ItemIndex], for query: [Float]) -> [Candidate] {
    var scores = [Float](repeating: 0, count: collected.count)
    items.values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress, !collected.isEmpty else { return }
      let vectors = collected.map { start + $0.position * dimension }
      ck_score(ck_active_level())(
        vectors, Int64(vectors.count), Int64(dimension), query, &scores)
    }
    var best = TopK(wanted)
    for (item, score) in zip(collected, scores) { best.insert(item.position, score: score) }
    return best.sorted().map { Candidate(item: ItemIndex($0.index), score: $0.score) }
  }
}
