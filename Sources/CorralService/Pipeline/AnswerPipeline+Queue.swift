extension AnswerPipeline {
  /// The stages as a queue calls them: what it hands on is the plan of a request.
  ///
  /// Whoever waits makes the answer of the plan, so that the threads of the queue only search and
  /// rank.
  var stages: AnswerQueue<AnswerPlan, AnswerPlan, AnswerPlan>.Stages {
    .init(
      find: { plans in Self.all(plans, retrieve) },
      rank: { pairs in Self.all(pairs.map(\.found), rank) },
      unranked: { _, found in found },
      fallback: { plan in
        var plan = plan
        plan.fallback = .late
        return plan
      })
  }

  /// What a stage makes of some plans, all of them or none.
  private static func all(
    _ plans: [AnswerPlan], _ stage: (inout [AnswerPlan]) throws -> Void
  ) -> [Result<AnswerPlan, any Error>] {
    var plans = plans
    do {
      try stage(&plans)
      return plans.map { .success($0) }
    } catch {
      return plans.map { _ in .failure(error) }
    }
  }
}

extension Experiment.Arm {
  /// The shares of its sources; `nil` where it follows the service's.
  var shares: SourceShares? {
    guard let sources else { return nil }
    var shares = SourceShares()
    for source in Source.allCases { shares[source] = sources[source.rawValue] ?? 0 }
    return shares.sources.isEmpty ? nil : shares
  }
}
