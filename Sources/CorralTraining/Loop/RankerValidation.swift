import CorralData
import CorralEvaluation
import CorralModels
import CorralVectors

/// The measuring of a ranker's epochs: the candidates of each user with something held out for
/// validation, in the ranker's order.
///
/// The candidates are given (a retriever's, best first) or, without a retriever, the user's targets
/// among 100 items drawn once for the run. A target that is not among the candidates is a miss, so
/// that with a retriever's candidates the numbers are those of both stages together.
struct RankerValidation {
  private let measured: CandidateMetrics
  private let queries: QueryBatch
  private let watched: Metric
  /// The retriever's score of every candidate, 4 bytes each, where it may be added.
  private let retrieverScores: [Float]?

  /// The items that stand beside the targets where there is no retriever.
  private static let drawnItems = 100

  /// The validation of a split; `nil` when nothing is held out for it.
  ///
  /// - Parameters:
  ///   - settings: which metric is watched, and whether items already met are ranked.
  ///   - split: what is held out.
  ///   - given: the candidates of each user of the split; drawn where there are none.
  ///   - retriever: what found them, where its score may be added to the ranker's.
  /// - Throws: `EvaluationError` for an unknown metric.
  init?(
    _ settings: RankerTrainingSettings, of split: Split, candidates given: Ragged<ItemIndex>?,
    from retriever: FrozenRetriever?
  ) throws {
    let held = split.validation
    let users = (0..<split.userCount).filter { !held[$0].isEmpty }
    guard !users.isEmpty else { return nil }
    let watched = try Metric(named: settings.train.metric)
    self.watched = watched
    let metrics: [Metric] = ([.recall, .ndcg, .mrr] + [watched.measure]).reduce(into: []) {
      metrics, measure in
      let metric = Metric(measure, at: watched.cutoff)
      if !metrics.contains(metric) { metrics.append(metric) }
    }
    measured = CandidateMetrics(
      metrics,
      candidates: Ragged(
        users.map { user in
          given.map { Array($0[user]) }
            ?? Self.drawn(for: user, of: split, settings)
        }),
      targets: Ragged(users.map { Set(held[$0]).sorted() }))
    let histories = split.histories(before: .validation)
    let indices = users.map(UserIndex.init)
    queries = QueryBatch(
      users: indices, histories: Ragged(users.lazy.map { histories[$0] }),
      context: split.context(of: .validation, users: indices))
    retrieverScores = retriever?.scores(measured.candidates, for: queries)
  }

  /// The metrics of a ranker by name: means over users.
  ///
  /// Where the retriever's score may be added they are those of the best of some multiples of its
  /// `weight`, and `stacking` says of which.
  func measure(
    _ ranker: FrozenRanker, _ stackings: [Float], of weight: Float
  ) throws -> [String: Double] {
    let parts = ScoreParts(
      own: ranker.scores(measured.candidates, for: queries), retriever: retrieverScores)
    guard retrieverScores != nil else { return try measured.means(parts.sum(0)) }
    var tried = TriedStackings(stackings, of: weight)
    try tried.add(parts, by: measured)
    let best = tried.best(by: watched)
    return best.values.merging([ServedStacking.metric: Double(best.stacking)]) { $1 }
  }

  /// A user's targets among items drawn by the seed and the user alone.
  private static func drawn(
    for user: Int, of split: Split, _ settings: RankerTrainingSettings
  ) -> [ItemIndex] {
    var generator = SeededGenerator(seed: ~settings.train.seed, stream: UInt64(user))
    let known = settings.seen == .masked ? Set(split.training[user]) : []
    var items = Set(split.validation[user]).sorted()
    var taken = Set(items).union(known)
    let all = split.interactedItemCount
    let wanted = min(items.count + drawnItems, items.count + all - taken.count)
    while items.count < wanted {
      let item = ItemIndex(generator.next(below: all))
      if taken.insert(item).inserted { items.append(item) }
    }
    // The targets come last, so that a ranker that scores all alike finds none.
    return items.reversed()
  }
}
