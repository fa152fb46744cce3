import Yams

/// Settings as a tree: groups of named settings in the order of their declaration, lists, and single
/// values as they were written.
package enum SettingsTree: Sendable {
  /// A single value.
  case value(SettingsValue)
  /// A list of values.
  case list([SettingsTree])
  /// A group of settings, or a table whose keys are the user's.
  case group(SettingsGroup)

  /// Nothing: a key without a value.
  package static var nothing: SettingsTree { .value(SettingsValue("null", .nothing)) }

  /// The group that stands here, if one does.
  package var group: SettingsGroup? {
    if case .group(let group) = self { group } else { nil }
  }

  /// The single value that stands here, if one does.
  package var value: SettingsValue? {
    if case .value(let value) = self { value } else { nil }
  }

  /// Whether nothing was said here.
  package var isNothing: Bool { value?.kind == .nothing }

  /// The tree that stands at a path of names and positions.
  package func tree(at path: [any CodingKey]) -> SettingsTree? {
    path.reduce(self) { tree, key in
      switch tree {
      case .list(let trees):
        key.intValue.flatMap { trees.indices.contains($0) ? trees[$0] : nil }
      case .group(let group): group[key.stringValue]
      case .value, nil: nil
      }
    }
  }
}

extension SettingsTree: Equatable {
  /// Whether both say the same: numbers by their value, texts by their bytes.
  package static func == (left: SettingsTree, right: SettingsTree) -> Bool {
    switch (left, right) {
    case (.value(let left), .value(let right)): left.says(right)
    case (.list(let left), .list(let right)): left == right
    case (.group(let left), .group(let right)):
      left.entries.count == right.entries.count
        && left.entries.allSatisfy { right[$0.name] == $0.tree }
    default: false
    }
  }
}

/// A single value of settings, as text.
package struct SettingsValue: Sendable {
  /// What the text stands for.
  package enum Kind { case text, number, truth, nothing }

  /// The value as it is written, without quotes.
  package let text: String
  /// What an unquoted text stands for.
  package let kind: Kind

  package init(_ text: String, _ kind: Kind) { (self.text, self.kind) = (text, kind) }

  fileprivate func says(_ other: SettingsValue) -> Bool {
    if kind == .number, other.kind == .number, let mine = Double(text), mine == Double(other.text) {
      return true
    }
    return kind == other.kind && text.utf8.elementsEqual(other.text.utf8)
  }
}

/// Named settings in order; names are compared by their bytes, and found without a search.
package struct SettingsGroup: Sendable {
  /// One setting: its name, the line of the file that names it, and what is said of it.
  package struct Entry: Sendable {
    package let name: String
    package var line: Int?
    package var tree: SettingsTree
  }

  /// The settings, in order.
  package private(set) var entries: [Entry] = []
  private var positions: [[UInt8]: Int] = [:]

  package init() {}

  /// The names of the settings, in order.
  package var names: [String] { entries.map(\.name) }

  /// What is said of a name.
  package subscript(_ name: String) -> SettingsTree? { position(of: name).map { entries[$0].tree } }

  /// Where a name stands among the settings.
  package func position(of name: String) -> Int? { positions[Array(name.utf8)] }

  /// Says something of a name, in its place or at the end.
  package mutating func set(_ name: String, line: Int? = nil, to tree: SettingsTree) {
    if let position = position(of: name) {
      entries[position].tree = tree
      entries[position].line = line
    } else {
      positions[Array(name.utf8)] = entries.count
      entries.append(Entry(name: name, line: line, tree: tree))
    }
  }

  /// Changes what stands at a position, in place: the rest of a large tree is not copied.
  package mutating func change(at position: Int, _ body: (inout SettingsTree) throws -> Void)
    rethrows
  {
    var tree = entries[position].tree
    entries[position].tree = .nothing
    defer { entries[position].tree = tree }
    try body(&tree)
  }
}
