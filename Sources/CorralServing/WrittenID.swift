package import CorralData
import CorralText

/// One identifier as somebody wrote it, with the identifiers that it can stand for.
///
/// An identifier is any bytes, and people write it in lists, in files and as single words. The same
/// text can therefore be read in several ways; what the model knows decides.
package struct WrittenID: Sendable, Equatable {
  /// The text as it was written: what messages show.
  package let text: String
  /// What the text can stand for, the likeliest first.
  package let readings: [String]

  /// A word on its own: as it stands, else with its escapes undone.
  ///
  /// `\n`, `\r`, `\t`, `\\`, `\,`, `\"` and a backslash before a space are escapes.
  package init(_ word: String) {
    self.init(text: word, readings: [word, Self.unescaped(word)])
  }

  private init(text: String, readings: [String]) {
    self.text = text
    // Swift holds two spellings of an accent for equal; identifiers are bytes.
    self.readings = readings.reduce(into: []) { distinct, reading in
      if !distinct.contains(where: { $0.utf8.elementsEqual(reading.utf8) }) {
        distinct.append(reading)
      }
    }
  }

  /// A word of a list or a line: as on its own, else without the spaces at its ends.
  private init(spaced word: String) {
    let trimmed = String(decoding: word.utf8.trimmed, as: UTF8.self)
    self.init(
      text: word, readings: [word, Self.unescaped(word), trimmed, Self.unescaped(trimmed)])
  }
}

extension WrittenID {
  /// The identifier that is meant: the first reading that a model knows, else the text itself.
  package func meant(among vocabulary: Vocabulary) -> String {
    readings.first { vocabulary.position(of: $0) != nil } ?? text
  }

  /// The identifiers of a list with commas: `1,2`, `"Love, Actually",6` or `Love\, Actually,6`.
  ///
  /// An entry in double quotes is read as in a CSV file. Entries without text are left out.
  package static func list(_ text: String) -> [WrittenID] {
    var ids: [WrittenID] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      if let (id, end) = quotedEntry(rest) {
        ids.append(id)
        rest = rest[end...]
      } else {
        let end = endOfPlainEntry(rest)
        let entry = rest[..<end]
        if !entry.trimmed.isEmpty {
          ids.append(WrittenID(spaced: String(decoding: entry, as: UTF8.self)))
        }
        rest = rest[end...]
      }
      rest = rest.dropFirst()
    }
    return ids
  }

  /// The identifiers of a file with one on each line; lines without text are left out.
  ///
  /// Line ends are `\n` or `\r\n`. Bytes that are not UTF-8 are spelled `\xE9`.
  package static func lines(_ bytes: some Sequence<UInt8>) -> [WrittenID] {
    var bytes = Array(bytes)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      return line.trimmed.isEmpty ? nil : WrittenID(spaced: String(spelling: line))
    }
  }

  /// An identifier as an entry of a list: in double quotes where a comma, a quote, a backslash or a
  /// space at an end would be read as something else.
  package static func listed(_ id: String) -> String {
    let bytes = id.utf8
    let isPlain =
      !bytes.isEmpty && bytes.trimmed.count == bytes.count
      && !bytes.contains {
        [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\\")].contains($0)
      }
    if isPlain { return id }
    let doubled = bytes.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }

  /// The entry in quotes that starts a list, and where it ends; `nil` where none does.
  private static func quotedEntry(_ list: ArraySlice<UInt8>) -> (id: WrittenID, end: Int)? {
    let quote = UInt8(ascii: "\"")
    var at = list.firstIndex { !$0.isSpace } ?? list.endIndex
    guard at < list.endIndex, list[at] == quote else { return nil }
    at += 1
    var content: [UInt8] = []
    while at < list.endIndex {
      if list[at] == quote {
        guard at + 1 < list.endIndex, list[at + 1] == quote else { break }
        at += 1
      }
      content.append(list[at])
      at += 1
    }
    guard at < list.endIndex else { return nil }
    let end = list[(at + 1)...].firstIndex { !$0.isSpace } ?? list.endIndex
    guard end == list.endIndex || list[end] == UInt8(ascii: ",") else { return nil }
    let (inside, whole) = (
      String(decoding: content, as: UTF8.self),
      String(decoding: list[..<end].trimmed, as: UTF8.self)
    )
    return (WrittenID(text: inside, readings: [inside, unescaped(inside), whole]), end)
  }

  /// Where the first entry of a list ends: at a comma that no backslash stands before.
  private static func endOfPlainEntry(_ list: ArraySlice<UInt8>) -> Int {
    var at = list.startIndex
    while at < list.endIndex, list[at] != UInt8(ascii: ",") {
      at += list[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(at, list.endIndex)
  }

  /// The text with its escapes undone; a backslash before anything else stays.
  private static func unescaped(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.contains(UInt8(ascii: "\\")) else { return text }
    var plain: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count,
        let meaning = meaning(ofEscape: bytes[at + 1])
      {
        plain.append(meaning)
        at += 2
      } else {
        plain.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  private static func meaning(ofEscape byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "n"): UInt8(ascii: "\n")
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    case UInt8(ascii: "\\"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: " "): byte
    default: nil
    }
  }
}

extension UInt8 {
  /// Whether the byte is white space of ASCII.
  fileprivate var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}

extension BidirectionalCollection<UInt8> {
  /// The bytes without white space at their ends.
  fileprivate var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isSpace }),
      let last = lastIndex(where: { !$0.isSpace })
    else { return self[endIndex...] }
    return self[first...last]
  }
}
