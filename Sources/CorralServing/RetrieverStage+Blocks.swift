package import CorralData
package import CorralIndex
import CorralVectors

/// Which items a request must not get.
package struct Exclusion: Sendable {
  /// Items that were met, and are therefore left out: each once, in rising order.
  let met: [ItemIndex]
  let allowed: ItemSet?
  let excluded: ItemSet?
  /// A further condition that items must meet; `nil` for none.
  let condition: (@Sendable (ItemIndex) -> Bool)?

  /// What is left out for somebody who met some items, in any order.
  package init(
    met history: [ItemIndex], allowed: ItemSet? = nil, excluded: ItemSet? = nil,
    where condition: (@Sendable (ItemIndex) -> Bool)? = nil
  ) {
    met = RadixSort.distinct(history.lazy.map(\.rawValue)).map { ItemIndex(Int($0)) }
    self.allowed = allowed
    self.excluded = excluded
    self.condition = condition
  }

  /// Whether an item may be recommended.
  package func allows(_ item: ItemIndex) -> Bool {
    let place = met.partitioningIndex { $0 >= item }
    let isMet = place < met.count && met[place] == item
    return !isMet && allowed?.contains(item) ?? true && !(excluded?.contains(item) ?? false)
      && condition?(item) ?? true
  }

  /// Whether only items that were met are left out, so that they can be listed.
  package var isListed: Bool { allowed == nil && excluded == nil && condition == nil }
}

extension RetrieverStage {
  /// The best allowed items for each of some requests, as many as it asks for; all threads share the
  /// work of several.
  ///
  /// One request stays on the thread that asks, beside which others ask too. Items that the model
  /// cannot place come last, with a score of minus infinity. The list of a request does not depend on
  /// the others.
  ///
  /// An exact index compares many queries with each item while the item is in the cache. Other
  /// indexes are searched query by query.
  package func candidates(
    for encoded: [Encoded], counts: [Int], leavingOut exclusions: [Exclusion]
  ) throws -> [[Candidate]] {
    if encoded.isEmpty { return [] }
    switch search {
    case .everyItem(let scorer):
      return try encoded.indices.map { place in
        try scorer.candidates(
          for: encoded[place].query, count: counts[place], where: exclusions[place].allows)
      }
    case .clusters(let divided, _):
      return divided.candidates(
        for: encoded, counts: counts, placed: placed, leavingOut: exclusions)
    case .index(.exact(let index), _)
    where placed.unplaced.count <= Self.fewUnplaced && exclusions.allSatisfy(\.isListed):
      return exact(index, for: encoded, counts: counts, leavingOut: exclusions)
    case .index(let index, _):
      let found = Parallel.map(encoded.count, grain: 8) { range in
        range.map { place in
          index.search(
            anyOf: encoded[place].vectors ?? Matrix(rows: 0, columns: index.dimension),
            count: counts[place], placed: placed, where: exclusions[place].allows)
        }
      }
      return found.flatMap(\.self)
    }
  }

  /// The most unplaced items that are listed with each query of a block.
  private static var fewUnplaced: Int { 1024 }

  /// All requests are searched for as many items as the longest list has.
  private func exact(
    _ index: ExactIndex, for encoded: [Encoded], counts: [Int], leavingOut exclusions: [Exclusion]
  ) -> [[Candidate]] {
    var vectors: [Float] = []
    var excluded: [Int32] = []
    var offsets = [0]
    let unplaced = placed.unplaced.map(\.rawValue)
    for (request, exclusion) in zip(encoded, exclusions) {
      vectors += request.vectors?.values ?? []
      var own = unplaced
      own.reserveCapacity(unplaced.count + exclusion.met.count)
      for item in exclusion.met where placed.contains(item) { own.append(item.rawValue) }
      if !unplaced.isEmpty { own.sort() }
      excluded += own
      offsets.append(excluded.count)
    }
    let interests = vectors.count / max(1, encoded.count * index.dimension)
    let found = index.search(
      Matrix(rows: encoded.count * interests, columns: index.dimension, values: vectors),
      interests: interests, count: counts.max() ?? 0, excluding: excluded, offsets: offsets,
      threads: encoded.count == 1 ? 1 : Parallel.threads)
    return exclusions.enumerated().map { place, exclusion in
      let range = found[place].prefix(counts[place])
      let best = range.map {
        Candidate(item: ItemIndex(Int(found.rows[$0])), score: found.scores[$0])
      }
      return best
        + placed.candidates(
          after: best.count, of: min(counts[place], index.count), where: exclusion.allows)
    }
  }
}
