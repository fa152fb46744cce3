package import CorralData
package import CorralStore
package import Foundation

/// Writes what a store holds as a log that training reads as it is, impressions included.
///
/// An event becomes a row with weight 1. An item that was shown and got no event of its answer becomes
/// a row of the type `impression` with weight 0, and so does, under its own type, an event that says
/// the user does not want the item. Readers take rows of weight 0 in a column `weight` for impressions:
/// true negatives of a ranker, nothing to a retriever.
///
/// Rows of events carry place, source and probability of the item in the answer that they name, and
/// the answer's arm and model. An exposure of nobody known is written under the user of its events,
/// and left out if it has none. Memory grows with the events that answer an exposure, by about 60
/// bytes each.
package struct EventExport: Sendable {
  /// How many rows were written, and of what.
  package struct Report: Sendable, Equatable, Codable {
    /// Rows with weight 1.
    package var events = 0
    /// Events that name an answer which showed their item.
    package var answered = 0
    /// Rows with weight 0: items that were shown and not taken.
    package var impressions = 0
    /// Rows with weight 0 that are events.
    package var negative = 0
    /// Shown items that were left out, because nobody knows to whom.
    package var anonymous = 0
    /// Events that were left out for their type.
    package var ignored = 0

    /// Nothing yet.
    package init() {}
  }

  /// The types of events after which an item was shown and not wanted.
  package var negative: Set<String> = ["dislike", "skip"]
  /// The types of events that say nothing.
  package var ignored: Set<String> = [Self.impression]
  /// The type of the rows of items that were shown and not taken.
  package static let impression = "impression"

  /// The defaults.
  package init() {}

  /// Writes the log of a store to a file, which is renamed into its place when it is complete.
  ///
  /// The store may be in use; the log is its state of one moment. Times are microseconds since 1970.
  /// An event without a time has that of the event before it in the log, and the first ones come one
  /// microsecond after the other before the earliest time of all. Without any time there is no column
  /// of times, and the rows of a user are in their order.
  ///
  /// - Parameters:
  ///   - store: the directory of the store.
  ///   - path: the file; its ending `csv`, `tsv` or `jsonl` is the format.
  /// - Returns: how many rows were written.
  /// - Throws: `ServiceError.badField` for another ending and for what the format cannot hold,
  ///   `StoreError`, and `DataError.unwritable`.
  package func write(_ store: URL, to path: String) throws -> Report {
    let format = try Self.format(of: path)
    return try StoreSnapshot.read(store) { snapshot in
      let earliest = try snapshot.earliestTime()
      var rows = try LogRows(path, format: format, hasTimes: earliest != nil)
      var report = Report()
      var shown: [Int64: Shown] = [:]
      try snapshot.forEachExposure { answered in
        try write(answered, to: &rows, &report, shown: &shown)
      }
      var untimed = try snapshot.leadingUntimedEvents()
      var time = earliest.map { Self.microseconds($0) - Int64(untimed) - 1 }
      try snapshot.forEachEvent { stored in
        let event = stored.event
        if let own = event.time {
          time = Self.microseconds(own)
        } else if untimed > 0 {
          untimed -= 1
          time = time.map { $0 + 1 }
        }
        if ignored.contains(event.type) {
          report.ignored += 1
          return
        }
        let isNegative = negative.contains(event.type)
        report.events += isNegative ? 0 : 1
        report.negative += isNegative ? 1 : 0
        let place = shown[stored.position]
        report.answered += place?.item == nil ? 0 : 1
        try rows.write(
          user: event.user, item: event.item, type: event.type, weight: isNegative ? 0 : 1,
          time: time, value: event.value, request: event.request, in: place)
      }
      try rows.finish()
      return report
    }
  }

  /// Writes the impressions of one answer, and notes which events came of it.
  private func write(
    _ answered: Store.AnsweredExposure, to rows: inout LogRows, _ report: inout Report,
    shown: inout [Int64: Shown]
  ) throws {
    let exposure = answered.exposure
    let events = answered.events.filter { !ignored.contains($0.event.type) }
    let taken = Set(events.map(\.event.item))
    for stored in events {
      let item = exposure.items.first { $0.id == stored.event.item }
      shown[stored.position] = Shown(item: item, arm: exposure.arm, model: exposure.model)
    }
    guard let user = exposure.user ?? events.first?.event.user else {
      report.anonymous += exposure.items.count
      return
    }
    for item in exposure.items where !taken.contains(item.id) {
      report.impressions += 1
      try rows.write(
        user: user, item: item.id, type: Self.impression, weight: 0,
        time: Self.microseconds(exposure.time), value: nil, request: exposure.request,
        in: Shown(item: item, arm: exposure.arm, model: exposure.model))
    }
  }

  private static func microseconds(_ time: Date) -> Int64 {
    Int64((time.timeIntervalSince1970 * 1e6).rounded())
  }

  private static func format(of path: String) throws -> DataFormat {
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "csv": return .csv
    case "tsv": return .tsv
    case "jsonl": return .jsonl
    default:
      throw ServiceError.badField(
        "--out", reason: "'\(path)' does not end with .csv, .tsv or .jsonl, which says the format")
    }
  }
}

/// Where an answer showed an item.
struct Shown {
  /// The item; `nil` where the answer did not show it.
  var item: Exposure.Item?
  var arm: String?
  var model: String
}
