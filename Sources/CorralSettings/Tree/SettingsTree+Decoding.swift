import Yams

extension SettingsTree {
  /// The value that the tree describes, in time linear in its size.
  ///
  /// Throws `DecodingError` with the path of what does not fit, and `SettingsError.wrongValue` for a
  /// number that is not finite or a whole number beyond `largestWhole`.
  package func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
    try SettingsDecoder(tree: self, codingPath: []).decode(type)
  }

  /// The largest whole number of any setting but a seed: products of two of them stay in range.
  package static let largestWhole = 1_000_000_000
}

extension SettingsTree: Decodable {
  /// The part of a tree that stands where other settings hold a tree, as it was written.
  ///
  /// Throws `DecodingError` for every other decoder: JSON does not keep the order of keys.
  package init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? SettingsDecoder else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a tree is decoded by SettingsTree.decoded(as:) only"))
    }
    self = decoder.tree
  }
}

private struct SettingsDecoder: Decoder, SingleValueDecodingContainer {
  let tree: SettingsTree
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let group = tree.group else { throw mismatch(SettingsGroup.self) }
    return KeyedDecodingContainer(Members<Key>(group: group, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let trees) = tree else { throw mismatch([SettingsTree].self) }
    return Elements(trees: trees, codingPath: codingPath)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { tree.isNothing }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    guard let scalar = type as? any ScalarConstructible.Type else {
      return try Value(from: self)
    }
    guard let text = tree.value?.text,
      let value = scalar.construct(from: Node.Scalar(text)) as? Value
    else { throw mismatch(type) }
    try checkRange(value, text)
    return value
  }

  /// Refuses numbers that no computation can use.
  private func checkRange(_ value: some Decodable, _ text: String) throws {
    let reason: String? =
      switch value {
      case let number as Double where !number.isFinite: "needs a finite number"
      case let number as Float where !number.isFinite:
        "needs a finite number, at most 3.4e38 in size"
      case let whole as Int where whole.magnitude > UInt(SettingsTree.largestWhole):
        "needs a whole number of at most 1,000,000,000 in size"
      default: nil
      }
    guard let reason else { return }
    throw SettingsError.wrongValue(path: codingPath.dotted, reason: "\(reason), not '\(text)'")
  }

  private func mismatch(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: ""))
  }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let group: SettingsGroup
  let codingPath: [any CodingKey]

  var allKeys: [Key] { group.names.compactMap(Key.init(stringValue:)) }

  func contains(_ key: Key) -> Bool { group.position(of: key.stringValue) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).decodeNil() }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try decoder(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    SettingsDecoder(tree: .group(group), codingPath: codingPath)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  private func decoder(_ key: Key) throws -> SettingsDecoder {
    guard let tree = group[key.stringValue] else {
      throw DecodingError.keyNotFound(
        key,
        .init(codingPath: codingPath + [key], debugDescription: "this setting is missing"))
    }
    return SettingsDecoder(tree: tree, codingPath: codingPath + [key])
  }
}

private struct Elements: UnkeyedDecodingContainer {
  let trees: [SettingsTree]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(trees: [SettingsTree], codingPath: [any CodingKey]) {
    (self.trees, self.codingPath) = (trees, codingPath)
  }

  var count: Int? { trees.count }
  var isAtEnd: Bool { currentIndex >= trees.count }

  mutating func decodeNil() throws -> Bool {
    guard try decoder().decodeNil() else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try decoder().decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let container = try decoder().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try decoder().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try decoder()
    currentIndex += 1
    return decoder
  }

  private func decoder() throws -> SettingsDecoder {
    let path = codingPath + [Position(currentIndex)]
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        SettingsTree.self, .init(codingPath: path, debugDescription: "the list ends before"))
    }
    return SettingsDecoder(tree: trees[currentIndex], codingPath: path)
  }
}
