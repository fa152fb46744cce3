package import Foundation

/// The durable memory of a service: users, items, events and exposures, in one SQLite file.
///
/// An event is acknowledged only when it is on the disk. Reading never waits for writing.
package final class Store: Sendable {
  /// The directory of the store.
  package let directory: URL

  /// Opens the store of a directory, and makes it if there is none.
  ///
  /// - Throws: `StoreError` for a store that is damaged, newer than this version, or in use.
  package init(_ directory: URL) throws {
    self.directory = directory
  }

  /// Stores events in their order; returns when they are on the disk.
  ///
  /// - Throws: `StoreError`; then none of them is stored.
  package func append(_ events: [Event]) async throws -> [EventReceipt] { fatalError("later") }

  /// The events of a user after a position, the oldest first.
  package func events(of user: String, after position: Int64, limit: Int) throws -> [StoredEvent] {
    fatalError("later")
  }
}
