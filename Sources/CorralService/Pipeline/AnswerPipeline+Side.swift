import CorralData
import CorralIndex
import CorralServing
import CorralVectors

extension AnswerPlan {
  /// What a search of the model's index and one of the side list found together, the best first.
  ///
  /// The index leaves out what the side list has, so that no item comes twice. Of equal scores that of the
  /// index comes first, and items that nothing places come last.
  func merged(_ candidates: [Candidate], count: Int) -> [Found] {
    let numbers = served.numbers
    let found = candidates.map { candidate in
      Found(
        key: numbers.key(of: candidate.item), item: candidate.item, score: candidate.score,
        source: .retriever, stage: .retriever)
    }
    guard !side.isEmpty, let vectors = encoded?.vectors else { return found }
    let placed = served.recommender.retriever.placed
    let beside = side.best(count, by: vectors, where: gate.allows).map { entry, score in
      // A ranker is asked of items that it was trained to place.
      Found(
        key: entry.key, item: entry.item.flatMap { placed.contains($0) ? $0 : nil }, score: score,
        source: .retriever, stage: .retriever)
    }
    return Found.merged(found, beside, count: count)
  }

  /// The retriever's scores of items of the model for this request, those of the side list where it has
  /// them; minus infinity for items that nothing places.
  func retrieverScores(
    of items: [ItemIndex], for encoded: RetrieverStage.Encoded
  ) throws -> [Float] {
    var scores = try served.recommender.retriever.scores(of: items, for: encoded)
    if side.isEmpty { return scores }
    for (place, item) in items.enumerated() {
      if let score = side.score(of: served.numbers.key(of: item), by: encoded.vectors) {
        scores[place] = score
      }
    }
    return scores
  }

  /// The items nearest to an item by cosine, those of the side list among them; empty for an item that
  /// nothing places.
  func similar(to key: LiveKey, by similarity: ItemSimilarity) -> [Found] {
    let numbers = served.numbers
    let vector: [Float]
    if let own = side.vector(of: key) {
      vector = own
    } else if let item = numbers.position(of: key), similarity.knows(item) {
      vector = similarity.vector(of: item)
    } else {
      return []
    }
    let near = similarity.nearest(to: vector, count: need) { item in
      let other = numbers.key(of: item)
      return other != key && !side.contains(other) && gate.allows(other)
    }
    let beside = side.nearest(to: vector, count: need) { $0 != key && gate.allows($0) }
    let list = near.map { found in
      let item = ItemIndex(found.index)
      return Found(
        key: numbers.key(of: item), item: item, score: found.score, source: .similar,
        stage: .retriever)
    }
    let others = beside.map { entry, score in
      Found(key: entry.key, item: entry.item, score: score, source: .similar, stage: .retriever)
    }
    return Found.merged(list, others, count: need)
  }
}

extension Found {
  /// The first items of two lists by falling score; of equal ones those of the first list come first.
  fileprivate static func merged(_ list: [Found], _ other: [Found], count: Int) -> [Found] {
    var merged: [Found] = []
    merged.reserveCapacity(min(count, list.count + other.count))
    var (mine, theirs) = (0, 0)
    while merged.count < count, mine < list.count || theirs < other.count {
      let isMine =
        theirs == other.count
        || (mine < list.count && list[mine].score >= other[theirs].score)
      merged.append(isMine ? list[mine] : other[theirs])
      if isMine { mine += 1 } else { theirs += 1 }
    }
    return merged
  }
}
