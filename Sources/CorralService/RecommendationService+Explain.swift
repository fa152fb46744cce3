import CorralData
import CorralServing
import CorralStore
import Foundation

extension RecommendationService {
  /// Why an item was shown to a user, or what keeps it out, at every stage.
  ///
  /// The stages run as for an answer, so that both agree. Nothing is recorded.
  ///
  /// - Throws: `ServiceError.notFound` for an unknown item, and what `recommend` throws.
  package func explain(_ item: String, for request: ServiceRequest) async throws -> Explanation {
    let key = try known(item)
    var plans = [try plan(request)]
    var steps = [filterStep(key, plans[0], request)]
    try pipeline.retrieve(&plans)
    for source in plans[0].shares.sources { steps.append(try step(source, key, plans[0])) }
    if plans[0].shares.sources.count > 1 {
      steps.append(Self.step("merge", key, plans[0].list, "the sources' lists, by their shares"))
    }
    if plans[0].served.recommender.ranker != nil, plans[0].encoded != nil {
      try pipeline.rank(&plans)
      steps.append(
        Self.step("ranker", key, plans[0].list, "the candidates, as the ranker scores them"))
    }
    if plans[0].diversity > 0 {
      pipeline.diversify(&plans[0])
      steps.append(Self.step("diversity", key, plans[0].list, "the list, made more diverse"))
    }
    let list = pipeline.filled(plans[0])
    if list.count > plans[0].list.count {
      steps.append(
        Self.step(
          "fallback", key, list,
          "the list, filled with what is popular and latest"
            + (plans[0].fallback.map { " (\($0.rawValue))" } ?? "")))
    }
    let page = request.offset..<(request.offset + request.count)
    let place = list.firstIndex { $0.key == key }
    let isShown = place.map(page.contains) ?? false
    steps.append(
      Explanation.Step(
        stage: "answer", passed: isShown, rank: place.map { $0 + 1 }, of: list.count,
        score: place.flatMap { list[$0].score.isFinite ? list[$0].score : nil },
        reason: place.map {
          "it has place \($0 + 1); the answer shows places \(page.lowerBound + 1) to "
            + "\(page.upperBound)"
        } ?? "it is not in the list"))
    return Explanation(isShown: isShown, steps: steps)
  }

  /// Where the item stands in a list.
  private static func step(
    _ stage: String, _ key: LiveKey, _ list: [Found], _ what: String
  ) -> Explanation.Step {
    let place = list.firstIndex { $0.key == key }
    return Explanation.Step(
      stage: stage, passed: place != nil, rank: place.map { $0 + 1 }, of: list.count,
      score: place.flatMap { list[$0].score.isFinite ? list[$0].score : nil },
      reason: what + (place == nil ? ": it is not among them" : ""))
  }

  private func step(
    _ source: Source, _ key: LiveKey, _ plan: AnswerPlan
  ) throws -> Explanation.Step {
    let list = plan.lists.first { $0.source == source }?.items ?? []
    var step = Self.step(source.rawValue, key, list, "the first \(list.count) items of the source")
    guard source == .retriever else { return step }
    if let cluster = clusterReason(key, list, plan) { step.reason += "; \(cluster)" }
    if let entry = plan.side.entry(of: key) {
      step.reason +=
        entry.item == nil
        ? "; the model does not have the item yet, and places it by its features"
        : "; the item's features changed since the model was made, which places it by the new ones"
    }
    if step.rank != nil { return step }
    step.passed = false
    guard let encoded = plan.encoded else {
      step.reason =
        "the model's scores say nothing about this request"
        + (plan.fallback.map { " (\($0.rawValue))" } ?? "")
      return step
    }
    if let score = plan.side.score(of: key, by: encoded.vectors) {
      step.score = score
      return step
    }
    guard let item = plan.served.numbers.position(of: key) else {
      step.reason = "the model does not have the item"
      return step
    }
    let score = try plan.served.recommender.retriever.scores(of: [item], for: encoded)[0]
    step.score = score.isFinite ? score : nil
    if !score.isFinite { step.reason = "training learned nothing about the item" }
    return step
  }

  /// What the item's cluster got of a list, in words; `nil` for a model without clusters.
  private func clusterReason(
    _ key: LiveKey, _ list: [Found], _ plan: AnswerPlan
  ) -> String? {
    guard let encoded = plan.encoded, let item = plan.served.numbers.position(of: key),
      let cluster = plan.served.recommender.retriever.clusterReasons(
        of: [item], among: list.lazy.compactMap(\.item), for: encoded
      ).first
    else { return nil }
    let name = cluster.name.map { " '\($0)'" } ?? " \(cluster.cluster)"
    return "its cluster\(name), chosen with a probability of "
      + String(format: "%.3f", cluster.share) + ", has \(cluster.quota) of them"
  }

  /// What the filters say about the item.
  private func filterStep(
    _ key: LiveKey, _ plan: AnswerPlan, _ request: ServiceRequest
  ) -> Explanation.Step {
    let (record, excluded, disliked) = live.withState { state in
      (
        state.records[key], request.excluded.compactMap { state.key(of: $0) },
        request.user.flatMap { state.people[ExactText($0)]?.disliked } ?? []
      )
    }
    let now = clock()
    var reasons: [String] = []
    if plan.gate.blocked.contains(key) {
      if record?.isHidden ?? false { reasons.append("it is hidden") }
      if let date = record?.publishedAt, date > now { reasons.append("it is not yet published") }
      if let date = record?.expiresAt, date <= now { reasons.append("it has expired") }
      if reasons.isEmpty { reasons.append("it may not be recommended now") }
    }
    for (name, set) in zip(request.filter.conditions.keys.sorted(), plan.gate.conditions)
    where !set.contains(key) {
      reasons.append("it does not meet the filter's condition of '\(name)'")
    }
    if excluded.contains(key) { reasons.append("the request excludes it") }
    if disliked.contains(key) { reasons.append("the user does not want it") }
    if request.seen == .exclude, plan.history.contains(key) {
      reasons.append("the user has met it")
    }
    return Explanation.Step(
      stage: "filter", passed: reasons.isEmpty,
      reason: reasons.isEmpty ? "nothing keeps it out" : reasons.joined(separator: "; "))
  }
}
