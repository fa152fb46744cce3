package import CorralServing
package import CorralStore
package import Foundation

/// A model in front of users: it answers, remembers what they do, and swaps models while it runs.
package final class RecommendationService: Sendable {
  /// Opens a saved model.
  package typealias Opener = @Sendable (URL) throws -> Recommender

  private let store: Store

  /// A service of a saved model and a store.
  package init(
    model: URL, store: Store, settings: ServiceSettings = ServiceSettings(), open: @escaping Opener
  ) throws {
    self.store = store
  }

  /// The answer to a request.
  package func recommend(_ request: ServiceRequest) async throws -> Answer { fatalError("later") }

  /// The items nearest to an item.
  package func similar(to item: String, count: Int, filter: Filter) throws -> [Answer.Item] {
    fatalError("later")
  }

  /// Given items in the order in which the model would show them to somebody.
  package func rank(_ items: [String], for request: ServiceRequest) async throws -> Answer {
    fatalError("later")
  }

  /// The best items of one source alone, for nobody in particular: what is popular, trending, latest.
  package func list(_ source: Source, count: Int, offset: Int, filter: Filter) throws
    -> [Answer.Item]
  {
    fatalError("later")
  }

  /// Why an item was shown to a user, or what keeps it out, at every stage.
  package func explain(_ item: String, for request: ServiceRequest) async throws -> Explanation {
    fatalError("later")
  }

  /// Stores events; returns when they are durable and the next answer sees them.
  package func accept(_ events: [Event]) async throws -> [EventReceipt] { fatalError("later") }

  /// The events of a user after a position, the oldest first.
  package func events(of user: String, after position: Int64, limit: Int) throws -> [StoredEvent] {
    fatalError("later")
  }

  /// What is known of an item; `nil` for an unknown one.
  ///
  /// Items of the model are known too.
  package func item(_ id: String) throws -> ItemRecord? { fatalError("later") }

  /// Items in the order of their ids, after one of them.
  package func items(after id: String?, limit: Int) throws -> [ItemRecord] { fatalError("later") }

  /// Makes or replaces what is known of items; the next answer follows it.
  package func put(_ items: [ItemRecord]) async throws { fatalError("later") }

  /// Takes an item out of the service: it is not recommended any more, and its record goes.
  ///
  /// - Returns: whether it was known.
  package func deleteItem(_ id: String) async throws -> Bool { fatalError("later") }

  /// What is known of a user; `nil` for an unknown one.
  ///
  /// Users of the model are known too.
  package func user(_ id: String) throws -> UserRecord? { fatalError("later") }

  /// Users in the order of their ids, after one of them.
  package func users(after id: String?, limit: Int) throws -> [UserRecord] { fatalError("later") }

  /// Makes or replaces what is known of users.
  package func put(_ users: [UserRecord]) async throws { fatalError("later") }

  /// Forgets a person entirely: events, exposures, record, and the history that the model has saved.
  ///
  /// - Returns: whether anything of the user was known.
  package func forget(_ user: String) async throws -> Bool { fatalError("later") }

  /// Opens a model beside the one that serves, and swaps it in as a whole.
  ///
  /// - Parameter model: the folder of the model; `nil` for the one that serves now.
  /// - Returns: the version that serves from now on.
  /// - Throws: `ServiceError.refusedModel`; the old model then goes on serving.
  package func reload(_ model: URL? = nil) async throws -> String { fatalError("later") }

  /// How sources, arms and event types did since a time.
  package func report(since time: Date?) throws -> EngagementReport { fatalError("later") }

  /// What serves now, and since when.
  package var status: ServiceStatus { fatalError("later") }

  /// Answers what was taken, makes what was accepted durable, and takes nothing more.
  package func close() async { fatalError("later") }
}
