import Yams

/// Settings as a tree: the encoded defaults, with a file and then `--set`s laid over them.
///
/// Laying over starts from every setting there is, so a key that is not in the tree is unknown, and
/// what the file leaves out keeps its default; plain `Codable` would do neither.
package struct SettingsOverlay<Settings: Codable> {
  private let defaults: Settings
  private var tree: Node

  /// The tree of the defaults.
  package init(_ defaults: Settings) throws {
    self.defaults = defaults
    tree = try YAMLEncoder().encode(defaults).composed(as: "defaults")
  }

  /// Lays the YAML of a file over the settings; `source` names the file in errors.
  package mutating func lay(_ yaml: String, from source: String) throws {
    let overlay = try yaml.composed(as: source)
    if overlay.isNull { return }
    tree = try merged(tree, overlay, path: [], source: source)
  }

  /// Lays one `key.path=value` over the settings; the value is YAML: `10`, `true`, `[10, 20]`.
  package mutating func set(_ assignment: String) throws {
    guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
      throw SettingsError.notAnAssignment(assignment)
    }
    let path = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    let text = String(assignment[assignment.index(after: equals)...])
    let value = text.isEmpty ? Node("") : try text.composed(as: "--set \(assignment)")
    let overlay = path.reversed().reduce(value) { Node([(Node(String($1)), $0)]) }
    tree = try merged(tree, overlay, path: [], source: "")
  }

  /// The settings as values of their own types.
  package func decoded() throws -> Settings {
    do {
      return try YAMLDecoder().decode(Settings.self, from: tree)
    } catch let error as DecodingError {
      throw SettingsError(error, in: tree, defaults: defaults)
    }
  }

  private func merged(_ base: Node, _ overlay: Node, path: [String], source: String) throws -> Node
  {
    // A group with no settings of its own is a table whose keys are the user's.
    guard let known = base.mapping, !known.isEmpty else { return overlay }
    guard let given = overlay.mapping else {
      if overlay.isNull { return base }
      throw SettingsError.notAGroup(
        path: path.joined(separator: "."), known: known.names, source: source)
    }
    var result = known
    for (key, value) in given {
      let name = key.string ?? ""
      let place = key.mark.flatMap { source.isEmpty ? nil : "\(source):\($0.line)" } ?? source
      guard let position = result.firstIndex(where: { $0.key.string == name }) else {
        throw SettingsError.unknown(
          path: (path + [name]).joined(separator: "."), nearest: nearest(to: name, in: known),
          known: known.names, source: place)
      }
      result[position].value = try merged(
        result[position].value, value, path: path + [name],
        source: source)
    }
    return .mapping(result)
  }

  /// The key that was probably meant: a near spelling here, else the same name in another group.
  private func nearest(to name: String, in siblings: Node.Mapping) -> String? {
    if let near = name.nearest(among: siblings.names) { return near }
    return tree.mapping?.lazy.compactMap { group in
      guard group.value.mapping?.names.contains(name) == true else { return nil }
      return "\(group.key.string ?? "").\(name)"
    }.first
  }
}

extension String {
  fileprivate func composed(as source: String) throws -> Node {
    do {
      return try Yams.compose(yaml: self) ?? Node("null", Tag(.null), .plain)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        let place = contains("\n") ? "\(source):\(mark.line)" : source
        throw SettingsError.notYAML(source: place, reason: problem)
      case .duplicatedKeysInMapping(let names, _):
        throw SettingsError.notYAML(
          source: source, reason: "'\(names.joined(separator: "', '"))' is there twice")
      default:
        throw SettingsError.notYAML(source: source, reason: "\(error)")
      }
    }
  }
}

extension Node {
  fileprivate var isNull: Bool { scalar != nil && null != nil }
}

extension Node.Mapping {
  fileprivate var names: [String] { compactMap(\.key.string) }
}
