import CorralData

/// What Redis says of a stream, and an entry of it: the answers of its commands as values.
struct RedisStream: Equatable {
  /// How many entries it holds.
  var length: Int
  /// How many entries it was ever given.
  var added: Int
  /// The id of the last entry that it was given.
  var lastID: RedisEntryID
  /// The id of the first entry that it holds; `nil` for none.
  var first: RedisEntryID?
  /// The id of the last entry that it holds; `nil` for none.
  var last: RedisEntryID?

  /// How many entries were trimmed or deleted.
  var removed: Int { added - length }

  /// The answer of `XINFO STREAM`; `nil` for another one, as those of Redis before 7.
  init?(_ reply: RedisReply) {
    guard let parts = reply.elements else { return nil }
    var (length, added, lastID) = (Int?.none, Int?.none, RedisEntryID?.none)
    for (name, value) in zip(parts, parts.dropFirst()) {
      switch (name.string, value) {
      case ("length", .number(let number)): length = number
      case ("entries-added", .number(let number)): added = number
      case ("last-generated-id", .text): lastID = value.string.flatMap(RedisEntryID.init)
      case ("first-entry", .list): first = RedisEntry(value)?.id
      case ("last-entry", .list): last = RedisEntry(value)?.id
      default: break
      }
    }
    guard let length, let added, let lastID, length >= 0, added >= length else { return nil }
    (self.length, self.added, self.lastID) = (length, added, lastID)
  }

  /// Why the stream cannot be read on from a place without a gap; `nil` if it can.
  ///
  /// Trimming takes the oldest entries. So nothing was trimmed behind a place whose entry, or an older
  /// one, is still there; otherwise the numbers of entries decide. Where entries behind the place were
  /// deleted one by one, and all before it are gone as well, that counts as trimming.
  func gap(behind place: RedisPlace, holdsEntry: Bool) -> String? {
    if lastID < place.after || added < place.count {
      return "the last entry that the stream was given is \(lastID), so it was begun anew"
        + " or an older copy was put in its place"
    }
    if holdsEntry || lastID == place.after { return nil }
    if let first, first < place.after { return nil }
    if removed == place.count { return nil }
    if removed < place.count { return "the stream was deleted and begun anew" }
    return "\(removed - place.count) entries behind it were trimmed away"
      + (first.map { ", and the first that is left is \($0)" } ?? "")
  }
}

/// An entry of a stream of Redis.
struct RedisEntry: Equatable {
  var id: RedisEntryID
  /// Names and values by turns.
  var fields: [[UInt8]]

  /// An id and its fields in an answer; `nil` for other answers.
  init?(_ reply: RedisReply) {
    guard let parts = reply.elements, parts.count == 2,
      let id = parts[0].string.flatMap(RedisEntryID.init), let fields = parts[1].elements
    else { return nil }
    self.id = id
    self.fields = fields.compactMap(\.bytes)
  }

  /// The text of the entry as a JSON object: that of its only field `event`, or one of all fields.
  var text: [UInt8] {
    if fields.count == 2, fields[0] == Array("event".utf8) { return fields[1] }
    var text: [UInt8] = [UInt8(ascii: "{")]
    for (number, field) in fields.enumerated() {
      if number > 0 { text.append(UInt8(ascii: number % 2 == 0 ? "," : ":")) }
      text.append(UInt8(ascii: "\""))
      for byte in field { text += Self.escaped(byte) }
      text.append(UInt8(ascii: "\""))
    }
    text.append(UInt8(ascii: "}"))
    return text
  }

  private static func escaped(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
    case 0..<0x20: Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
    default: [byte]
    }
  }
}
