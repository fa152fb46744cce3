/// How many terminal columns text takes: titles come in every script, and tables must line up.
extension String {
  /// The columns this text takes on a terminal; colour codes and combining marks take none.
  package var displayWidth: Int {
    var width = 0
    var isEscaped = false
    for scalar in unicodeScalars {
      if isEscaped {
        isEscaped = scalar == "[" || !("@"..."~").contains(scalar)
      } else if scalar == "\u{1B}" {
        isEscaped = true
      } else {
        width += scalar.displayWidth
      }
    }
    return width
  }

  /// The text followed by spaces up to a width, or cut short with an ellipsis when it is wider.
  package func fitted(to width: Int) -> String {
    let own = displayWidth
    if own <= width { return self + String(repeating: " ", count: width - own) }
    var kept = ""
    var taken = 0
    for character in self {
      let next = String(character).displayWidth
      if taken + next > width - 1 { break }
      kept.append(character)
      taken += next
    }
    return kept + "…" + String(repeating: " ", count: max(0, width - 1 - taken))
  }

  /// The text, aligned right by spaces before it.
  package func rightAligned(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - displayWidth)) + self
  }
}

extension Unicode.Scalar {
  /// Two columns for East Asian wide characters and emoji, none for marks, one for the rest
  /// (Unicode Standard Annex 11, by blocks).
  fileprivate var displayWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

extension String {
  /// This text in lines that fit a terminal, broken after commas; a part that is longer stays whole.
  package var foldedAtCommas: String {
    var lines = [""]
    for part in split(separator: ", ", omittingEmptySubsequences: false) {
      let last = lines[lines.count - 1]
      let longer = last.isEmpty ? String(part) : last + ", " + part
      // The comma after the part has to fit too.
      if last.isEmpty || longer.displayWidth < Table.lineWidth {
        lines[lines.count - 1] = longer
      } else {
        lines.append(String(part))
      }
    }
    return lines.joined(separator: ",\n")
  }
}
