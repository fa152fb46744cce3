import CorralData
import Foundation

/// Bytes of the command line and of files as text in which no byte is lost.
extension String {
  /// The bytes as UTF-8; where they are not, each byte that is part of no character is `\xE9`, and a
  /// backslash is doubled.
  package init(spelling bytes: some Collection<UInt8>) {
    self = Array(bytes).withUnsafeBufferPointer { Spelling.text(of: $0) }
  }
}

extension CommandLine {
  /// The arguments of this process without its name, with the bytes that are not UTF-8 spelled.
  ///
  /// The standard library replaces such bytes, so that an id in Latin-1 could not be named.
  package static var spelledArguments: [String] {
    (0..<Int(argc)).dropFirst().compactMap { place in
      guard let word = unsafeArgv[place] else { return nil }
      return String(spelling: UnsafeRawBufferPointer(start: word, count: strlen(word)))
    }
  }
}
