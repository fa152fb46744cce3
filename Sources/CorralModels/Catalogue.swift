public import CorralData

/// The users and items that a model is made for, with their features.
public struct Catalogue: Sendable, Equatable {
  /// The features of the users, one row each.
  package private(set) var users: FeatureTable
  /// The features of the items, one row each.
  package private(set) var items: FeatureTable
  /// The columns of the context of requests; their rows, if any, are those of training.
  package let context: ContextTable
  /// The clusters of items that a retriever is told apart; `nil` for one that is not told.
  package var tasks: ItemTasks?

  /// The catalogue of some users and items.
  package init(
    users: FeatureTable, items: FeatureTable, context: ContextTable = ContextTable(),
    tasks: ItemTasks? = nil
  ) {
    self.users = users
    self.items = items
    self.context = context
    self.tasks = tasks
  }

  /// Appends users and items; amortised, they cost their own length.
  mutating func append(users: FeatureRows, items: FeatureRows) {
    self.users.append(users)
    self.items.append(items)
  }

  /// The users and items of a data set.
  public init(_ dataset: Dataset) {
    self.init(users: dataset.userFeatures, items: dataset.itemFeatures)
  }
}
