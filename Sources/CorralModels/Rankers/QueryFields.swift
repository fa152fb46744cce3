import CorralData
import Torch

/// The fields of a query, each an embedding `[batch, dimension]`: the user's id, each feature of
/// the user, each column of the request's context, and the mean of the last items of the history.
///
/// The settings say which of them exist. An unknown field is zero. Parameters: `users.weight`,
/// `user_features.NAME.weight`, `context.NAME.weight` (for numbers also `.mean` and `.deviation`),
/// and `history.weight`, since an item in a history says something else than the same item as a
/// candidate.
struct QueryFields {
  private let users: Embedding?
  private let features: [FeatureEncoder]
  private let context: [ContextEncoder]
  private let history: Embedding?
  private let historyLength: Int

  /// The fields of a catalogue's users.
  ///
  /// - Parameters:
  ///   - parts: which fields exist, and their width.
  ///   - catalogue: the users and items, and the columns of contexts.
  ///   - historyLength: the most items in the mean of a history; 0 for no such field.
  ///   - scope: the scope of the ranker.
  /// - Throws: `TorchError` if stored parameters do not fit.
  init(
    _ parts: FieldParts, of catalogue: Catalogue, historyLength: Int = 0,
    in scope: Parameters.Scope
  ) throws {
    users =
      parts.userEmbedding == .off
      ? nil
      : try Embedding(
        catalogue.users.count, parts.dimension, rows: .users,
        initializer: .normal(deviation: parts.spread),
        in: scope / "users")
    features = try parts.encoders(of: catalogue, .users, in: scope / "user_features")
    context =
      parts.features == .off
      ? []
      : try catalogue.context.columns.map {
        try ContextEncoder(
          $0, dimension: parts.dimension, spread: parts.spread, in: scope / "context" / $0.name)
      }
    history =
      historyLength == 0
      ? nil
      : try Embedding(
        catalogue.items.count, parts.dimension, rows: .items,
        initializer: .normal(deviation: parts.spread),
        in: scope / "history")
    self.historyLength = historyLength
  }

  /// The number of fields.
  var count: Int {
    (users == nil ? 0 : 1) + features.count + context.count + (history == nil ? 0 : 1)
  }

  /// The fields of some queries.
  func callAsFunction(_ batch: QueryBatch) -> [Tensor] {
    var fields: [Tensor] = []
    if let users { fields.append(Bags(batch.users).means(of: users)) }
    if !features.isEmpty {
      let positions = batch.users.map { $0?.rawValue ?? -1 }
      fields += features.map { $0(positions) }
    }
    fields += context.map { $0(batch) }
    if let history {
      fields.append(Bags(last: historyLength, of: batch.histories).means(of: history))
    }
    return fields
  }
}

/// The fields of items, each an embedding `[items, dimension]`: the id and each feature.
///
/// Parameters: `items.weight`, `item_features.NAME.weight`.
struct ItemFields {
  /// The embeddings of ids.
  let table: Embedding
  private let features: [FeatureEncoder]

  /// The fields of a catalogue's items.
  init(_ parts: FieldParts, of catalogue: Catalogue, in scope: Parameters.Scope) throws {
    table = try Embedding(
      catalogue.items.count, parts.dimension, rows: .items,
      initializer: .normal(deviation: parts.spread),
      in: scope / "items")
    features = try parts.encoders(of: catalogue, .items, in: scope / "item_features")
  }

  /// The number of fields.
  var count: Int { 1 + features.count }

  /// The fields of some items.
  func callAsFunction(_ items: [ItemIndex]) -> [Tensor] {
    let positions = items.map(\.rawValue)
    let ids = table(Tensor(positions, device: table.weight.device))
    return [ids] + features.map { $0(positions) }
  }
}

/// Which fields a ranker has, and the dimension of their embeddings.
struct FieldParts {
  var dimension: Int
  var spread: Float
  var userEmbedding: RetrieverSettings.Presence
  var features: RetrieverSettings.Presence

  /// The encoders of the features of users or items, if features are seen.
  func encoders(
    of catalogue: Catalogue, _ subject: FeatureEncoder.Subject, in scope: Parameters.Scope
  ) throws -> [FeatureEncoder] {
    features == .off
      ? []
      : try FeatureEncoder.all(
        of: GrowingCatalogue(catalogue), subject, dimension: dimension, spread: spread, in: scope)
  }
}

extension Bags {
  /// One bag for each history: its last items.
  init(last length: Int, of histories: Ragged<ItemIndex>) {
    self.init(capacity: histories.count * length, rows: histories.count)
    for row in 0..<histories.count {
      indices += histories[row].suffix(length).lazy.map(\.rawValue)
      close()
    }
  }
}

extension Array where Element == Tensor {
  /// Fields joined end to end, `[rows, fields * dimension]`; `nil` if there are none.
  func joined() -> Tensor? {
    guard let first else { return nil }
    return count == 1 ? first : Tensor.cat(self, 1)
  }
}
