import CorralServing

/// What somebody asks the service for.
package struct ServiceRequest: Sendable, Equatable {
  /// What happens to items that the user has met.
  package enum Seen: String, Sendable, Codable, CaseIterable {
    /// They are left out.
    case exclude
    /// They may be recommended again.
    case include
  }

  /// The id of the user; `nil` for somebody anonymous.
  package var user: String?
  /// The ids of the items that the user has met, oldest first; `nil` takes what the service knows.
  package var history: [String]?
  /// How many items to answer at most.
  package var count = 10
  /// How many items of the whole list to skip first.
  package var offset = 0
  package var filter = Filter()
  /// The ids of items that must not be recommended; unknown ones are ignored.
  package var excluded: [String] = []
  package var seen = Seen.exclude
  /// The time within which the answer is wanted, in milliseconds; `nil` takes the setting.
  package var deadline: Double?
  /// Whether each item says which items of the history it is near to, and which cluster it is from.
  package var isExplained = false
  /// The arm of the experiment that must answer; `nil` lets the user's hash choose.
  package var arm: String?
  /// Facts about the request by name, for a ranker that reads them.
  package var context: [String: String] = [:]
  /// The dial of diversification from 0 (relevance alone) to 1; `nil` takes the setting.
  package var diversity: Double?
  /// The dial of a model that searches clusters, from 0 (all clusters alike); `nil` takes the setting,
  /// and other models ignore it.
  package var alpha: Double?

  /// A request of a known user, of an anonymous one with a history, or both.
  package init(user: String? = nil, history: [String]? = nil, count: Int = 10) {
    self.user = user
    self.history = history
    self.count = count
  }
}

/// Which items may be recommended: all conditions must hold.
package struct Filter: Sendable, Hashable {
  /// What a feature must be.
  package enum Condition: Sendable, Hashable {
    /// It has one of these categories.
    case oneOf([String])
    /// It is a number in a range; an open end is `nil`.
    case range(min: Double?, max: Double?)
  }

  /// The name that stands for the categories of an item, not for one of its features.
  package static let category = "category"

  /// Each condition by the name of its feature, or `category`.
  package var conditions: [String: Condition] = [:]

  /// A filter that lets everything through.
  package init() {}
}
