package import CorralData
import Foundation

/// An event with the place behind it.
package struct StreamRecord: Sendable, Equatable {
  package var event: StreamEvent
  /// The place behind the event.
  package var position: StreamPosition

  /// An event and the place behind it.
  package init(event: StreamEvent, position: StreamPosition) {
    self.event = event
    self.position = position
  }
}

/// How much of a stream is recorded and not yet read; what a source cannot know is `nil`.
package struct StreamLag: Sendable, Equatable {
  /// The most events that wait; fewer if some were deleted.
  package var events: Int?
  /// The bytes that wait, with those of lines that have no end yet.
  package var bytes: Int?

  /// A lag in events, in bytes, or unknown.
  package init(events: Int? = nil, bytes: Int? = nil) {
    self.events = events
    self.bytes = bytes
  }
}

/// Where a training that goes on gets its events.
///
/// A source gives every event once, in order. Exactly once is then a matter of the reader: it saves
/// `position` in the same checkpoint as the state that has learned from all records given so far, and
/// a later process seeks that position. Records that cannot be read stop the source with
/// `StreamError.badRecord`, at each call, until it is told where to put them
/// (`deadLetter`): then they are on the disk before `position` passes them.
///
/// Sources block the calling thread and belong to one thread. After an error a source is at the
/// place where it was before the call, so the call can be repeated.
package protocol EventSource: AnyObject {
  /// What errors and reports call the source.
  var name: String { get }
  /// The place behind all records that were given or went to the dead letter.
  var position: StreamPosition { get }
  /// Whether no record will ever come.
  ///
  /// It is known once `next` has found the end.
  var hasEnded: Bool { get }
  /// How many records went to the dead letter since the source was made.
  var deadLetters: Int { get }

  /// The next records that are there, without waiting: at most `limit`, which is at least 1.
  ///
  /// None is given where none is there or all that are there went to the dead letter.
  ///
  /// - Throws: `StreamError`, `DataError` or `StoreError`.
  func available(_ limit: Int) throws -> [StreamRecord]

  /// Waits for more of the stream, at most some seconds; it may return early.
  func wait(_ seconds: Double) throws

  /// Goes to a place where an earlier source of the same stream was.
  ///
  /// - Throws: `StreamError` for a place that is no more, or is in another stream; the source stays
  ///   where it was.
  func seek(to position: StreamPosition) throws

  /// How much of the stream is recorded and not yet read.
  func lag() throws -> StreamLag
}

extension EventSource {
  /// The next records, at most `limit`: at once those that are there, or else the first that come.
  ///
  /// - Parameters:
  ///   - limit: the most records.
  ///   - seconds: how long to wait for the first; 0 not to wait.
  /// - Returns: records in order; none if none came in time, or the source has ended.
  /// - Throws: `StreamError`, `DataError` or `StoreError`.
  package func next(_ limit: Int, waiting seconds: Double = 0) throws -> [StreamRecord] {
    precondition(limit > 0, "next(\(limit)): ask for 1 record or more")
    let clock = ContinuousClock()
    let end = clock.now + .seconds(min(seconds, 1e9))
    var pause = 0.001
    while true {
      let before = position
      let records = try available(limit)
      if !records.isEmpty || hasEnded { return records }
      // Bad records were passed: more may stand behind them.
      if position != before { continue }
      let left = clock.now.duration(to: end) / .seconds(1)
      if left <= 0 { return [] }
      try wait(min(left, pause))
      // The pauses of an idle source grow, and are short enough for training to seem immediate.
      pause = min(0.05, pause * 2)
    }
  }
}
