/// A JSON value as it stands in a body.
package enum JSON: Sendable, Equatable {
  /// A value under a name.
  package struct Member: Sendable, Equatable {
    package let name: String
    package let value: JSON

    /// A value under a name.
    package init(name: String, value: JSON) {
      self.name = name
      self.value = value
    }
  }

  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  /// The members in their order; no name stands twice.
  case object([Member])

  /// The value under a name; `nil` where this is no object, or none with that name.
  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string; `nil` for anything else.
  package var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The number; `nil` for anything else.
  package var number: Double? { if case .number(let number) = self { number } else { nil } }

  /// The whole number; `nil` for anything else.
  package var integer: Int? { number.flatMap { Int(exactly: $0) } }

  /// Whether it is true; `nil` for anything but a Boolean.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The values of an array; `nil` for anything else.
  package var elements: [JSON]? { if case .array(let values) = self { values } else { nil } }

  /// The members of an object; `nil` for anything else.
  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// The texts of an array of strings; `nil` for anything but an array.
  package var texts: [String]? { elements?.compactMap(\.text) }

  /// What kind of value it is, in words.
  var inWords: String {
    switch self {
    case .null: "null"
    case .bool: "a Boolean"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
