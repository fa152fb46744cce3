extension String {
  /// This text as one word of a POSIX shell command, so that a printed command runs as it stands.
  ///
  /// Plain words stay as they are and others stand in single quotes. Control characters are written
  /// as escapes inside `$'...'`, which bash, zsh and ksh read.
  package var shellQuoted: String {
    if isPrintable {
      return isPlainWord ? self : "'" + replacing("'", with: "'\\''") + "'"
    }
    var quoted = "$'"
    for scalar in unicodeScalars {
      if scalar == "'" || scalar == "\\" {
        quoted += "\\\(scalar)"
      } else if scalar.isPrintable {
        quoted.unicodeScalars.append(scalar)
      } else {
        for byte in String(scalar).utf8 {
          let octal = String(byte, radix: 8)
          quoted += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
        }
      }
    }
    return quoted + "'"
  }

  /// Whether a shell reads this text as it stands: no character of it has a meaning of its own.
  private var isPlainWord: Bool {
    guard let first = utf8.first, first != UInt8(ascii: "="), first != UInt8(ascii: "~") else {
      return false
    }
    return utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_-+=:,./@%~".utf8.contains(byte)
      }
    }
  }
}

/// A command of a shell, put together from words that are quoted where they need it.
package enum ShellCommand {
  /// The command whose words these are.
  package static func of(_ words: [String]) -> String {
    words.map(\.shellQuoted).joined(separator: " ")
  }

  /// An option with its value: `--user 7`, or `--user=-1` where the value could be taken for an
  /// option.
  package static func option(_ name: String, _ value: String) -> String {
    let separator = value.hasPrefix("-") || value.isEmpty ? "=" : " "
    return name + separator + value.shellQuoted
  }
}
