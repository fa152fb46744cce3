extension Schema {
  /// Writes the schema as JSON Schema (2020-12); named ones become references.
  package func write(to writer: inout JSONWriter) {
    if case .named(let name, _) = self {
      writer.object { $0.field("$ref", "#/components/schemas/\(name)") }
    } else {
      writer.object { writeMembers(to: &$0, text: "") }
    }
  }

  /// Writes what a named schema stands for.
  package func writeDefinition(to writer: inout JSONWriter) {
    if case .named(_, let schema) = self {
      schema.writeDefinition(to: &writer)
    } else {
      write(to: &writer)
    }
  }

  private func writeMembers(to writer: inout JSONWriter, text: String) {
    if !text.isEmpty { writer.field("description", text) }
    switch self {
    case .any: break
    case .named(let name, _): writer.field("$ref", "#/components/schemas/\(name)")
    case .null: writer.field("type", "null")
    case .boolean: writer.field("type", "boolean")
    case .integer(let range):
      writer.field("type", "integer")
      if range.lowerBound != .min { writer.field("minimum", range.lowerBound) }
      if range.upperBound != .max { writer.field("maximum", range.upperBound) }
    case .number(let least, let most):
      writer.field("type", "number")
      if let least { writer.field("minimum", least) }
      if let most { writer.field("maximum", most) }
    case .string(let length, let form):
      writer.field("type", "string")
      writer.write(length, as: "Length")
      switch form {
      case .free: break
      case .id: writer.field("pattern", Schema.idPattern)
      case .time: writer.field("format", "date-time")
      }
    case .choice(let choices):
      writer.field("type", "string")
      writer.field("enum", choices)
    case .array(let schema, let count):
      writer.field("type", "array")
      writer.name("items")
      schema.write(to: &writer)
      writer.write(count, as: "Items")
    case .map(let schema, let count):
      writer.field("type", "object")
      writer.name("propertyNames")
      Schema.string(Limits.name, .id).write(to: &writer)
      writer.name("additionalProperties")
      schema.write(to: &writer)
      writer.write(count, as: "Properties")
    case .object(let properties, let isClosed, let least):
      writer.field("type", "object")
      writer.name("properties")
      writer.object { writer in
        for property in properties {
          writer.name(property.name)
          writer.object { property.schema.writeMembers(to: &$0, text: property.text) }
        }
      }
      let required = properties.filter(\.isRequired).map(\.name)
      if !required.isEmpty { writer.field("required", required) }
      if isClosed { writer.field("additionalProperties", false) }
      if least > 0 { writer.field("minProperties", least) }
    case .either(let schemas):
      writer.name("anyOf")
      writer.array { writer in for schema in schemas { schema.write(to: &writer) } }
    }
  }

  /// Text without control characters.
  private static let idPattern = #"^[^\u0000-\u001F\u007F]*$"#

  /// Every named schema in this one, itself included, by its name.
  package func collectNames(into names: inout [String: Schema]) {
    switch self {
    case .named(let name, let schema):
      guard names[name] == nil else { return }
      names[name] = self
      schema.collectNames(into: &names)
    case .array(let schema, _), .map(let schema, _): schema.collectNames(into: &names)
    case .object(let properties, _, _):
      for property in properties { property.schema.collectNames(into: &names) }
    case .either(let schemas): for schema in schemas { schema.collectNames(into: &names) }
    default: break
    }
  }
}

extension JSONWriter {
  /// Writes the ends of a range, `minItems` and `maxItems`; open ends are left out.
  fileprivate mutating func write(_ range: ClosedRange<Int>, as suffix: String) {
    if range.lowerBound > 0 { field("min" + suffix, range.lowerBound) }
    if range.upperBound != .max { field("max" + suffix, range.upperBound) }
  }
}
