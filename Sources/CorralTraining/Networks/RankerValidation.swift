import CorralData
import CorralEvaluation
import CorralModels
import CorralVectors

/// Measures a ranker after an epoch: it orders the candidates of every user with validation items.
///
/// The candidates are those of a retriever, best first; without one they are the user's targets among
/// 100 items drawn once for the run. A target outside the candidates counts as a miss, so that with a
/// retriever's candidates the numbers are those of both stages together.
struct RankerValidation {
  private let measured: CandidateMetrics
  private let queries: QueryBatch
  private let watched: Metric
  /// The retriever's score of every candidate, 4 bytes each; `nil` if it is never added.
  private let retrieverScores: [Float]?

  /// The number of items drawn beside the targets without a retriever.
  private static let drawnItems = 100

  /// The validation of a split; `nil` if nothing is held out for it.
  ///
  /// - Parameters:
  ///   - settings: which metric is watched, and whether items already met are ranked.
  ///   - split: what is held out.
  ///   - given: the candidates of each user of the split; `nil` draws them.
  ///   - retriever: the model that found them, if its score may be added to the ranker's.
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
  /// If the retriever's score may be added, several multiples of its `weight` are tried. The metrics are
  /// then those of the best multiple, and `stacking` holds it.
  func measure(
    _ ranker: FrozenRanker, _ stackings: [Float], of weight: Float
  ) throws -> [String: Double] {
    let parts = ScoreParts(
      own: ranker.scores(measured.candidates, for: queries), retriever: retrieverScores)
    guard retrieverScores != nil else { return try measured.means(parts.sum(0)) }
    var tried = TriedStackings(stackings, of: weight)
    try tried.add(parts, by: measured)
    let best = tried.best(by: watched)
    return best.values.merging([StackingChoice.metric: Double(best.stacking)]) { $1 }
  }

  /// A user's targets among drawn items; the draws depend on the seed and the user alone.
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
    // The targets come last, so that a ranker whose scores are all equal finds none.
    return items.reversed()
  }
}
