import CorralData
import CorralIndex
import CorralServing
import Foundation

/// The stages of an answer, one after the other: plan, retrieval, ranking, the answer itself.
///
/// Each stage takes many requests at once and can be called by itself, so that an answer can be
/// given without a stage that is late. No stage reads the disk.
struct AnswerPipeline: Sendable {
  let live: LiveState
  let settings: ServiceSettings
  let metrics: ServiceMetrics

  /// Finds the candidates of some requests: one pass of the encoder, one search, then the other
  /// sources.
  func retrieve(_ plans: inout [AnswerPlan]) throws {
    for group in groups(plans) { try retrieve(&plans, group) }
    for place in plans.indices { gather(&plans[place]) }
  }

  /// Orders the candidates of some requests: one pass of the ranker.
  func rank(_ plans: inout [AnswerPlan]) throws {
    for group in groups(plans) { try rank(&plans, group) }
  }

  /// Makes a list as diverse as its request asks for.
  func diversify(_ plan: inout AnswerPlan) {
    guard plan.diversity > 0, let similarity = plan.served.recommender.retriever.similarity else {
      return
    }
    plan.list = Diversity.ordered(plan.list, dial: plan.diversity, similarity: similarity)
  }

  /// The places of the requests that one model answers, model by model.
  private func groups(_ plans: [AnswerPlan]) -> [[Int]] {
    guard let first = plans.first else { return [] }
    if plans.allSatisfy({ $0.served === first.served }) { return [Array(plans.indices)] }
    let groups = Dictionary(grouping: plans.indices) { ObjectIdentifier(plans[$0].served) }
    return groups.values.sorted { $0[0] < $1[0] }
  }

  // MARK: Retrieval

  private func retrieve(_ plans: inout [AnswerPlan], _ group: [Int]) throws {
    let served = plans[group[0]].served
    let retriever = served.recommender.retriever
    var clock = Stopwatch()
    let asked = group.filter { plans[$0].fallback == nil }
    let encoded = try retriever.encoded(asked.map { plans[$0].query })
    for (place, var encoded) in zip(asked, encoded) {
      encoded?.alpha = plans[place].alpha
      encoded?.block = plans[place].block
      plans[place].encoded = encoded
      if encoded == nil { plans[place].fallback = .nothingKnown }
    }
    let encoding = clock.milliseconds(each: group.count)
    let searched = asked.filter { plans[$0].encoded != nil && plans[$0].shares.retriever > 0 }
    for places in Self.searches(searched, plans) {
      let depths = places.map { min(plans[$0].depth, served.numbers.keys.count) }
      let found = try retriever.candidates(
        for: places.compactMap { plans[$0].encoded }, counts: depths,
        leavingOut: places.map { plans[$0].exclusion })
      for (place, candidates) in zip(places, found) {
        let items = plans[place].merged(candidates, count: plans[place].depth)
        plans[place].lists = [(.retriever, items)]
      }
    }
    let search = clock.milliseconds(each: group.count)
    for place in group {
      plans[place].milliseconds.encoding = encoding
      plans[place].milliseconds.search = search
    }
    metrics.stage(.encoding, milliseconds: encoding * Double(group.count))
    metrics.stage(.retrieve, milliseconds: search * Double(group.count))
  }

  /// The deepest list that requests are searched for together.
  private static let shallow = 256

  /// The requests that are searched for together, so that none pays for another's filter or depth.
  private static func searches(_ places: [Int], _ plans: [AnswerPlan]) -> [[Int]] {
    let deep = places.filter { plans[$0].depth > shallow }
    let others = places.filter { plans[$0].depth <= shallow }
    let listed = others.filter { plans[$0].exclusion.isListed }
    let filtered = others.filter { !plans[$0].exclusion.isListed }
    return [listed, filtered].filter { !$0.isEmpty } + deep.map { [$0] }
  }

  /// Asks the other sources that have a share, and merges all lists.
  private func gather(_ plan: inout AnswerPlan) {
    let others = plan.shares.sources.filter { $0 != .retriever }
    if others.isEmpty {
      plan.list = plan.lists.first?.items ?? []
    } else {
      for source in others {
        plan.lists.append((source, items(of: source, for: plan, count: plan.depth)))
      }
      plan.list = Merging.merged(plan.lists, shares: plan.shares, count: plan.depth)
    }
    metrics.candidates(.retrieve, plan.list.count)
  }

  /// The best allowed items of a source other than the retriever.
  func items(of source: Source, for plan: AnswerPlan, count: Int) -> [Found] {
    switch source {
    case .retriever: []
    case .similar: similar(plan, count: count)
    case .popular, .trending, .latest:
      listed(source, count: count, served: plan.served, where: plan.gate.allows)
    }
  }

  /// The best allowed items of a source that is the same for everybody.
  func listed(
    _ source: Source, count: Int, served: ServedModel, where isAllowed: (LiveKey) -> Bool
  ) -> [Found] {
    live.withState { state in
      let found: [(LiveKey, Float)] =
        switch source {
        case .popular:
          state.popular.best(count, where: isAllowed).map {
            ($0, Float(state.popular.counts[$0.value]))
          }
        case .trending:
          state.trending.best(count, where: isAllowed).map { ($0.key, $0.share) }
        case .latest:
          state.latest.best(count, of: state.items.count, where: isAllowed).map { ($0, .nan) }
        case .retriever, .similar: []
        }
      return found.map { key, score in
        Found(
          key: key, item: served.numbers.position(of: key), score: score, source: source,
          stage: .quota)
      }
    }
  }

  /// The neighbours of the last items of the history, in turn.
  private func similar(_ plan: AnswerPlan, count: Int) -> [Found] {
    var last: [ItemIndex] = []
    for item in plan.query.history.reversed() where !last.contains(item) {
      last.append(item)
      if last.count == settings.similarTo { break }
    }
    let lists = last.map(plan.served.neighbours(of:))
    var met: Set<ItemIndex> = []
    var found: [Found] = []
    for place in 0..<(lists.map(\.count).max() ?? 0) {
      for list in lists where place < list.count && found.count < count {
        let (item, key) = (list[place], plan.served.numbers.key(of: list[place]))
        if plan.gate.allows(key), met.insert(item).inserted {
          found.append(
            Found(key: key, item: item, score: .nan, source: .similar, stage: .quota))
        }
      }
    }
    return found
  }

  // MARK: Ranking

  private func rank(_ plans: inout [AnswerPlan], _ group: [Int]) throws {
    let recommender = plans[group[0]].served.recommender
    guard let ranker = recommender.ranker else { return }
    var clock = Stopwatch()
    let places = group.filter { plans[$0].encoded != nil && !plans[$0].list.isEmpty }
    if places.isEmpty { return }
    let most = max(ranker.candidates, Self.mostRanked)
    let candidates = try places.map { place in
      try self.candidates(plans[place].list.prefix(most), of: plans[place])
    }
    let scores = try ranker.scores(
      candidates, for: places.map { plans[$0].query }, placed: recommender.retriever.placed)
    var start = 0
    for (place, own) in zip(places, candidates) {
      let list = plans[place].list
      plans[place].list =
        Self.ranked(
          Array(list.prefix(most)), scores[start..<start + own.count], block: ranker.candidates)
        + list.dropFirst(most)
      start += own.count
      metrics.candidates(.rank, own.count)
    }
    let ranking = clock.milliseconds(each: group.count)
    for place in group { plans[place].milliseconds.ranking = ranking }
    metrics.stage(.rank, milliseconds: ranking * Double(group.count))
  }

  /// The most candidates of a request that are ranked; a list that goes on keeps its order.
  private static let mostRanked = 1000

  /// The items of a list that the model has, with the retriever's scores of them.
  private func candidates(
    _ list: ArraySlice<Found>, of plan: AnswerPlan
  ) throws -> [Candidate] {
    var candidates = list.compactMap { found in
      found.item.map { Candidate(item: $0, score: found.score) }
    }
    let others = list.compactMap { $0.source == .retriever ? nil : $0.item }
    guard let encoded = plan.encoded, !others.isEmpty else { return candidates }
    let scores = Dictionary(
      zip(others, try plan.retrieverScores(of: others, for: encoded)), uniquingKeysWith: { $1 })
    for place in candidates.indices {
      if let score = scores[candidates[place].item] { candidates[place].score = score }
    }
    return candidates
  }

  /// A list in the order of new scores, block by block; equal ones stay in their order.
  ///
  /// Items that the model does not have keep their places.
  static func ranked(_ list: [Found], _ scores: ArraySlice<Float>, block: Int) -> [Found] {
    var ranked = list
    var next = scores.startIndex
    for start in stride(from: 0, to: list.count, by: max(1, block)) {
      let places = (start..<min(start + block, list.count)).filter { list[$0].item != nil }
      let own = scores[next..<next + places.count]
      next += places.count
      for (place, from) in zip(places, RadixSort.bestFirst(own)) {
        ranked[place] = list[places[from]]
        ranked[place].score = own[own.startIndex + from]
        ranked[place].stage = .ranker
      }
    }
    return ranked
  }
}

/// Measures the parts of an answer one after the other.
struct Stopwatch {
  private var last = ContinuousClock.now

  /// The milliseconds since the last reading, shared by some requests.
  mutating func milliseconds(each count: Int = 1) -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    return (now - last) / .milliseconds(1) / Double(max(1, count))
  }
}
