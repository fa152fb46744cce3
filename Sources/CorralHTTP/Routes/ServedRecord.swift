import CorralService
import CorralStore

/// What the service keeps of an item or of a user, so that routes are written once for both.
protocol ServedRecord: Sendable {
  /// The words for it in texts.
  static var words: RecordWords { get }
  var id: String { get }

  /// A record of which only the id is known.
  init(id: String)

  /// The record of an id; `nil` for an unknown one.
  static func known(_ id: String, to service: RecommendationService) async throws -> Self?
  /// Some records in the order of their ids, after one of them.
  static func page(of service: RecommendationService, after id: String?, limit: Int) async throws
    -> [Self]
  /// Makes or replaces records.
  static func put(_ records: [Self], into service: RecommendationService) async throws
  /// Deletes what is known of an id; returns whether it was known.
  static func delete(_ id: String, from service: RecommendationService) async throws -> Bool
}

/// The words for a sort of records.
struct RecordWords: Sendable {
  /// One of them: `item`.
  let one: String
  /// One of them with its article: `an item`.
  let any: String
  /// What deleting one means.
  let deletion: String
  /// What is true of one that was deleted.
  let deleted: String

  /// Several of them: `items`.
  var many: String { one + "s" }
  /// The beginning of a sentence about several of them: `Items`.
  var title: String { one.prefix(1).uppercased() + one.dropFirst() + "s" }

  /// The problem of an unknown id, which stands in a field.
  func unknown(_ id: String, field: String) -> Problem {
    .notFound("there is no \(one) '\(id)'", field: field)
  }

  /// What a 404 says in the document.
  var missing: [Int: String] { [404: "There is no such \(one)."] }
}

extension ItemRecord: ServedRecord {
  static let words = RecordWords(
    one: "item", any: "an item", deletion: "Takes an item out of the service.",
    deleted: "The item is gone.")

  static func known(_ id: String, to service: RecommendationService) throws -> ItemRecord? {
    try service.item(id)
  }

  static func page(of service: RecommendationService, after id: String?, limit: Int) async throws
    -> [ItemRecord]
  {
    try await service.items(after: id, limit: limit)
  }

  static func put(_ records: [ItemRecord], into service: RecommendationService) async throws {
    try await service.put(records)
  }

  static func delete(_ id: String, from service: RecommendationService) async throws -> Bool {
    try await service.deleteItem(id)
  }
}

extension UserRecord: ServedRecord {
  static let words = RecordWords(
    one: "user", any: "a user",
    deletion: "Forgets a person entirely: events, exposures, record, and saved history.",
    deleted: "Nothing of the user is left.")

  static func known(_ id: String, to service: RecommendationService) async throws -> UserRecord? {
    try await service.user(id)
  }

  static func page(of service: RecommendationService, after id: String?, limit: Int) async throws
    -> [UserRecord]
  {
    try await service.users(after: id, limit: limit)
  }

  static func put(_ records: [UserRecord], into service: RecommendationService) async throws {
    try await service.put(records)
  }

  static func delete(_ id: String, from service: RecommendationService) async throws -> Bool {
    try await service.forget(id)
  }
}
