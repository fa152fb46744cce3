package import Foundation

/// The value of a feature of a user or an item.
package enum FeatureValue: Sendable, Equatable {
  case number(Double)
  /// One or several categories.
  case categories([String])
}

/// What the service was told of an item.
package struct ItemRecord: Sendable, Equatable {
  package var id: String
  package var title: String?
  package var categories: [String] = []
  package var features: [String: FeatureValue] = [:]
  /// Whether the item must not be recommended to anybody.
  package var isHidden = false
  /// When the item may first be recommended; `nil` for at once.
  ///
  /// The source `latest` sorts by it.
  package var publishedAt: Date?
  /// When the item may no longer be recommended; `nil` for never.
  package var expiresAt: Date?

  /// An item of which only the id is known.
  package init(id: String) { self.id = id }
}

/// What the service was told of a user.
package struct UserRecord: Sendable, Equatable {
  package var id: String
  package var features: [String: FeatureValue] = [:]

  /// A user of whom only the id is known.
  package init(id: String) { self.id = id }
}

/// What one answer showed.
package struct Exposure: Sendable, Equatable {
  /// One item of the answer.
  package struct Item: Sendable, Equatable {
    package var id: String
    /// The place in the whole list, 0 for its first item.
    package var position: Int
    /// The candidate source that found it.
    package var source: String
    /// The stage that gave it its place.
    package var stage: String
    package var score: Float?
    /// The natural logarithm of the probability with which the source proposed the item; `nil` where
    /// the source has none.
    package var logProbability: Float?

    /// One item of an answer.
    package init(
      id: String, position: Int, source: String, stage: String, score: Float? = nil,
      logProbability: Float? = nil
    ) {
      self.id = id
      self.position = position
      self.source = source
      self.stage = stage
      self.score = score
      self.logProbability = logProbability
    }
  }

  /// The id of the answer, which events name as their `request`.
  package var request: String
  /// `nil` for somebody anonymous.
  package var user: String?
  package var time: Date
  /// The version of the model that answered.
  package var model: String
  /// The arm of the experiment; `nil` outside of one.
  package var arm: String?
  package var items: [Item]

  /// What one answer showed at a time.
  package init(
    request: String, user: String?, time: Date, model: String, arm: String?, items: [Item]
  ) {
    self.request = request
    self.user = user
    self.time = time
    self.model = model
    self.arm = arm
    self.items = items
  }
}
