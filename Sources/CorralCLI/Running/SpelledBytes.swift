import Foundation

/// Bytes of the command line and of files as text in which no byte is lost.
extension String {
  /// The bytes as UTF-8; each byte that is not part of any character is spelled `\xE9`.
  package init(spelling bytes: some Collection<UInt8>) {
    if let text = String(validating: bytes, as: UTF8.self) {
      self = text
      return
    }
    self = ""
    var rest = Array(bytes)[...]
    while let first = rest.first {
      let length = (1...4).first { length in
        rest.count >= length && String(validating: rest.prefix(length), as: UTF8.self) != nil
      }
      if let length {
        self += String(decoding: rest.prefix(length), as: UTF8.self)
      } else {
        let digits = String(first, radix: 16, uppercase: true)
        self += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      }
      rest = rest.dropFirst(length ?? 1)
    }
  }
}

extension CommandLine {
  /// The arguments of this process without its name, with the bytes that are not UTF-8 spelled.
  ///
  /// The standard library replaces such bytes, so that an identifier in Latin-1 could not be named.
  static var spelledArguments: [String] {
    (0..<Int(argc)).dropFirst().compactMap { place in
      guard let word = unsafeArgv[place] else { return nil }
      let text = UnsafeRawPointer(word)
      return String(
        spelling: UnsafeRawBufferPointer(start: text, count: strlen(word)))
    }
  }
}
