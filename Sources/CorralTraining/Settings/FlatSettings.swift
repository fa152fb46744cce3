import Foundation

/// The values of settings by dotted key, as `train.rate`.
package struct FlatSettings: Codable, Equatable {
  package let values: [String: String]

  /// The values of any Codable settings.
  package init(_ settings: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let tree = try JSONSerialization.jsonObject(with: encoder.encode(settings))
    var values: [String: String] = [:]
    Self.flatten(tree, "", into: &values)
    self.values = values
  }

  /// These settings with further values by key.
  func adding(_ others: [String: String]) -> FlatSettings {
    FlatSettings(values: values.merging(others) { _, new in new })
  }

  private init(values: [String: String]) { self.values = values }

  /// The first key, in alphabetical order, whose values differ or that only one side has.
  package func firstDifference(
    from other: FlatSettings, except free: Set<String>
  ) -> (key: String, mine: String, other: String)? {
    for key in Set(values.keys).union(other.values.keys).subtracting(free).sorted() {
      let (mine, theirs) = (values[key] ?? "unset", other.values[key] ?? "unset")
      if mine != theirs { return (key, mine, theirs) }
    }
    return nil
  }

  private static func flatten(_ value: Any, _ path: String, into values: inout [String: String]) {
    switch value {
    case let tree as [String: Any]:
      for (key, value) in tree {
        flatten(value, path.isEmpty ? key : "\(path).\(key)", into: &values)
      }
    case let list as [Any]: values[path] = "[" + list.map { "\($0)" }.joined(separator: ", ") + "]"
    default: values[path] = "\(value)"
    }
  }
}
