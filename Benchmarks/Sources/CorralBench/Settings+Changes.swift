import ArgumentParser
import Foundation

extension Decodable where Self: Encodable {
  /// The same settings with some values replaced, each given as `key.of.block=value`.
  func changed(by changes: [String]) throws -> Self {
    var tree = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self))
    for change in changes {
      let parts = change.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("'\(change)' is no key=value") }
      let value =
        try? JSONSerialization.jsonObject(with: Data(parts[1].utf8), options: .fragmentsAllowed)
      tree = Self.replaced(tree, parts[0].split(separator: ".")[...], by: value ?? parts[1])
    }
    return try JSONDecoder().decode(Self.self, from: JSONSerialization.data(withJSONObject: tree))
  }

  private static func replaced(_ tree: Any, _ path: ArraySlice<Substring>, by value: Any) -> Any {
    guard let key = path.first, var block = tree as? [String: Any] else { return value }
    block[String(key)] = replaced(block[String(key)] ?? [:], path.dropFirst(), by: value)
    return block
  }
}
