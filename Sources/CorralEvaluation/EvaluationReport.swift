/// What `corral evaluate --json` prints, beside the description of the data.
public struct EvaluationReport: Sendable, Hashable, Codable {
  /// What was measured, in words.
  package struct Rules: Sendable, Hashable, Codable {
    /// The held-out part, and how the data were cut.
    package var split: String
    /// Whether items already met were left out of the ranking.
    package var masked: Bool
    /// What counts as a target.
    package var targets: String
    /// What was ranked.
    package var candidates: String
    /// What stands first when scores are equal.
    package var ties = "the higher score first, then the lower item position"
  }

  /// How much was measured.
  package struct Counts: Sendable, Hashable, Codable {
    /// The users that were measured.
    package var users: Int
    /// The users that were not, because nothing is held out for them.
    package var skippedUsers: Int
    /// The targets of all measured users.
    package var targets: Int
    /// Those that training never saw.
    package var coldTargets: Int
    /// Those that the user had already met while seen items were masked: they cannot be hit.
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
    /// How many users the means are over.
    package var users: Int
    /// How many targets they have in the slice.
    package var targets: Int
    /// The length of the shortest history, in a slice of users.
    package var shortestHistory: Int?
    /// The length of the longest history, in a slice of users.
    package var longestHistory: Int?
    /// Each metric by its name; none when the slice has no user.
    package var metrics: [String: Interval]

    private enum CodingKeys: String, CodingKey {
      case users, targets, metrics
      case shortestHistory = "shortest_history"
      case longestHistory = "longest_history"
    }
  }

  /// What is found through an index, measured on the same users.
  package struct Index: Sendable, Hashable, Codable {
    /// The kind of index: `hnsw` or `multi-index`.
    package var kind: String
    /// Each stage's metrics by name, as in the report; the candidates of a ranker come through the
    /// index.
    public var stages: [String: [String: Interval]]

    /// The metrics of an index.
    package init(kind: String, stages: [String: [String: Interval]]) {
      (self.kind, self.stages) = (kind, stages)
    }
  }

  /// What was measured.
  package var protocolInUse: Rules
  /// Each stage's metrics by name: `stages["retriever"]?["recall@10"]`.
  public var stages: [String: [String: Interval]]
  /// The same through the index that the model serves with; `stages` are by exact search, so that
  /// models with different indexes can be compared.
  package var index: Index?
  /// What the ranker of two stages makes of what it is given, where there is one.
  package var twoStage: TwoStageReport?
  /// The metrics of parts: `slices["items"]?["tail"]`, `slices["users"]?["heavy"]`.
  package var slices: [String: [String: Slice]]
  /// How much was measured.
  package var counts: Counts
  /// How long the model and the ranking took.
  package var seconds: Double
  /// How many users were measured in a second.
  package var usersPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case protocolInUse = "protocol"
    case usersPerSecond = "users_per_second"
    case twoStage = "two_stage"
    case stages, index, slices, counts, seconds
  }
}
