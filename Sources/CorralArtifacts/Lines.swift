import CorralData
import Foundation

/// Text with one entry a line, in which an entry can hold anything.
///
/// A backslash is written `\\`, a line feed `\n` and a carriage return `\r`; all else is UTF-8 as
/// it is. Every line ends with a line feed.
enum Lines {
  private static let backslash = UInt8(ascii: "\\")
  private static let feed = UInt8(ascii: "\n")
  private static let carriage = UInt8(ascii: "\r")

  static func encoded(_ lines: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines.count * 12)
    for line in lines {
      for byte in line.utf8 {
        switch byte {
        case backslash: bytes += [backslash, backslash]
        case feed: bytes += [backslash, UInt8(ascii: "n")]
        case carriage: bytes += [backslash, UInt8(ascii: "r")]
        default: bytes.append(byte)
        }
      }
      bytes.append(feed)
    }
    return bytes
  }

  /// The entries; throws `ArtifactError.damagedFile` with the line.
  static func decoded(_ bytes: some Collection<UInt8>, path: String) throws -> [String] {
    var lines: [String] = []
    var line: [UInt8] = []
    var isEscaped = false
    func damaged(_ reason: String) -> ArtifactError {
      .damagedFile(path: path, reason: "line \(lines.count + 1) \(reason)")
    }
    for byte in bytes {
      switch (isEscaped, byte) {
      case (true, backslash): line.append(backslash)
      case (true, UInt8(ascii: "n")): line.append(feed)
      case (true, UInt8(ascii: "r")): line.append(carriage)
      case (true, _): throw damaged("has a backslash that stands for nothing")
      case (false, backslash): break
      case (false, feed):
        guard let text = String(validating: line, as: UTF8.self) else {
          throw damaged("is not UTF-8")
        }
        lines.append(text)
        line.removeAll(keepingCapacity: true)
      case (false, _): line.append(byte)
      }
      isEscaped = !isEscaped && byte == backslash
    }
    if !line.isEmpty || isEscaped { throw damaged("is cut off") }
    return lines
  }

  /// A vocabulary of distinct entries; throws `ArtifactError.damagedFile` for a repeated one.
  static func vocabulary(_ bytes: some Collection<UInt8>, path: String) throws -> Vocabulary {
    let lines = try decoded(bytes, path: path)
    var firstLines: [String: Int] = [:]
    firstLines.reserveCapacity(lines.count)
    for (index, line) in lines.enumerated() {
      if let first = firstLines.updateValue(index + 1, forKey: line) {
        throw ArtifactError.damagedFile(
          path: path, reason: "line \(index + 1) repeats '\(line)' of line \(first)")
      }
    }
    return Vocabulary(lines)
  }
}
