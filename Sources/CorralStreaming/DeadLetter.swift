import CorralVectors
package import Foundation

/// A record that could not be read, as a dead letter file keeps it.
package struct DeadLetter: Sendable, Hashable, Codable {
  /// The name of the source.
  package var source: String
  /// The place before the record: equal letters with one place are one record.
  package var position: StreamPosition
  /// Why it is no event.
  package var reason: String
  /// The record, if it is UTF-8.
  package var text: String?
  /// The record, if it is not.
  package var bytes: Data?

  /// A record at a place, with the reason.
  package init(source: String, position: StreamPosition, reason: String, record: [UInt8]) {
    self.source = source
    self.position = position
    self.reason = reason
    text = String(validating: record, as: UTF8.self)
    if text == nil { bytes = Data(record) }
  }
}

extension DeadLetter {
  /// What a dead letter file holds.
  package struct Contents: Sendable, Equatable {
    /// The letters, each record once, in order.
    package var letters: [DeadLetter] = []
    /// How many letters were repeats: a process ended after it wrote them and before it saved its
    /// position.
    package var repeats = 0
    /// How many lines are not whole, since a process ended while it wrote them; their records follow.
    package var cut = 0

    /// What an empty file holds.
    package init() {}
  }

  /// The letters of a dead letter file; none if there is no file.
  ///
  /// - Throws: `StreamError.unreadable`.
  package static func contents(of file: URL) throws -> Contents {
    var contents = Contents()
    guard FileManager.default.fileExists(atPath: file.path) else { return contents }
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw StreamError.unreadable(path: file.path, reason: SystemReason.text(of: error))
    }
    var seen: Set<DeadLetter> = []
    let decoder = JSONDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      guard let letter = try? decoder.decode(DeadLetter.self, from: Data(line)) else {
        contents.cut += 1
        continue
      }
      if seen.insert(letter).inserted {
        contents.letters.append(letter)
      } else {
        contents.repeats += 1
      }
    }
    return contents
  }
}
