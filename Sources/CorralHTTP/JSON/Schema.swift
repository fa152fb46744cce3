/// What a JSON value may be: the same description checks what comes in and is written into the
/// OpenAPI document, so that what is said and what is enforced cannot differ.
package indirect enum Schema: Sendable {
  /// A member of an object.
  package struct Property: Sendable {
    package let name: String
    package let schema: Schema
    package let isRequired: Bool
    /// What it means, for the reader of the document.
    package let text: String

    /// A member that may be left out.
    package static func optional(_ name: String, _ schema: Schema, _ text: String = "") -> Property
    {
      Property(name: name, schema: schema, isRequired: false, text: text)
    }

    /// A member that must be there.
    package static func required(_ name: String, _ schema: Schema, _ text: String = "") -> Property
    {
      Property(name: name, schema: schema, isRequired: true, text: text)
    }
  }

  /// What a string must look like.
  package enum Form: Sendable {
    case free
    /// No control characters, so that an id can stand in a log, a header and a database.
    case id
    /// A date and a time by RFC 3339.
    case time
  }

  /// Anything.
  case any
  case null
  case boolean
  case integer(ClosedRange<Int>)
  /// A number; the ends are `nil` where it is open.
  case number(min: Double?, max: Double?)
  /// A string of so many characters (Unicode scalars).
  case string(ClosedRange<Int>, Form)
  /// One of some strings.
  case choice([String])
  /// So many values of one kind.
  case array(Schema, ClosedRange<Int>)
  /// Values of one kind under free names.
  case map(Schema, ClosedRange<Int>)
  /// Members by name; a closed object has no others, and at least so many of them.
  case object([Property], isClosed: Bool, atLeast: Int)
  /// One of several, told apart by the kind of the value.
  case either([Schema])
  /// A schema with a name of its own in the document.
  case named(String, Schema)

  /// An object without other members than these.
  package static func closed(_ properties: [Property]) -> Schema {
    .object(properties, isClosed: true, atLeast: 0)
  }

  /// An object that may have other members, which are ignored.
  package static func open(_ properties: [Property]) -> Schema {
    .object(properties, isClosed: false, atLeast: 0)
  }
}
