import CorralText

extension SettingsError {
  /// What decoding complained about: the path, what was found there, and what belongs there.
  package init(_ error: DecodingError, in tree: SettingsTree, defaults: some Codable) {
    switch error {
    case .typeMismatch(let type, let context):
      let found = tree.tree(at: context.codingPath)
      self = .wrongValue(
        path: context.codingPath.dotted,
        reason: "needs \(words(for: type)), not \(found?.inWords ?? "nothing")")
    case .dataCorrupted(let context):
      let choices = choices(at: context.codingPath.map(\.stringValue), in: defaults)
      let found = tree.tree(at: context.codingPath)?.inWords ?? "this"
      self = .wrongValue(
        path: context.codingPath.dotted,
        reason: choices.map { "\(found) is not one of \($0.joined(separator: ", "))" }
          ?? context.debugDescription)
    case .valueNotFound(_, let context), .keyNotFound(_, let context):
      self = .wrongValue(path: context.codingPath.dotted, reason: context.debugDescription)
    @unknown default:
      self = .wrongValue(path: "", reason: "\(error)")
    }
  }
}

private func words(for type: Any.Type) -> String {
  switch type {
  case is any BinaryInteger.Type: "a whole number"
  case is any BinaryFloatingPoint.Type: "a number"
  case is Bool.Type: "true or false"
  case is [SettingsTree].Type: "a list, as in [10, 20]"
  case is SettingsGroup.Type: "a group of settings"
  default: "a single value"
  }
}

/// The raw values of the enum at a path of property names; `nil` if there is no enum.
package func choices(at path: [String], in root: Any) -> [String]? {
  var value = root
  for key in path {
    // A choice among models stands for the settings of the one that was chosen.
    while Mirror(reflecting: value).displayStyle == .enum,
      let chosen = Mirror(reflecting: value).children.first
    {
      value = chosen.value
    }
    let children = Mirror(reflecting: value).children
    guard let child = children.first(where: { $0.label == key }) else { return nil }
    value = child.value
  }
  func names<Choice: CaseIterable>(_ type: Choice.Type) -> [String] {
    type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
  }
  return (type(of: value) as? any CaseIterable.Type).map { names($0) }
}

extension SettingsTree {
  fileprivate var inWords: String {
    switch self {
    case .value(let value): "'\(value.text.shortened)'"
    case .list: "a list"
    case .group: "a group"
    }
  }
}
