import CorralData
import Torch

/// A row of numbers for each user and each item, as all factorisations have.
///
/// An unknown user is the mean of the items in their history. Parameters: `users.weight`
/// `[users, columns]` and `items.weight` `[items, columns]`.
struct Factors {
  private let users: Embedding
  private let items: Embedding

  /// Tables for a catalogue.
  init(_ catalogue: Catalogue, columns: Int, spread: Float, in scope: Parameters.Scope) throws {
    let spread = Initializer.normal(deviation: spread)
    users = try Embedding(
      catalogue.users.count, columns, rows: .users, initializer: spread, in: scope / "users")
    items = try Embedding(
      catalogue.items.count, columns, rows: .items, initializer: spread, in: scope / "items")
  }

  /// The device of the tables.
  var device: Device { items.weight.device }

  /// The rows of some users, `[batch, columns]`; only for unknown users does a history matter.
  func ofUsers(_ batch: QueryBatch) -> Tensor {
    let known = batch.users.compactMap { $0?.rawValue }
    if known.count == batch.count { return users(Tensor(known, device: device)) }
    return Bags(batch.users).means(of: users) + Bags(historiesOfUnknown: batch).means(of: items)
  }

  /// The rows of some items, `[items, columns]`.
  func ofItems(_ items: [ItemIndex]) -> Tensor {
    self.items(Tensor(positions: items, device: device))
  }
}

extension Bags {
  /// One bag for each query: the history of an unknown user, empty for a known one.
  init(historiesOfUnknown batch: QueryBatch) {
    self.init(capacity: batch.histories.values.count, rows: batch.count)
    for (row, user) in batch.users.enumerated() {
      if user == nil { indices += batch.histories[row].lazy.map(\.rawValue) }
      close()
    }
  }
}
