import Yams

extension SettingsTree {
  /// The tree of a value: in the order in which it encodes its parts, in time linear in its size.
  ///
  /// Throws `SettingsError.wrongValue` with the key of a number that is not finite.
  package init(encoding value: some Encodable) throws {
    let encoder = SettingsEncoder(path: [])
    try encoder.encode(value)
    self = encoder.tree
  }
}

extension SettingsTree: Encodable {
  /// Writes groups as objects, lists as arrays, and values as what they stand for.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .value(let value):
      var container = encoder.singleValueContainer()
      switch value.kind {
      case .nothing: try container.encodeNil()
      case .truth:
        // `on`, `off`, `yes` and `no` may be names: they stay what was written.
        if let truth = Bool(value.text) {
          try container.encode(truth)
        } else {
          try container.encode(value.text)
        }
      case .number: try value.encodeNumber(to: &container)
      case .text: try container.encode(value.text)
      }
    case .list(let trees):
      var container = encoder.unkeyedContainer()
      for tree in trees { try container.encode(tree) }
    case .group(let group):
      var container = encoder.container(keyedBy: SettingName.self)
      for entry in group.entries {
        try container.encode(entry.tree, forKey: SettingName(stringValue: entry.name))
      }
    }
  }
}

extension SettingsValue {
  fileprivate func encodeNumber(to container: inout any SingleValueEncodingContainer) throws {
    let scalar = Node.Scalar(text)
    if let whole = UInt64.construct(from: scalar) {
      try container.encode(whole)
    } else if let whole = Int.construct(from: scalar) {
      try container.encode(whole)
    } else {
      try container.encode(Double.construct(from: scalar) ?? .nan)
    }
  }
}

/// The name of a setting, as part of a path.
private struct SettingName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

/// Collects what a value encodes at one place of the tree.
private final class SettingsEncoder: Encoder, SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]
  private var content = Content.value(SettingsValue("null", .nothing))

  enum Content {
    case value(SettingsValue)
    case list([SettingsEncoder])
    case group([(name: String, part: SettingsEncoder)])
  }

  init(path: [any CodingKey]) { codingPath = path }

  /// Everything that was encoded here.
  var tree: SettingsTree {
    switch content {
    case .value(let value): return .value(value)
    case .list(let parts): return .list(parts.map(\.tree))
    case .group(let parts):
      var group = SettingsGroup()
      for (name, part) in parts { group.set(name, to: part.tree) }
      return .group(group)
    }
  }

  /// The number of parts so far.
  var count: Int {
    switch content {
    case .value: 0
    case .list(let parts): parts.count
    case .group(let parts): parts.count
    }
  }

  func startGroup() {
    if case .group = content { return }
    content = .group([])
  }

  func startList() {
    if case .list = content { return }
    content = .list([])
  }

  /// Where the part with a name goes.
  func part(_ key: any CodingKey) -> SettingsEncoder {
    let part = SettingsEncoder(path: codingPath + [key])
    if case .group(var parts) = content {
      // The only reference must be `parts` while it grows, or each part would copy all before it.
      content = .group([])
      parts.append((key.stringValue, part))
      content = .group(parts)
    }
    return part
  }

  /// Where the next part of the list goes.
  func nextPart() -> SettingsEncoder {
    let part = SettingsEncoder(path: codingPath + [Position(count)])
    if case .list(var parts) = content {
      content = .list([])
      parts.append(part)
      content = .list(parts)
    }
    return part
  }

  // MARK: Encoder

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    startGroup()
    return KeyedEncodingContainer(Members<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    startList()
    return Elements(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  // MARK: SingleValueEncodingContainer

  func encodeNil() { content = .value(SettingsValue("null", .nothing)) }

  func encode<Value: Encodable>(_ value: Value) throws {
    switch value {
    case let text as String: content = .value(SettingsValue(text, .text))
    case let truth as Bool: content = .value(SettingsValue("\(truth)", .truth))
    case let whole as any BinaryInteger: content = .value(SettingsValue("\(whole)", .number))
    case let number as Double: try set(number, number.isFinite)
    case let number as Float: try set(number, number.isFinite)
    default: try value.encode(to: self)
    }
  }

  private func set(_ number: some LosslessStringConvertible, _ isFinite: Bool) throws {
    guard isFinite else {
      throw SettingsError.wrongValue(
        path: codingPath.dotted, reason: "needs a finite number, not \(number)")
    }
    content = .value(SettingsValue("\(number)", .number))
  }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let encoder: SettingsEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }

  func encodeNil(forKey key: Key) { encoder.part(key).encodeNil() }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try encoder.part(key).encode(value)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder.part(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder.part(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder }
  func superEncoder(forKey key: Key) -> any Encoder { encoder.part(key) }
}

private struct Elements: UnkeyedEncodingContainer {
  let encoder: SettingsEncoder
  var codingPath: [any CodingKey] { encoder.codingPath }
  var count: Int { encoder.count }

  func encodeNil() { encoder.nextPart().encodeNil() }
  func encode<Value: Encodable>(_ value: Value) throws { try encoder.nextPart().encode(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    encoder.nextPart().container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder.nextPart().unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder.nextPart() }
}

/// A position in a list, as part of a path.
package struct Position: CodingKey {
  package let position: Int

  package init(_ position: Int) { self.position = position }
  package init(intValue: Int) { self.init(intValue) }
  package init?(stringValue: String) { nil }

  package var intValue: Int? { position }
  package var stringValue: String { "\(position)" }
}

extension [any CodingKey] {
  /// The path as it is written in settings: `evaluate.cutoffs[1]`.
  package var dotted: String {
    reduce("") { path, key in
      if let position = key.intValue { return "\(path)[\(position)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
    }
  }
}
