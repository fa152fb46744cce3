import CorralData
import CorralIndex
import CorralServing
import CorralStore

extension AnswerPipeline {
  /// The answer of what the stages found, filled so that it is empty only if nothing is allowed.
  ///
  /// - Parameters:
  ///   - plan: what the stages found.
  ///   - degraded: the stage that was late, if one was.
  /// - Returns: the answer, without the time that it took as a whole.
  func answer(_ plan: AnswerPlan, degraded: Answer.Degradation? = nil) -> Answer {
    let list = filled(plan)
    let page = list.dropFirst(plan.request.offset).prefix(plan.request.count)
    if let fallback = plan.fallback { metrics.fallback(fallback) }
    if page.isEmpty { metrics.emptyAnswer() }
    var answer = Answer(request: plan.id, model: plan.served.version, arm: plan.arm)
    answer.degraded = degraded
    answer.milliseconds = plan.milliseconds
    answer.notices = plan.notices
    answer.items = items(page, of: plan)
    return answer
  }

  /// A whole list as far as an answer needs it: what the stages found, then what is popular, then
  /// what is latest, which in the end is any item.
  func filled(_ plan: AnswerPlan) -> [Found] {
    let missing = plan.need - plan.list.count
    if missing <= 0 { return plan.list }
    if plan.fallback == nil, plan.known > plan.list.count { metrics.fallback(.short) }
    var listed = Set(plan.list.map(\.key))
    var filled = plan.list
    for source in [Source.popular, .latest] where filled.count < plan.need {
      let more = self.listed(
        source, count: plan.need - filled.count, served: plan.served
      ) { !listed.contains($0) && plan.gate.allows($0) }
      for var found in more {
        found.stage = .fallback
        filled.append(found)
        listed.insert(found.key)
      }
    }
    return filled
  }

  /// Items of a list as they are answered, with ids, titles and reasons.
  func items(_ page: some Collection<Found>, of plan: AnswerPlan) -> [Answer.Item] {
    let recommender = plan.served.recommender
    let similarity =
      plan.request.isExplained && plan.encoded != nil ? recommender.retriever.similarity : nil
    let names = names(page, plan.served)
    let clusters = plan.request.isExplained ? clusters(of: page, plan) : [:]
    return zip(page, names).map { found, name in
      Answer.Item(
        id: name.id, title: name.title, score: found.score.isFinite ? found.score : nil,
        stage: found.stage, source: found.source,
        because: similarity.flatMap { similarity in
          if let vector = plan.side.vector(of: found.key) {
            return recommender.reasons(for: vector, in: plan.query.history, by: similarity)
          }
          return found.item.map {
            recommender.reasons(for: $0, in: plan.query.history, by: similarity)
          }
        }, cluster: found.item.flatMap { clusters[$0] })
    }
  }

  /// Which cluster each item that the search found is from, and how many places of the list it got.
  private func clusters(
    of page: some Collection<Found>, _ plan: AnswerPlan
  ) -> [ItemIndex: ClusterReason] {
    guard let encoded = plan.encoded, let retrieved = plan.retrieved else { return [:] }
    let items = page.compactMap { $0.source == .retriever ? $0.item : nil }
    let reasons = plan.served.recommender.retriever.clusterReasons(
      of: items, among: retrieved.lazy.compactMap(\.item), for: encoded)
    return Dictionary(zip(items, reasons)) { $1 }
  }

  /// The ids and titles of items: those of the model, and over them what the service was told.
  private func names(
    _ page: some Collection<Found>, _ served: ServedModel
  ) -> [(id: String, title: String?)] {
    let recommender = served.recommender
    let items = page.map { $0.item ?? served.numbers.position(of: $0.key) }
    var names = items.map { item in
      item.map { (id: recommender.items[$0.position], title: recommender.title(of: $0)) }
        ?? (id: "", title: nil)
    }
    let told = live.withState { state in
      if state.records.isEmpty, items.allSatisfy({ $0 != nil }) { return [Told]() }
      return zip(page, items).enumerated().compactMap { place, named in
        let (found, item) = named
        let record = state.records[found.key]
        if record == nil, item != nil { return nil }
        return Told(
          place: place, id: item == nil ? state.id(of: found.key) : nil, title: record?.title)
      }
    }
    for told in told {
      names[told.place] = (told.id ?? names[told.place].id, told.title ?? names[told.place].title)
    }
    return names
  }

  /// What the service was told of the item at a place.
  private struct Told: Sendable {
    let place: Int
    let id: String?
    let title: String?
  }

  /// Given items in the order of the last stage: those that the model cannot score come last, the
  /// popular ones first.
  ///
  /// - Parameters:
  ///   - keys: the items, each once.
  ///   - plan: the request, which gets the list.
  /// - Throws: what the model throws.
  func place(_ keys: [LiveKey], in plan: inout AnswerPlan) throws {
    let (recommender, numbers) = (plan.served.recommender, plan.served.numbers)
    let counts = live.withState { state in
      keys.map { key in
        key.value < state.popular.counts.count ? state.popular.counts[key.value] : 0
      }
    }
    if plan.fallback == nil { plan.encoded = try recommender.retriever.encoded([plan.query])[0] }
    var scores = [Float](repeating: -.infinity, count: keys.count)
    let places = keys.indices.filter { numbers.position(of: keys[$0]) != nil }
    let items = places.compactMap { numbers.position(of: keys[$0]) }
    if let encoded = plan.encoded, !items.isEmpty {
      let retrieved = try plan.retrieverScores(of: items, for: encoded)
      let own =
        try recommender.ranker?.scores(
          [zip(items, retrieved).map { Candidate(item: $0, score: $1) }], for: [plan.query],
          placed: recommender.retriever.placed) ?? retrieved
      for (place, score) in zip(places, own) { scores[place] = score }
    }
    // A ranker cannot score what the model does not have.
    if recommender.ranker == nil, let vectors = plan.encoded?.vectors {
      for place in keys.indices where numbers.position(of: keys[place]) == nil {
        if let score = plan.side.score(of: keys[place], by: vectors) { scores[place] = score }
      }
    }
    let order = keys.indices.sorted {
      (scores[$1], counts[$1], $0) < (scores[$0], counts[$0], $1)
    }
    let stage: Answer.Stage = recommender.ranker == nil ? .retriever : .ranker
    plan.list = order.map { place in
      let isScored = scores[place].isFinite
      return Found(
        key: keys[place], item: numbers.position(of: keys[place]),
        score: isScored ? scores[place] : Float(counts[place]),
        source: isScored ? .retriever : .popular, stage: isScored ? stage : .fallback)
    }
  }
}
