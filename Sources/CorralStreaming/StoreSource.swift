package import CorralData
package import CorralStore
package import Foundation

/// The events of a server's store, also while the server writes it in another process.
///
/// It takes no lock and changes nothing. Events that were deleted are not given, and positions stay.
/// The histories that a store got from a model (`Store.seed`) have the type `Store.seedType` and no
/// time.
package final class StoreSource: EventSource {
  package let name: String
  package let hasEnded = false
  private let reader: StoreReader
  private let deadLetter: DeadLetterFile?
  private var place: StorePlace
  private var openings: Int

  /// The events of the store of a directory, from the first.
  ///
  /// - Parameters:
  ///   - directory: the directory of the store.
  ///   - deadLetter: where events go whose texts the store has lost; `nil` to stop at the first.
  /// - Throws: `StoreError` for a directory without a store, or with one of a newer version.
  package init(_ directory: URL, deadLetter: URL? = nil) throws {
    name = directory.path
    reader = try StoreReader(directory)
    openings = reader.openings
    self.deadLetter = deadLetter.map(DeadLetterFile.init)
    place = StorePlace(store: reader.identity, after: 0)
  }

  package var deadLetters: Int { deadLetter?.count ?? 0 }
  package var position: StreamPosition { .store(place) }

  package func available(_ limit: Int) throws -> [StreamRecord] {
    let stored = try reader.events(after: place.after, limit: limit)
    // The positions of an older copy in the store's place would be given to other events.
    if stored.isEmpty || reader.openings != openings { try check(place) }
    openings = reader.openings
    var place = place
    var records: [StreamRecord] = []
    var letters: [DeadLetter] = []
    for stored in stored {
      if let reason = Self.problem(stored.event) {
        if deadLetter == nil, records.isEmpty {
          throw StreamError.badRecord(
            source: name, place: "event \(stored.position)", reason: reason)
        }
        if deadLetter == nil { break }
        letters.append(
          DeadLetter(
            source: name, position: .store(StorePlace(store: place.store, after: place.after)),
            reason: reason, record: Array("\(stored.event)".utf8)))
      }
      place.after = stored.position
      if Self.problem(stored.event) == nil {
        records.append(
          StreamRecord(event: StreamEvent(stored.event), position: .store(place)))
      }
    }
    if !letters.isEmpty { try deadLetter?.append(letters) }
    self.place = place
    return records
  }

  package func wait(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }

  package func seek(to position: StreamPosition) throws {
    guard case .store(let place) = position, place.store == reader.identity else {
      throw StreamError.foreign(position: position, source: "\(name) (store \(reader.identity))")
    }
    try check(place)
    self.place = place
  }

  package func lag() throws -> StreamLag {
    StreamLag(events: Int(max(0, try reader.lastPositions().present - place.after)))
  }

  /// Throws `StreamError.gone` for a place that the store has not reached.
  private func check(_ place: StorePlace) throws {
    let last = try reader.lastPositions().ever
    if place.after > last {
      throw StreamError.gone(
        position: .store(place),
        reason: "the last event of \(name) is \(last), so an older copy was put in its place")
    }
  }

  /// Why an event of the store cannot be given.
  private static func problem(_ event: Event) -> String? {
    if event.user.isEmpty { return "its user is not in the store" }
    if event.item.isEmpty { return "its item is not in the store" }
    if event.type.isEmpty { return "its type is not in the store" }
    if let value = event.value, !value.isFinite { return "its value is not a finite number" }
    return nil
  }
}

extension StreamEvent {
  /// An event of a store.
  package init(_ event: Event) {
    self.init(
      user: event.user, item: event.item, type: event.type, value: event.value,
      time: event.time?.timeIntervalSince1970)
  }
}
