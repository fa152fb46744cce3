package import CorralData
import CorralIndex
import CorralVectors

extension Recommender {
  /// The best items for a request.
  ///
  /// What is popular answers where the model's scores say nothing about the request, and the answer
  /// says so. Runs on the calling thread.
  ///
  /// - Throws: `ServingError` for a request that cannot be read.
  public func recommend(_ request: Request) throws -> Recommendations {
    try recommend([request])[0]
  }

  /// The best items for each of many requests, in their order.
  ///
  /// The requests share the work: one pass of the encoder, one search on all threads, one pass of the
  /// ranker. Memory grows with the number of requests, so ask for some hundred at a time.
  ///
  /// - Throws: `ServingError` for the first request that cannot be read.
  public func recommend(_ requests: [Request]) throws -> [Recommendations] {
    for request in requests where request.count < 1 || request.count > items.count {
      throw ServingError.badCount(request.count, items: items.count)
    }
    for case let alpha? in requests.map(\.alpha) where !(alpha >= 0 && alpha.isFinite) {
      throw ServingError.badAlpha(alpha)
    }
    let resolved = try requests.map(resolved)
    let exclusions = zip(requests, resolved).map { request, resolved in
      Exclusion(
        met: request.includesMet ? [] : resolved.query.history, allowed: request.allowed,
        excluded: request.excluded)
    }
    let answers = try answers(
      to: resolved, counts: requests.map(\.count), leavingOut: exclusions)
    return requests.indices.map { place in
      recommendations(
        answers.lists[place], for: requests[place], resolved[place],
        isPopular: answers.isPopular[place], clusters: answers.clusters[place],
        leavingOut: exclusions[place], time: answers.time)
    }
  }

  /// The best items of some requests, and how they were found.
  struct Answers {
    var lists: [[Candidate]]
    /// Whether popularity answered.
    var isPopular: [Bool]
    /// Why each item of a list is in it; empty without clusters, and unless reasons were asked for.
    var clusters: [[ClusterReason]]
    /// The mean time of a request.
    var time = Recommendations.Time()
  }

  /// The best items of some requests; those that the scores say nothing about get what is popular.
  func answers(
    to requests: [ResolvedRequest], counts: [Int], leavingOut exclusions: [Exclusion]
  ) throws -> Answers {
    var clock = Stopwatch()
    let asked = requests.indices.filter { requests[$0].fallback == nil }
    var encoded = try retriever.encoded(asked.map { requests[$0].query })
    for (place, request) in asked.enumerated() { encoded[place]?.alpha = requests[request].alpha }
    let known = asked.indices.filter { encoded[$0] != nil }
    let places = known.map { asked[$0] }
    var answers = Answers(
      lists: requests.map { _ in [] }, isPopular: requests.map { _ in true },
      clusters: requests.map { _ in [] })
    answers.time.encoding = clock.milliseconds(each: requests.count)
    // A ranker orders as many candidates, however many others ask for.
    let candidates = ranker.map { min($0.candidates, items.count) } ?? 0
    let wanted = places.map { max(counts[$0], candidates) }
    var lists = try retriever.candidates(
      for: known.compactMap { encoded[$0] }, counts: wanted,
      leavingOut: places.map { exclusions[$0] })
    answers.time.search = clock.milliseconds(each: requests.count)
    let found = lists
    if let ranker, !lists.isEmpty {
      lists = try ranker.ranked(
        lists, for: places.map { requests[$0].query }, placed: retriever.placed,
        counts: places.map { counts[$0] })
    }
    for (row, place) in places.enumerated() {
      answers.lists[place] = Array(lists[row].prefix(counts[place]))
      answers.isPopular[place] = false
      if requests[place].isExplained, let encoded = encoded[known[row]] {
        answers.clusters[place] = retriever.clusterReasons(
          of: answers.lists[place].map(\.item), among: found[row].lazy.map(\.item), for: encoded)
      }
    }
    for place in requests.indices where answers.isPopular[place] {
      answers.lists[place] = popular(count: counts[place], where: exclusions[place].allows)
    }
    answers.time.ranking = clock.milliseconds(each: requests.count)
    return answers
  }

  private func recommendations(
    _ list: [Candidate], for request: Request, _ resolved: ResolvedRequest, isPopular: Bool,
    clusters: [ClusterReason], leavingOut exclusion: Exclusion, time: Recommendations.Time
  ) -> Recommendations {
    let stage: Recommendations.Stage =
      isPopular ? .popular : ranker == nil ? .retriever : .ranker
    let similarity = request.isExplained && !isPopular ? retriever.similarity : nil
    return Recommendations(
      items: list.enumerated().map { place, candidate in
        Recommendations.Item(
          id: items[candidate.item.position], title: title(of: candidate.item),
          score: candidate.score.isFinite ? candidate.score : nil, stage: stage,
          because: similarity.map {
            reasons(for: candidate.item, in: resolved.query.history, by: $0)
          }, cluster: clusters.isEmpty ? nil : clusters[place])
      },
      fallback: isPopular ? resolved.fallback ?? .nothingKnown : nil, notices: resolved.notices,
      shortage: list.count < request.count
        ? .init(found: list.count, catalogue: items.count, isMet: exclusion.isListed) : nil,
      time: time)
  }

  /// The items of a history whose vectors are nearest to an item's, three at most.
  package func reasons(
    for item: ItemIndex, in history: [ItemIndex], by similarity: ItemSimilarity
  ) -> [Recommendations.Item.Reason] {
    guard similarity.knows(item) else { return [] }
    return reasons(in: history, except: item, by: similarity) { similarity.between(item, $0) }
  }

  /// The items of a history whose vectors are nearest to one, three at most.
  package func reasons(
    for vector: [Float], in history: [ItemIndex], by similarity: ItemSimilarity
  ) -> [Recommendations.Item.Reason] {
    reasons(in: history, except: nil, by: similarity) { similarity.between(vector, $0) }
  }

  private func reasons(
    in history: [ItemIndex], except item: ItemIndex?, by similarity: ItemSimilarity,
    _ cosine: (ItemIndex) -> Float
  ) -> [Recommendations.Item.Reason] {
    var met: Set<ItemIndex> = item.map { [$0] } ?? []
    return history.filter { met.insert($0).inserted && similarity.knows($0) }
      .map { (item: $0, similarity: cosine($0)) }
      // A vector that points elsewhere explains nothing.
      .filter { $0.similarity > 0 }
      .sorted { $0.similarity > $1.similarity }.prefix(3)
      .map { item, similarity in
        .init(id: items[item.position], title: title(of: item), similarity: similarity)
      }
  }
}

/// Measures the parts of an answer one after the other.
private struct Stopwatch {
  private var last = ContinuousClock.now

  /// The milliseconds since the last reading, shared by some requests.
  mutating func milliseconds(each count: Int) -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    return (now - last) / .milliseconds(1) / Double(max(1, count))
  }
}
