/// A place in a stream of Redis.
package struct RedisPlace: Sendable, Hashable, Codable {
  /// The key of the stream.
  package var stream: String
  /// The id of the last entry that was read; `0-0` before the first.
  package var after: RedisEntryID
  /// How many entries the stream was given up to there, by which trimming is noticed.
  ///
  /// Entries that were deleted one by one may count early, and never late.
  package var count: Int

  /// A place behind an entry.
  package init(stream: String, after: RedisEntryID, count: Int) {
    self.stream = stream
    self.after = after
    self.count = count
  }
}

extension RedisPlace: CustomStringConvertible {
  /// `entry 1700000000000-0 of the stream events`.
  package var description: String { "entry \(after) of the stream \(stream)" }
}

/// The id of an entry: milliseconds, and a number that tells entries of one millisecond apart.
package struct RedisEntryID: Sendable, Hashable, Comparable {
  /// The place before all entries.
  package static let zero = RedisEntryID(milliseconds: 0, sequence: 0)

  package var milliseconds: UInt64
  package var sequence: UInt64

  /// The id of two numbers.
  package init(milliseconds: UInt64, sequence: UInt64) {
    self.milliseconds = milliseconds
    self.sequence = sequence
  }

  /// The id of a text such as `1700000000000-0`; `nil` for others.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let milliseconds = UInt64(parts[0]), let sequence = UInt64(parts[1])
    else { return nil }
    self.init(milliseconds: milliseconds, sequence: sequence)
  }

  package static func < (left: RedisEntryID, right: RedisEntryID) -> Bool {
    (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
  }
}

extension RedisEntryID: CustomStringConvertible {
  /// The id as Redis writes it.
  package var description: String { "\(milliseconds)-\(sequence)" }
}

extension RedisEntryID: Codable {
  /// Reads the text of an id.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let id = RedisEntryID(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "it is no id of an entry of Redis")
    }
    self = id
  }

  /// Writes the id as Redis does.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
