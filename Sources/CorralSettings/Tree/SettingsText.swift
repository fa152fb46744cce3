import CorralText
import Yams

/// Settings as the YAML that is printed and saved: in the order of their declaration, and enough to
/// repeat the run.
///
/// What has no declaration to give an order, such as a dictionary, is `sorted` by key.
package func yamlText(_ settings: some Encodable, sorted: Bool = false) throws -> String {
  var tree = try SettingsTree(encoding: settings)
  if sorted { tree.sort() }
  return SettingsWriter().text(of: tree)
}

extension Settings {
  /// Every setting with its meaning as a comment: a file that `train` takes.
  package func commentedText() throws -> String {
    let writer = SettingsWriter { key in
      guard let meaning = SettingMeanings.meaning(key) else { return nil }
      let words = choices(at: key.split(separator: ".").map(String.init), in: self) ?? []
      let comment = words.isEmpty ? meaning : "\(meaning): \(words.joined(separator: ", "))"
      return comment.count <= SettingsWriter.widestComment ? comment : meaning
    }
    return writer.text(of: try SettingsTree(encoding: self))
  }

  /// The dotted keys of all single settings, lists and tables, in order.
  package func keys() throws -> [String] { try SettingsTree(encoding: self).keys(under: "") }

  /// The settings that differ from the defaults of the models that these settings name, a line or two
  /// for each block; the retriever's name is always among them.
  package func differing() throws -> String {
    let defaults = Settings.defaults(["retriever": retriever.name, "ranker": ranker.name])
    let general = try SettingsTree(encoding: Settings.defaults([:]))
    guard let mine = try SettingsTree(encoding: self).group,
      let theirs = try SettingsTree(encoding: defaults).group
    else { return "" }
    var lines: [String] = []
    for entry in mine.entries {
      var rest = theirs[entry.name].flatMap { entry.tree.differing(from: $0) }
      // A model is named even if its settings are the defaults, unless there is none.
      if let name = entry.tree.group?["model"],
        entry.name == "retriever" || name != general.group?[entry.name]?.group?["model"]
      {
        var group = SettingsGroup()
        group.set("model", to: name)
        for part in rest?.group?.entries ?? [] { group.set(part.name, to: part.tree) }
        rest = .group(group)
      }
      if let rest { lines.append(SettingsWriter().flowLine(entry.name, rest)) }
    }
    return lines.joined(separator: "\n")
  }
}

extension SettingsTree {
  /// The parts of a group that another one has otherwise; `nil` where nothing differs.
  fileprivate func differing(from other: SettingsTree) -> SettingsTree? {
    guard let mine = group, let theirs = other.group else { return self == other ? nil : self }
    var parts = SettingsGroup()
    for entry in mine.entries {
      let part = theirs[entry.name].map { entry.tree.differing(from: $0) } ?? entry.tree
      if let part { parts.set(entry.name, to: part) }
    }
    return parts.entries.isEmpty ? nil : .group(parts)
  }

  fileprivate func keys(under path: String) -> [String] {
    guard let group, !group.entries.isEmpty else { return [path] }
    return group.entries.flatMap {
      $0.tree.keys(under: path.isEmpty ? $0.name : "\(path).\($0.name)")
    }
  }

  /// Puts the settings of every group in alphabetical order.
  fileprivate mutating func sort() {
    guard let group else { return }
    var sorted = SettingsGroup()
    for entry in group.entries.sorted(by: { $0.name < $1.name }) {
      var tree = entry.tree
      tree.sort()
      sorted.set(entry.name, to: tree)
    }
    self = .group(sorted)
  }
}

/// Writes a tree as YAML: groups as blocks, lists and tables of a line in brackets.
private struct SettingsWriter {
  /// Gives the meaning of a setting by its dotted key; `nil` writes no comments.
  var meaning: ((String) -> String?)?
  /// The columns that a line fits into, unless one value is longer.
  private static let width = 80
  /// The columns of a comment that stands in a line of its own.
  static let widestComment = 74

  func text(of tree: SettingsTree) -> String {
    guard let group = tree.group else { return flow(tree) + "\n" }
    var text = ""
    write(group, path: "", indentation: "", to: &text)
    return text
  }

  /// One block as `name: {key: value}`, on as few lines as it needs.
  func flowLine(_ name: String, _ tree: SettingsTree) -> String {
    wrapped("\(quoted(name)): ", tree, indentation: "  ")
  }

  private func write(
    _ group: SettingsGroup, path: String, indentation: String, to text: inout String
  ) {
    for entry in group.entries {
      let key = path.isEmpty ? entry.name : "\(path).\(entry.name)"
      let comment = meaning?(key)
      if let inner = entry.tree.group, !inner.entries.isEmpty {
        if path.isEmpty, meaning != nil, !text.isEmpty { text += "\n" }
        if let comment { text += "\(indentation)# \(comment)\n" }
        text += "\(indentation)\(quoted(entry.name)):\n"
        write(inner, path: key, indentation: indentation + "  ", to: &text)
        continue
      }
      let line = wrapped(
        "\(indentation)\(quoted(entry.name)): ", entry.tree, indentation: indentation + "  ")
      if let comment {
        let isShort = line.displayWidth + comment.displayWidth + 4 <= Self.width
        text += isShort ? "\(line)  # \(comment)\n" : "\(indentation)# \(comment)\n\(line)\n"
      } else {
        text += line + "\n"
      }
    }
  }

  /// A value after its name; a list or a table that does not fit continues on further lines.
  private func wrapped(_ name: String, _ tree: SettingsTree, indentation: String) -> String {
    let (parts, open, close) =
      switch tree {
      case .value(let value): ([text(of: value)], "", "")
      case .list(let trees): (trees.map(flow), "[", "]")
      case .group(let group):
        (group.entries.map { "\(quoted($0.name)): \(flow($0.tree))" }, "{", "}")
      }
    var text = name + open
    var column = text.displayWidth
    for (position, part) in parts.enumerated() {
      let isLast = position == parts.count - 1
      let piece = part + (isLast ? close : ",")
      let size = piece.displayWidth
      if position > 0, column + 1 + size > Self.width {
        text += "\n\(indentation)"
        column = indentation.count
      } else if position > 0 {
        text += " "
        column += 1
      }
      text += piece
      column += size
    }
    return parts.isEmpty ? text + close : text
  }

  private func flow(_ tree: SettingsTree) -> String {
    switch tree {
    case .value(let value): text(of: value)
    case .list(let trees): "[" + trees.map(flow).joined(separator: ", ") + "]"
    case .group(let group):
      "{" + group.entries.map { "\(quoted($0.name)): \(flow($0.tree))" }.joined(separator: ", ")
        + "}"
    }
  }

  private func text(of value: SettingsValue) -> String {
    value.kind == .text ? quoted(value.text) : value.text
  }

  /// A text that is read back as this text: in quotes where it would be something else without.
  private func quoted(_ text: String) -> String {
    if text.isPlainYAML { return text }
    if text.isPrintable { return "'" + text.replacing("'", with: "''") + "'" }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" {
        quoted += "\\\(scalar)"
      } else if scalar.isPrintable {
        quoted.unicodeScalars.append(scalar)
      } else {
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      }
    }
    return quoted + "\""
  }
}

extension String {
  /// Whether YAML reads this as a text without quotes: letters, digits and a few signs, and neither a
  /// number nor one of the words for true, false and nothing.
  fileprivate var isPlainYAML: Bool {
    guard let first = utf8.first, let last = utf8.last, first.isPlainStart,
      last != UInt8(ascii: " "),
      utf8.allSatisfy({ $0.isPlainStart || " -@%+~<>=!".utf8.contains($0) })
    else { return false }
    let node = Node(self, Tag.implicit, .plain)
    return node.null == nil && node.bool == nil && node.int == nil && node.float == nil
  }
}

extension UInt8 {
  fileprivate var isPlainStart: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "/"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
