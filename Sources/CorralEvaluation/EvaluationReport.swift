/// The report that `corral evaluate --json` prints, with the description of the data.
public struct EvaluationReport: Sendable, Hashable, Codable {
  /// The evaluation protocol in words.
  package struct Rules: Sendable, Hashable, Codable {
    /// The held-out part and the split.
    package var split: String
    /// Whether items already met were masked.
    package var masked: Bool
    /// The definition of a target.
    package var targets: String
    /// The items that were ranked.
    package var candidates: String
    /// The order of items with equal scores.
    package var ties = "the higher score first, then the lower item position"
  }

  /// The numbers of users and targets.
  package struct Counts: Sendable, Hashable, Codable {
    /// The measured users.
    package var users: Int
    /// The users without targets, who were not measured.
    package var skippedUsers: Int
    /// The targets of all measured users.
    package var targets: Int
    /// The targets without training interactions.
    package var coldTargets: Int
    /// The targets that the mask of seen items hides, so that they cannot be hit.
    package var maskedTargets: Int

    private enum CodingKeys: String, CodingKey {
      case users, targets
      case skippedUsers = "skipped_users"
      case coldTargets = "cold_targets"
      case maskedTargets = "masked_targets"
    }
  }

  /// The metrics of a part of the targets or users.
  package struct Slice: Sendable, Hashable, Codable {
    /// The number of users in the means.
    package var users: Int
    /// The number of their targets in the slice.
    package var targets: Int
    /// The length of the shortest history, in a slice of users.
    package var shortestHistory: Int?
    /// The length of the longest history, in a slice of users.
    package var longestHistory: Int?
    /// Each metric by its name; empty if the slice has no user.
    package var metrics: [String: Interval]

    private enum CodingKeys: String, CodingKey {
      case users, targets, metrics
      case shortestHistory = "shortest_history"
      case longestHistory = "longest_history"
    }
  }

  /// The metrics with retrieval through an index, on the same users.
  package struct Index: Sendable, Hashable, Codable {
    /// The kind of index: `hnsw` or `multi-index`.
    package var kind: String
    /// Each stage's metrics by name, as in the report.
    ///
    /// The ranker's candidates come from the index.
    public var stages: [String: [String: Interval]]

    /// Creates the metrics of an index.
    package init(kind: String, stages: [String: [String: Interval]]) {
      (self.kind, self.stages) = (kind, stages)
    }
  }

  /// The evaluation protocol.
  package var protocolInUse: Rules
  /// Each stage's metrics by name: `stages["retriever"]?["recall@10"]`.
  public var stages: [String: [String: Interval]]
  /// The measures of the last stage's lists by name: `lists["clusters@10"]`.
  package var lists: [String: Interval]
  /// What the lists were measured by; `nil` if they were not.
  package var listBasis: ListMeasuring.Basis?
  /// The metrics with retrieval through the index that the model serves with; `stages` use exact
  /// search, so that models with different indexes can be compared.
  package var index: Index?
  /// The report on the second stage, if there is a ranker.
  package var twoStage: TwoStageReport?
  /// The metrics of slices: `slices["items"]?["tail"]`, `slices["users"]?["heavy"]`.
  package var slices: [String: [String: Slice]]
  /// The numbers of users and targets.
  package var counts: Counts
  /// The duration of model and ranking.
  package var seconds: Double
  /// The number of users measured per second.
  package var usersPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case protocolInUse = "protocol"
    case usersPerSecond = "users_per_second"
    case twoStage = "two_stage"
    case listBasis = "lists_by"
    case stages, lists, index, slices, counts, seconds
  }
}
