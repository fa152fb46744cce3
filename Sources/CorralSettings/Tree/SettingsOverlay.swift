import CorralText
import Foundation

/// Settings as a tree: the encoded defaults, with a file and then `--set`s laid over them.
///
/// Laying over starts from every setting there is, so a key that is not in the tree is unknown, and
/// what the file leaves out keeps its default; plain `Codable` would do neither. A group with a key
/// `model` has the keys and the defaults of the model that the last layer names; what a layer says
/// there of another model, and this one has not, is left out. A group that is empty by default is a
/// table whose keys are the user's: layers add to it, and an empty table empties it.
package struct SettingsOverlay<Settings: Codable> {
  /// The defaults, given the model that each group names.
  package typealias Defaults = (_ models: [String: String]) -> Settings

  private let defaults: Defaults
  private var layers: [Layer] = []
  /// Which keys of files and assignments were read in another place than they stood in, a line each.
  package private(set) var moved: [String] = []

  /// Layers over defaults that are the same whatever the layers say.
  package init(_ defaults: Settings) { self.defaults = { _ in defaults } }

  /// Layers over defaults that follow from the models that the layers name.
  package init(_ defaults: @escaping Defaults) { self.defaults = defaults }

  /// Lays the YAML of a file over the settings; `source` names the file in errors.
  package mutating func lay(_ yaml: String, from source: String) throws {
    lay(try SettingsTree(yaml: yaml, from: source), from: source)
  }

  /// Lays a tree over the settings; `source` names in errors where it was written.
  package mutating func lay(_ tree: SettingsTree, from source: String) {
    moved += MovedSettings.notes(tree)
    layers.append(Layer(tree: MovedSettings.moved(tree), source: source))
  }

  /// Lays settings over the others that an earlier or later version may have saved.
  ///
  /// Keys that moved since are read in their new place. What this version does not know is left out,
  /// and `decodedWithNotes` tells it.
  package mutating func laySaved(_ json: String, from source: String) throws {
    layers.append(
      Layer(
        tree: MovedSettings.moved(try SettingsTree(yaml: json, from: source)), source: source,
        isSaved: true))
  }

  /// Lays one `key.path=value` over the settings; the value is YAML: `10`, `true`, `[10, 20]`.
  package mutating func set(_ assignment: String) throws {
    lay(try SettingsAssignment(assignment).tree(), from: "")
  }

  /// The settings as values of their own types, in time linear in the size of the layers.
  package func decoded() throws -> Settings { try decodedWithNotes().settings }

  /// The settings, and the keys of saved ones that this version does not know.
  package func decodedWithNotes() throws -> (settings: Settings, unknown: [String]) {
    let models = layers.reduce(into: [:]) { $0.merge($1.tree.models) { $1 } }
    var unknown: [String] = []
    let defaults = defaults(models)
    let all = try SettingsTree(encoding: defaults)
    var tree = all
    for layer in layers {
      let others = Set(layer.tree.models.filter { models[$0.key] != $0.value }.keys)
      var merge = Merge(
        source: layer.source, othersOf: others, all: all, isSaved: layer.isSaved)
      try merge.lay(layer.tree, over: &tree, defaults: all, path: [])
      unknown += merge.unknown
    }
    do {
      return (try tree.decoded(as: Settings.self), unknown)
    } catch let error as DecodingError {
      throw SettingsError(error, in: tree, defaults: defaults)
    }
  }

  /// What a file or a `--set` says.
  private struct Layer {
    let tree: SettingsTree
    /// The file, or empty for a `--set`.
    let source: String
    /// Whether a model was saved with it, maybe by another version.
    var isSaved = false
  }
}

/// How one layer is laid over the tree.
private struct Merge {
  let source: String
  /// The groups of which the layer names another model than the last one that was named.
  let othersOf: Set<String>
  /// Every setting there is.
  let all: SettingsTree
  /// Whether unknown keys are collected instead of refused.
  let isSaved: Bool
  /// The keys that nothing of this name stands for.
  var unknown: [String] = []

  mutating func lay(
    _ layer: SettingsTree, over tree: inout SettingsTree, defaults: SettingsTree?, path: [String]
  ) throws {
    guard case .group(var group) = tree, let known = defaults?.group else {
      tree = layer
      return
    }
    if layer.isNothing { return }
    guard let given = layer.group else {
      if isSaved {
        unknown.append(path.joined(separator: "."))
        return
      }
      throw SettingsError.notAGroup(
        path: path.joined(separator: "."), known: known.names, source: source)
    }
    // One reference to the group while it changes, or each key would copy all of it.
    tree = .nothing
    defer { tree = .group(group) }
    if known.entries.isEmpty {
      if given.entries.isEmpty { group = SettingsGroup() }
      for entry in given.entries { group.set(entry.name, line: entry.line, to: entry.tree) }
      return
    }
    for entry in given.entries {
      // The layer speaks of another model than the last one that was named.
      let isAnother = path.first.map { othersOf.contains($0) } ?? false
      if isAnother, path.count == 1, entry.name == "model" { continue }
      guard let position = group.position(of: entry.name) else {
        if isAnother { continue }
        if isSaved {
          unknown.append((path + [entry.name]).joined(separator: "."))
          continue
        }
        let place = entry.line.flatMap { source.isEmpty ? nil : "\(source):\($0)" } ?? source
        throw SettingsError.unknown(
          path: (path + [entry.name]).joined(separator: ".").shortened,
          nearest: nearest(to: entry.name, in: known), known: known.names, source: place)
      }
      try group.change(at: position) { part in
        try lay(
          entry.tree, over: &part, defaults: known[entry.name], path: path + [entry.name])
      }
    }
  }

  /// The key that was probably meant: a near spelling here, else the same name in another group.
  private func nearest(to name: String, in siblings: SettingsGroup) -> String? {
    guard name.utf8.count <= 100 else { return nil }
    if let near = name.nearest(among: siblings.names) { return near }
    return all.group?.entries.lazy.compactMap { group in
      group.tree.group?.position(of: name).map { _ in "\(group.name).\(name)" }
    }.first
  }
}

extension SettingsTree {
  /// The value of the key `model` of each group that has one.
  fileprivate var models: [String: String] {
    (group?.entries ?? []).reduce(into: [:]) { models, entry in
      models[entry.name] = entry.tree.group?["model"]?.value?.text
    }
  }
}

extension SettingsOverlay {
  /// Lays the file, if one is named, and then each `key.path=value`.
  package mutating func apply(file: String?, assignments: [String]) throws {
    if let file {
      let text: String
      do {
        text = try String(contentsOfFile: file, encoding: .utf8)
      } catch {
        let isThere = FileManager.default.fileExists(atPath: file)
        throw SettingsError.unreadable(
          file: file, reason: isThere ? "it is not text" : "there is no such file")
      }
      try lay(text, from: file)
    }
    for assignment in assignments { try set(assignment) }
  }
}
