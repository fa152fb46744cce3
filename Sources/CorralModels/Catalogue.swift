public import CorralData

/// How many users and items there are, and what is known about each besides interactions.
public struct Catalogue: Sendable, Equatable {
  /// The features of the users, one row each.
  public let users: FeatureTable
  /// The features of the items, one row each.
  public let items: FeatureTable
  /// The columns of the context of requests; where they have rows, those of training.
  public let context: ContextTable

  /// The catalogue of some users and items.
  public init(
    users: FeatureTable, items: FeatureTable, context: ContextTable = ContextTable()
  ) {
    self.users = users
    self.items = items
    self.context = context
  }

  /// The users and items of a data set.
  public init(_ dataset: Dataset) {
    self.init(users: dataset.userFeatures, items: dataset.itemFeatures)
  }
}
