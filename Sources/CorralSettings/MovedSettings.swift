/// Settings that stood under another key in an earlier version of Corral.
///
/// Files, `--set` and saved models may still hold them there.
package enum MovedSettings {
  /// Keys that have moved: the dotted key of then, and that of now.
  private static let moves: [(then: String, now: String)] = [("ranking", "rankerTraining")]

  /// What to tell about the keys of a tree that have moved, a line each.
  static func notes(_ tree: SettingsTree) -> [String] {
    moves.filter { move in
      move.then.split(separator: ".").reduce(tree as SettingsTree?) { $0?.group?[String($1)] }
        != nil
    }.map { "the settings of '\($0.then)' are now called '\($0.now)': read as those" }
  }

  /// The tree with every key that has moved in its place of now.
  package static func moved(_ tree: SettingsTree) -> SettingsTree {
    moves.reduce(tree) { tree, move in
      tree.moving(
        move.then.split(separator: ".").map(String.init)[...],
        to: move.now.split(separator: ".").map(String.init)[...])
    }
  }
}

extension SettingsTree {
  /// The tree with what stands at one path at another one; itself where nothing stands there.
  fileprivate func moving(_ then: ArraySlice<String>, to now: ArraySlice<String>) -> SettingsTree {
    guard let found = then.reduce(self, { $0?.group?[$1] }) else { return self }
    return Self.tree(removing(then), with: found, at: now)
  }

  private func removing(_ path: ArraySlice<String>) -> SettingsTree {
    guard let name = path.first, let group else { return self }
    var rest = SettingsGroup()
    for entry in group.entries {
      if entry.name != name {
        rest.set(entry.name, line: entry.line, to: entry.tree)
      } else if path.count > 1 {
        rest.set(entry.name, line: entry.line, to: entry.tree.removing(path.dropFirst()))
      }
    }
    return .group(rest)
  }

  /// A tree with another one at a path; where both say something, what stands there already wins.
  private static func tree(
    _ existing: SettingsTree?, with moved: SettingsTree, at path: ArraySlice<String>
  ) -> SettingsTree {
    guard let name = path.first else { return existing.map { moved.laid(under: $0) } ?? moved }
    var group = existing?.group ?? SettingsGroup()
    group.set(name, to: tree(group[name], with: moved, at: path.dropFirst()))
    return .group(group)
  }

  /// The tree with another one laid over it, group by group.
  private func laid(under newer: SettingsTree) -> SettingsTree {
    guard case .group(var mine) = self, let theirs = newer.group else { return newer }
    for entry in theirs.entries {
      let tree = mine[entry.name].map { $0.laid(under: entry.tree) } ?? entry.tree
      mine.set(entry.name, line: entry.line, to: tree)
    }
    return .group(mine)
  }
}
