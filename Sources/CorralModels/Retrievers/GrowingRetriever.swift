package import CorralData
package import Torch

/// A retriever that takes new users and items while it trains.
package protocol GrowingRetriever: Retriever {
  /// The users and items that it knows now, in O(1).
  ///
  /// While a copy is kept, the next growth copies all features once.
  var catalogue: Catalogue { get }

  /// Adds users and items after those that are there, with their features: a row each, in order.
  ///
  /// Embeddings and features that are there stay the same, bit for bit, and so does how numbers are
  /// standardised. New embeddings follow from the seed of the parameters and their own positions
  /// alone. A category that no one had before gets an embedding too. Costs amortised constant time for
  /// each new user, item and category.
  ///
  /// Call it between two steps of training, with the parameters that the network was made with: all
  /// tables of users, items and their categories among them grow. Traps for other parameters.
  ///
  /// - Throws: `FeatureRowError` for a feature that the catalogue does not have, and
  ///   `TorchError.parametersTooLarge`; then nothing has grown.
  func grow(users: [FeatureRow], items: [FeatureRow], in parameters: Parameters) throws
}

extension RetrieverSettings {
  /// The network of these settings as one that takes new users and items while it trains.
  ///
  /// Throws `ModelsError.cannotGrow` for a model that does not.
  package func growing(_ network: any Retriever) throws -> any GrowingRetriever {
    guard let network = network as? any GrowingRetriever else {
      throw ModelsError.cannotGrow(kind: name)
    }
    return network
  }
}

/// The catalogue of a network, which its encoders share, so that it can grow.
final class GrowingCatalogue {
  /// The users and items as they are now.
  private(set) var value: Catalogue

  init(_ catalogue: Catalogue) { value = catalogue }

  /// Adds users and items, and the rows of the parameters that stand for them and their categories.
  func grow(users: [FeatureRow], items: [FeatureRow], in parameters: Parameters) throws {
    let users = try FeatureRows(users, for: value.users, called: "new user")
    let items = try FeatureRows(items, for: value.items, called: "new item")
    var counts: [ParameterRows: Int] = [
      .users: value.users.count + users.count, .items: value.items.count + items.count,
    ]
    for (position, column) in value.users.columns.enumerated() {
      counts[.userCategories(of: column.name)] =
        users.categoryCount(of: position, in: value.users)
    }
    for (position, column) in value.items.columns.enumerated() {
      counts[.itemCategories(of: column.name)] =
        items.categoryCount(of: position, in: value.items)
    }
    try parameters.grow(counts)
    value.append(users: users, items: items)
  }
}
