package import CorralData

/// The result of measuring a model on a held-out part: the rank of every target, user by user.
///
/// Means, slices, intervals and paired tests against other evaluations of the same users are
/// computed from it without the model.
public struct Evaluation: Sendable {
  /// What was measured and how.
  package let protocolInUse: EvaluationProtocol
  /// The settings it was measured with.
  package let settings: EvaluationSettings
  /// The measured users, in rising order.
  package let users: [UserIndex]
  /// The distinct targets of each user, in rising order of item.
  package let targets: Ragged<ItemIndex>
  /// The rank of each target, aligned with `targets.values`: 1 is the best, and 0 is below the
  /// largest cut-off.
  package let ranks: [Int32]

  /// The popularity group of each target, aligned with `targets.values`.
  let targetGroups: [ItemGroup]
  /// The cluster of each target, aligned with `targets.values`, if ranks are within clusters; else
  /// empty.
  let targetClusters: [Int32]
  /// The length of each user's history.
  let historyLengths: [Int32]
  /// The share of head items among the first recommendations, `[users, cutoffs]`.
  let headShares: [Float]
  /// The number of distinct items recommended to anyone, for each cut-off.
  let recommendedItems: [Int]

  /// The measures of the lists themselves; `nil` if ranks are within clusters, and for an
  /// evaluation of a file without them.
  package let lists: ListMeasures?

  /// The number of users without targets, who were not measured.
  package let skippedUsers: Int
  /// The number of targets that the mask of seen items hides, so that they cannot be hit.
  package let maskedTargets: Int
  /// The duration of model and ranking; 0 for an evaluation read from a file.
  package let seconds: Double

  /// The number of targets without training interactions.
  package var coldTargets: Int { targetGroups.lazy.filter { $0 == .cold }.count }

  /// The number of users measured per second.
  package var usersPerSecond: Double { seconds > 0 ? Double(users.count) / seconds : 0 }

  /// The measured metrics, in order.
  public var metrics: [Metric] { settings.metrics }

  /// The depth to which ranks are known: the largest cut-off.
  package var depth: Int { settings.cutoffs.max() ?? 0 }

  /// Returns the value of a metric: a mean over users, or for coverage a share of the catalogue.
  ///
  /// Throws `EvaluationError.notMeasured` for a cut-off beyond the largest, and for popularity and
  /// coverage at a cut-off that was not listed.
  public func value(of metric: Metric) throws -> Double {
    if metric.measure == .coverage {
      return Double(recommendedItems[try column(of: metric)]) / Double(protocolInUse.items)
    }
    let values = try values(of: metric)
    return values.reduce(0, +) / Double(values.count)
  }

  /// Returns the value of a metric for each user, in the order of `users`; coverage has none.
  ///
  /// Throws `EvaluationError.notMeasured`, as `value(of:)` does.
  package func values(of metric: Metric) throws -> [Double] {
    switch metric.measure {
    case .coverage: throw EvaluationError.notMeasured(metric, measured: metrics)
    case .popularity:
      let column = try column(of: metric)
      let width = settings.cutoffs.count
      return users.indices.map { Double(headShares[$0 * width + column]) }
    case .recall, .cappedRecall, .ndcg, .mrr, .hit:
      guard metric.cutoff <= depth else {
        throw EvaluationError.notMeasured(metric, measured: metrics)
      }
      let measures = RankMeasures(depth: depth)
      return users.indices.map {
        measures.value(of: metric, ranks: ranks(ofRow: $0))
      }
    }
  }

  /// Returns the ranks of the targets of the user in a row.
  func ranks(ofRow row: Int) -> UserRanks {
    ranks(of: targets.offsets[row]..<targets.offsets[row + 1])
  }

  /// Returns the ranks of some targets of a user, by their positions in `targets.values`.
  func ranks(of targets: some Collection<Int>) -> UserRanks {
    UserRanks(
      ranks: targets.map { ranks[$0] },
      clusters: targetClusters.isEmpty ? [] : targets.map { targetClusters[$0] })
  }

  private func column(of metric: Metric) throws -> Int {
    guard let column = settings.cutoffs.firstIndex(of: metric.cutoff) else {
      throw EvaluationError.notMeasured(metric, measured: metrics)
    }
    return column
  }
}

extension Evaluation: Equatable {
  /// Whether both measured the same; durations are ignored.
  public static func == (left: Evaluation, right: Evaluation) -> Bool {
    left.protocolInUse == right.protocolInUse && left.settings == right.settings
      && left.users == right.users && left.targets == right.targets && left.ranks == right.ranks
      && left.targetGroups == right.targetGroups && left.targetClusters == right.targetClusters
      && left.historyLengths == right.historyLengths
      && left.headShares == right.headShares && left.lists == right.lists
      && left.recommendedItems == right.recommendedItems
      && left.skippedUsers == right.skippedUsers && left.maskedTargets == right.maskedTargets
  }
}
