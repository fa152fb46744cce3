import CorralText

/// One `key.path=value` of the command line, taken apart.
///
/// Names are separated by dots. A name that holds a dot, an equals sign or a space may stand in
/// quotes, as in `data.events."a.b"=1`; a condition need not: in `data.events.rating>=4.5=1` the
/// equals sign of `>=`, `<=`, `==` and `!=` belongs to the name, and so does all up to the next one.
package struct SettingsAssignment {
  /// The names from the outermost group to the setting.
  package let names: [String]
  /// What follows the equals sign, as it was written.
  package let value: String

  /// Throws `SettingsError.notAnAssignment` for a text that has no name, no value or an open quote.
  package init(_ text: String) throws {
    let fault = SettingsError.notAnAssignment(text.shortened)
    var names: [String] = []
    var name: [Character] = []
    var isCondition = false
    var rest = text[...]
    while let character = rest.first, character != "=" {
      rest = rest.dropFirst()
      switch character {
      case "\"" where name.isEmpty, "'" where name.isEmpty:
        guard let end = rest.firstIndex(of: character) else { throw fault }
        name = Array(rest[..<end])
        rest = rest[rest.index(after: end)...]
        guard rest.first == "." || rest.first == "=" else { throw fault }
      case "." where !isCondition:
        names.append(String(name))
        name = []
      case "<", ">", "!":
        isCondition = true
        name.append(character)
        if rest.first == "=" {
          name.append("=")
          rest = rest.dropFirst()
        }
      default: name.append(character)
      }
      if rest.hasPrefix("=="), !name.isEmpty {
        isCondition = true
        name += ["=", "="]
        rest = rest.dropFirst(2)
      }
    }
    guard rest.first == "=" else { throw fault }
    names.append(String(name))
    guard names.count > 1 || !name.isEmpty else { throw fault }
    guard names.count <= SettingsTree.deepest else {
      throw SettingsError.tooDeep(text.shortened, levels: names.count)
    }
    (self.names, value) = (names, String(rest.dropFirst()))
  }

  /// The tree of groups that holds the value under its names.
  package func tree() throws -> SettingsTree {
    let last =
      value.isEmpty
      ? .value(SettingsValue("", .text))
      : try SettingsTree(
        yaml: value, from: "--set \(names.joined(separator: "."))=\(value)".shortened)
    return names.reversed().reduce(last) { tree, name in
      var group = SettingsGroup()
      group.set(name, to: tree)
      return .group(group)
    }
  }
}
