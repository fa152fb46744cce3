import Yams

/// Settings as a tree: the encoded defaults, with a file and then `--set`s laid over them.
///
/// Laying over starts from every setting there is, so a key that is not in the tree is unknown, and
/// what the file leaves out keeps its default; plain `Codable` would do neither. A group with a key
/// `model` has the keys and the defaults of the model that the last layer names; what a layer says
/// there of another model, and this one has not, is left out.
package struct SettingsOverlay<Settings: Codable> {
  /// The defaults, given the model that each group names.
  package typealias Defaults = (_ models: [String: String]) -> Settings

  private let defaults: Defaults
  private var layers: [(node: Node, source: String)] = []

  /// Layers over defaults that are the same whatever the layers say.
  package init(_ defaults: Settings) { self.defaults = { _ in defaults } }

  /// Layers over defaults that follow from the models that the layers name.
  package init(_ defaults: @escaping Defaults) { self.defaults = defaults }

  /// Lays the YAML of a file over the settings; `source` names the file in errors.
  package mutating func lay(_ yaml: String, from source: String) throws {
    layers.append((try yaml.composed(as: source), source))
  }

  /// Lays one `key.path=value` over the settings; the value is YAML: `10`, `true`, `[10, 20]`.
  package mutating func set(_ assignment: String) throws {
    guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
      throw SettingsError.notAnAssignment(assignment)
    }
    let path = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false)
    let text = String(assignment[assignment.index(after: equals)...])
    let value = text.isEmpty ? Node("") : try text.composed(as: "--set \(assignment)")
    layers.append((path.reversed().reduce(value) { Node([(Node(String($1)), $0)]) }, ""))
  }

  /// The settings as values of their own types.
  package func decoded() throws -> Settings {
    var models: [String: String] = [:]
    for layer in layers { models.merge(layer.node.models) { $1 } }
    let defaults = defaults(models)
    var tree = try YAMLEncoder().encode(defaults).composed(as: "defaults")
    let all = tree
    for (node, source) in layers {
      let others = Set(node.models.filter { models[$0.key] != $0.value }.keys)
      tree = try merged(
        tree, node, path: [], source: source, othersOf: others, nearestIn: all)
    }
    do {
      return try YAMLDecoder().decode(Settings.self, from: tree)
    } catch let error as DecodingError {
      throw SettingsError(error, in: tree, defaults: defaults)
    }
  }

  private func merged(
    _ base: Node, _ overlay: Node, path: [String], source: String, othersOf others: Set<String>,
    nearestIn all: Node
  ) throws -> Node {
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
      // The layer speaks of another model than the last one that was named.
      let isAnother = path.first.map { others.contains($0) } ?? false
      if isAnother, path.count == 1, name == "model" { continue }
      guard let position = result.firstIndex(where: { $0.key.string == name }) else {
        if isAnother { continue }
        throw SettingsError.unknown(
          path: (path + [name]).joined(separator: "."),
          nearest: nearest(to: name, in: known, of: all),
          known: known.names, source: place)
      }
      result[position].value = try merged(
        result[position].value, value, path: path + [name], source: source, othersOf: others,
        nearestIn: all)
    }
    return .mapping(result)
  }

  /// The key that was probably meant: a near spelling here, else the same name in another group.
  private func nearest(
    to name: String, in siblings: Node.Mapping, of all: Node
  ) -> String? {
    if let near = name.nearest(among: siblings.names) { return near }
    return all.mapping?.lazy.compactMap { group in
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

  /// The value of the key `model` of each group that has one.
  fileprivate var models: [String: String] {
    var models: [String: String] = [:]
    for (group, value) in mapping ?? [:] {
      guard let name = group.string,
        let model = value.mapping?.first(where: { $0.key.string == "model" })?.value.string
      else { continue }
      models[name] = model
    }
    return models
  }
}

extension Node.Mapping {
  fileprivate var names: [String] { compactMap(\.key.string) }
}
