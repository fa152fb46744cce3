package import CorralData
import Foundation

/// A file of texts of any bytes, each on a line of its own.
///
/// A backslash is written `\\`, a line feed `\n`, a carriage return `\r` and a tab `\t`; every other
/// byte stands as it is. Every line ends with a line feed.
package enum Lines {
  private static let backslash = UInt8(ascii: "\\")
  private static let feed = UInt8(ascii: "\n")

  /// The letter that stands for a byte after a backslash; `nil` for a byte that stands for itself.
  private static func letter(of byte: UInt8) -> UInt8? {
    switch byte {
    case backslash: backslash
    case feed: UInt8(ascii: "n")
    case UInt8(ascii: "\r"): UInt8(ascii: "r")
    case UInt8(ascii: "\t"): UInt8(ascii: "t")
    default: nil
    }
  }

  /// The byte that a letter after a backslash stands for.
  private static func byte(of letter: UInt8) -> UInt8? {
    switch letter {
    case backslash: backslash
    case UInt8(ascii: "n"): feed
    case UInt8(ascii: "r"): UInt8(ascii: "\r")
    case UInt8(ascii: "t"): UInt8(ascii: "\t")
    default: nil
    }
  }

  /// Adds a text to a line.
  package static func append(_ text: UnsafeBufferPointer<UInt8>, to line: inout [UInt8]) {
    for byte in text {
      if let letter = letter(of: byte) {
        line.append(backslash)
        line.append(letter)
      } else {
        line.append(byte)
      }
    }
  }

  /// A line for each text.
  package static func encoded(_ texts: Texts, each count: Int = 1) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity((texts.bytes.count + texts.count) * count)
    for position in texts.indices {
      for _ in 0..<count {
        texts.withBytes(at: position) { append($0, to: &bytes) }
        bytes.append(feed)
      }
    }
    return bytes
  }

  /// The texts of lines; throws `ArtifactError.damagedFile` with the line.
  ///
  /// About 10 ns a line where no line holds an escape.
  static func decoded(_ lines: UnsafeRawBufferPointer, path: String) throws -> Texts {
    guard let start = lines.baseAddress else { return Texts() }
    var offsets = [0]
    offsets.reserveCapacity(lines.count / 8)
    var failure: ArtifactError?
    let bytes = [UInt8](unsafeUninitializedCapacity: lines.count) { bytes, count in
      var at = 0
      while at < lines.count {
        guard let end = memchr(start + at, Int32(feed), lines.count - at) else {
          failure = damaged(path, offsets.count, "is cut off")
          return
        }
        let length = UnsafeRawPointer(end) - (start + at)
        let line = UnsafeRawBufferPointer(rebasing: lines[at..<at + length])
        let rest = UnsafeMutableBufferPointer(rebasing: bytes[count...])
        guard let written = decode(line, into: rest) else {
          failure = damaged(path, offsets.count, "has a backslash that stands for nothing")
          return
        }
        count += written
        offsets.append(count)
        at += length + 1
      }
    }
    if let failure { throw failure }
    return Texts(bytes: bytes, offsets: offsets)
  }

  /// Texts that all differ; throws `ArtifactError.damagedFile` for a repeated one.
  static func vocabulary(_ lines: UnsafeRawBufferPointer, path: String) throws -> Vocabulary {
    let texts = try decoded(lines, path: path)
    do {
      return try Vocabulary(texts)
    } catch let repetition as Vocabulary.Repetition {
      throw damaged(
        path, repetition.second + 1,
        "repeats '\(texts[repetition.second])' of line \(repetition.first + 1)")
    }
  }

  /// Writes the text of a line, and returns its length; `nil` for a backslash that stands for nothing.
  private static func decode(
    _ line: UnsafeRawBufferPointer, into bytes: UnsafeMutableBufferPointer<UInt8>
  ) -> Int? {
    guard let from = line.baseAddress, let to = bytes.baseAddress, !line.isEmpty else { return 0 }
    if memchr(from, Int32(backslash), line.count) == nil {
      memcpy(to, from, line.count)
      return line.count
    }
    var written = 0
    var isEscaped = false
    for byte in line {
      if !isEscaped, byte == backslash {
        isEscaped = true
        continue
      }
      guard let plain = isEscaped ? self.byte(of: byte) : byte else { return nil }
      bytes[written] = plain
      written += 1
      isEscaped = false
    }
    return isEscaped ? nil : written
  }

  private static func damaged(_ path: String, _ line: Int, _ reason: String) -> ArtifactError {
    .damagedFile(path: path, reason: "line \(line) \(reason)")
  }
}
