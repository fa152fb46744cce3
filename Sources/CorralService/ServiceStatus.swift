package import Foundation

/// What a service serves, and since when.
package struct ServiceStatus: Sendable, Equatable {
  /// The version of the model: its folder's name and the beginning of its manifest's hash.
  package var model: String
  /// Which model it is: `two-tower`, or `sasrec, then din`.
  package var kind: String
  /// When the model was opened.
  package var openedAt: Date
  /// The items of the catalogue, those that only the service knows included.
  package var items: Int
  /// The users that are known.
  package var users: Int
  /// The position of the last event that is durable; 0 before the first.
  package var lastPosition: Int64
  /// How many requests wait.
  package var waiting: Int
  /// The items that are searched beside the index: new ones, and those whose features changed.
  package var sideItems: Int
}
