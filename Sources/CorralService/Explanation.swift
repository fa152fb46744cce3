/// Why an item is in a user's list, or what keeps it out.
package struct Explanation: Sendable, Equatable {
  /// What one stage did with the item.
  package struct Step: Sendable, Equatable {
    /// The stage or the source: `filter`, `retriever`, `ranker`, `popular`.
    package var stage: String
    /// Whether the item passed it.
    package var passed: Bool
    /// Its place at this stage, 1 for the first; `nil` where it has none.
    package var rank: Int?
    /// How many items the stage placed.
    package var of: Int?
    /// Its score at this stage.
    package var score: Float?
    /// What happened, in words.
    package var reason: String
  }

  /// Whether the list shows the item.
  package var isShown: Bool
  /// The stages in their order.
  package var steps: [Step]
}
