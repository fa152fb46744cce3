extension String {
  /// This text with a visible sign in place of each character that could steer a terminal or hide
  /// what stands beside it: tabs and line ends too, since the text is part of a line.
  ///
  /// Titles, ids and names of columns come from files, and a file can hold any bytes.
  package var printable: String {
    isPrintable ? self : String(String.UnicodeScalarView(unicodeScalars.map(\.visible)))
  }

  /// Whether a terminal shows this text and does nothing else.
  package var isPrintable: Bool { unicodeScalars.allSatisfy(\.isPrintable) }

  /// Lines that are ready for a terminal: line ends stay, and so do the codes of `TextStyle` where
  /// styles are on; every other control character is made visible.
  package func printableLines(_ style: TextStyle) -> String {
    guard !unicodeScalars.allSatisfy({ $0 == "\n" || $0.isPrintable }) else { return self }
    var shown = String.UnicodeScalarView()
    var rest = unicodeScalars[...]
    while let scalar = rest.first {
      if style.isColoured, scalar == "\u{1B}", let code = rest.styleCode {
        shown.append(contentsOf: code)
        rest = rest[code.endIndex...]
      } else {
        shown.append(scalar == "\n" ? scalar : scalar.visible)
        rest = rest.dropFirst()
      }
    }
    return String(shown)
  }

  /// JSON text whose strings hold no control character as such: the same JSON, with escapes.
  package var printableJSON: String {
    guard !unicodeScalars.allSatisfy({ $0 == "\n" || $0.isPrintable }) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar == "\n" || scalar.isPrintable {
        text.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
  }
}

extension Substring.UnicodeScalarView {
  /// The code of a style that this text starts with: one or two digits, as `TextStyle` writes them.
  fileprivate var styleCode: Substring.UnicodeScalarView? {
    let digits = dropFirst(2).prefix { ("0"..."9").contains($0) }
    guard dropFirst().first == "[", (1...2).contains(digits.count),
      self[digits.endIndex...].first == "m"
    else { return nil }
    return self[..<index(after: digits.endIndex)]
  }
}

extension Unicode.Scalar {
  /// Whether a terminal shows this character and does nothing else.
  ///
  /// Not so: C0 and C1 controls, DEL, separators of lines and paragraphs, and the characters that
  /// turn the direction of all that follows (Unicode Standard Annex 9).
  package var isPrintable: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: false
    default: true
    }
  }

  /// The character itself, the picture of a control character, or a replacement character.
  fileprivate var visible: Unicode.Scalar {
    guard !isPrintable else { return self }
    switch value {
    case 0..<0x20: return Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
    case 0x7F: return "\u{2421}"
    default: return "\u{FFFD}"
    }
  }
}
