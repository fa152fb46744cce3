import CorralData
import CorralSettings
import CorralText

/// The YAML of a study, taken apart; its errors name the file and the key.
struct StudyFile {
  /// Reads the text of an included file and says where it stands; `nil` for an unknown name.
  typealias Include = (_ name: String) throws -> (text: String, source: String)?

  /// What the file is called in errors.
  let source: String
  private let tree: SettingsTree
  private let include: Include

  init(_ yaml: String, from source: String, include: @escaping Include) throws {
    self.source = source
    self.include = include
    tree = try SettingsTree(yaml: yaml, from: source)
  }

  /// The top level of the file.
  struct Description: Codable {
    var question = ""
    var rows = "arm"
    var against = ""
    var include = ""
    var publishedOn = ""
    var headline = ""
    var rankedAmong = ArmTable.RankedAmong.catalogue
    var columns: [String] = []
    var each = ""
    var arms: [SettingsTree] = []
    var pairs = SettingsTree.group(SettingsGroup())
  }

  /// One pair.
  struct Pair: Codable {
    var publishedOn = ""
    var arms: [SettingsTree] = []
  }

  /// One arm.
  private struct Arm: Codable {
    var name = ""
    var parts: [String] = []
    var settings = SettingsTree.group(SettingsGroup())
    var published: [Double] = []
  }

  /// The top level of the file.
  func described() throws -> Description {
    var description = try decoded(tree, over: Description(), at: "")
    switch description.each {
    case "": break
    case "retriever":
      description.arms = try RetrieverBlock.names.map(Self.arm(ofRetriever:)) + description.arms
    default: throw error("'each' is '\(description.each)'; give retriever, or leave it out")
    }
    return description
  }

  /// The arm of a retriever with its defaults.
  private static func arm(ofRetriever name: String) throws -> SettingsTree {
    try SettingsTree(
      yaml: "{name: \(name), settings: {retriever: {model: \(name)}}}", from: "each: retriever")
  }

  /// A pair of the file.
  func pair(_ entry: SettingsGroup.Entry) throws -> Pair {
    let place = "pair '\(entry.name)'"
    let pair = try decoded(entry.tree, over: Pair(), at: place)
    guard !pair.arms.isEmpty else { throw error("\(place) has no arms") }
    return pair
  }

  /// An included file, with its parts.
  func included(_ name: String) throws -> StudyParts {
    guard let (text, source) = try include(name) else {
      throw error("'include' names '\(name)', and there is no such file")
    }
    return StudyParts(tree: try SettingsTree(yaml: text, from: source), source: source)
  }

  /// The arms of a list, each with the settings of its parts and then its own.
  func arms(_ list: [SettingsTree], parts: StudyParts?) throws -> [ArmTable.Arm] {
    var names: Set<String> = []
    return try list.enumerated().map { position, tree in
      let arm = try decoded(tree, over: Arm(), at: "arm \(position + 1)")
      guard !arm.name.isEmpty else { throw error("arm \(position + 1) has no 'name'") }
      guard names.insert(arm.name).inserted else {
        throw error("two arms are called '\(arm.name)'")
      }
      let place = "arm '\(arm.name)'"
      var overlay = Settings.overlay()
      var settings = SettingsTree.group(SettingsGroup())
      for name in arm.parts {
        guard let parts else {
          throw error("\(place) has the part '\(name)', and the study includes no parts")
        }
        guard let part = parts.tree.group?[name] else {
          throw error(
            "\(place) has the part '\(name)', which is unknown; there are: "
              + (parts.tree.group?.names ?? []).joined(separator: ", "))
        }
        overlay.lay(part, from: parts.source)
        settings.merge(part)
      }
      overlay.lay(arm.settings, from: source)
      settings.merge(arm.settings)
      try naming(place) { _ = try overlay.decoded() }
      return ArmTable.Arm(name: arm.name, settings: settings, published: arm.published)
    }
  }

  /// An error about this file.
  func error(_ text: String) -> ExperimentError { ExperimentError("\(source): \(text)") }

  private func decoded<Value: Codable>(
    _ tree: SettingsTree, over defaults: Value, at place: String
  ) throws -> Value {
    guard tree.group != nil else {
      throw error("\(place.isEmpty ? "a study" : place) is a group of keys, not a single value")
    }
    var overlay = SettingsOverlay(defaults)
    overlay.lay(tree, from: source)
    return try naming(place) { try overlay.decoded() }
  }

  /// Adds the file and the place in it to errors that name only the key.
  private func naming<Value>(_ place: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let fault as SettingsError {
      guard case .wrongValue = fault else { throw fault }
      throw error(place.isEmpty ? "\(fault)" : "\(place): \(fault)")
    } catch let fault as SettingError {
      throw error("\(place): \(fault)")
    }
  }
}

/// Named parts of settings that several studies share.
struct StudyParts {
  let tree: SettingsTree
  let source: String

  /// The parts of one pair.
  func parts(ofPair name: String) throws -> StudyParts {
    guard let tree = tree.group?[name] else {
      throw ExperimentError(
        "\(source): no pair is called '\(name)'; there are "
          + (tree.group?.names ?? []).joined(separator: ", "))
    }
    return StudyParts(tree: tree, source: source)
  }
}

extension SettingsTree {
  /// Lays another tree over this one: groups key by key, everything else whole.
  ///
  /// A group that names another `model` takes the place of the old one, whose keys are of its own
  /// model.
  mutating func merge(_ other: SettingsTree) {
    guard case .group(var mine) = self, let theirs = other.group else {
      self = other
      return
    }
    if let old = mine["model"], let new = theirs["model"], old != new {
      self = other
      return
    }
    for entry in theirs.entries {
      var tree = mine[entry.name] ?? entry.tree
      tree.merge(entry.tree)
      mine.set(entry.name, line: entry.line, to: tree)
    }
    self = .group(mine)
  }
}
