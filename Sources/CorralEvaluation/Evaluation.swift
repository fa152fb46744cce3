public import CorralData

/// One model measured on one held-out part: where every target was ranked, user by user.
///
/// Everything else is computed from it later, without the model: means, slices, intervals, and
/// paired tests against another evaluation on the same users.
public struct Evaluation: Sendable {
  /// What was measured and how.
  package let protocolInUse: EvaluationProtocol
  /// The settings it was measured with.
  package let settings: EvaluationSettings
  /// The users that had targets, in rising order.
  public let users: [UserIndex]
  /// Their distinct targets, one row a user, in rising order of item.
  package let targets: Ragged<ItemIndex>
  /// The rank of each target, aligned with `targets.values`: 1 is the best, 0 is below the largest
  /// cut-off.
  package let ranks: [Int32]

  /// The popularity group of each target, aligned with `targets.values`.
  let targetGroups: [ItemGroup]
  /// How many interactions each user's history has.
  let historyLengths: [Int32]
  /// The share of head items among the first recommendations, `[users, cutoffs]`.
  let headShares: [Float]
  /// How many distinct items were recommended to anyone, one entry a cut-off.
  let recommendedItems: [Int]

  /// How many users had nothing held out and were not measured.
  package let skippedUsers: Int
  /// How many targets the user had already met while seen items were masked: they cannot be hit.
  package let maskedTargets: Int
  /// How long the model and the ranking took; 0 for an evaluation that was read from a file.
  package let seconds: Double

  /// How many targets training never saw.
  package var coldTargets: Int { targetGroups.lazy.filter { $0 == .cold }.count }

  /// How many users were measured in a second.
  package var usersPerSecond: Double { seconds > 0 ? Double(users.count) / seconds : 0 }

  /// The metrics that were measured, in order.
  public var metrics: [Metric] { settings.metrics }

  /// The depth to which ranks are known: the largest cut-off.
  package var depth: Int { settings.cutoffs.max() ?? 0 }

  /// The value of a metric: a mean over users, or for coverage a share of the catalogue.
  ///
  /// Throws `EvaluationError.notMeasured` for a cut-off deeper than was measured, or for the
  /// popularity or coverage at one that was not listed.
  public func value(of metric: Metric) throws -> Double {
    if metric.measure == .coverage {
      return Double(recommendedItems[try column(of: metric)]) / Double(protocolInUse.items)
    }
    let values = try values(of: metric)
    return values.reduce(0, +) / Double(values.count)
  }

  /// The value of a metric for each user, in the order of `users`; coverage has none.
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

  /// The ranks of the targets of the user in one row.
  func ranks(ofRow row: Int) -> ArraySlice<Int32> {
    ranks[targets.offsets[row]..<targets.offsets[row + 1]]
  }

  private func column(of metric: Metric) throws -> Int {
    guard let column = settings.cutoffs.firstIndex(of: metric.cutoff) else {
      throw EvaluationError.notMeasured(metric, measured: metrics)
    }
    return column
  }
}

extension Evaluation: Equatable {
  /// Whether the same was measured, however long it took.
  public static func == (left: Evaluation, right: Evaluation) -> Bool {
    left.protocolInUse == right.protocolInUse && left.settings == right.settings
      && left.users == right.users && left.targets == right.targets && left.ranks == right.ranks
      && left.targetGroups == right.targetGroups && left.historyLengths == right.historyLengths
      && left.headShares == right.headShares && left.recommendedItems == right.recommendedItems
      && left.skippedUsers == right.skippedUsers && left.maskedTargets == right.maskedTargets
  }
}
