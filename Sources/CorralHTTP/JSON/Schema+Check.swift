import CorralText

/// A value that a schema does not allow, and where it stands.
package struct SchemaFault: Error {
  /// The names and places from the value outwards: `.item`, `[3]`.
  private var path: [String] = []
  package let reason: String

  /// A fault of the value itself.
  package init(_ reason: String) { self.reason = reason }

  /// The same fault, seen from the value that holds the one with the fault.
  package func inside(_ step: String) -> SchemaFault {
    var fault = self
    fault.path.append(step)
    return fault
  }

  /// The path to the value, `[3].item`; `nil` for the whole.
  package var field: String? {
    let joined = path.reversed().joined()
    return joined.isEmpty ? nil : joined.hasPrefix(".") ? String(joined.dropFirst()) : joined
  }
}

extension Schema {
  /// Throws a `SchemaFault` for a value that is not allowed.
  package func check(_ value: JSON) throws {
    if let fault = fault(of: value) { throw fault }
  }

  /// What is wrong with a value; `nil` for one that is allowed.
  package func fault(of value: JSON) -> SchemaFault? {
    switch self {
    case .any: return nil
    case .named(_, let schema): return schema.fault(of: value)
    case .either(let schemas):
      // The kinds of the alternatives differ, so that the first of its kind is meant.
      guard let meant = schemas.first(where: { $0.isOfKind(value) }) else {
        return SchemaFault(
          "must be \(schemas.map(\.inWords).joined(separator: " or ")), not \(value.inWords)")
      }
      return meant.fault(of: value)
    case .null, .boolean: return isOfKind(value) ? nil : mismatch(value)
    case .integer(let range):
      guard let number = value.number else { return mismatch(value) }
      guard let whole = Int(exactly: number), range.contains(whole) else {
        return SchemaFault("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return nil
    case .number(let least, let most):
      guard let number = value.number else { return mismatch(value) }
      if let least, number < least { return SchemaFault("must be at least \(least.plain)") }
      if let most, number > most { return SchemaFault("must be at most \(most.plain)") }
      return nil
    case .string(let length, let form):
      guard let text = value.text else { return mismatch(value) }
      return Schema.fault(of: text, length, form)
    case .choice(let choices):
      guard let text = value.text else { return mismatch(value) }
      return choices.contains(text)
        ? nil : SchemaFault("must be one of \(choices.joined(separator: ", "))")
    case .array(let schema, let count):
      guard let values = value.elements else { return mismatch(value) }
      guard count.contains(values.count) else {
        return SchemaFault("must hold \(count.inWords) values, not \(values.count)")
      }
      for (place, value) in values.enumerated() {
        if let fault = schema.fault(of: value) { return fault.inside("[\(place)]") }
      }
      return nil
    case .map(let schema, let count):
      guard let members = value.members else { return mismatch(value) }
      guard count.contains(members.count) else {
        return SchemaFault("must hold \(count.inWords) names, not \(members.count)")
      }
      for member in members {
        let fault =
          Schema.fault(of: member.name, Limits.name, .id) ?? schema.fault(of: member.value)
        if let fault { return fault.inside("." + member.name.shown) }
      }
      return nil
    case .object(let properties, let isClosed, let least):
      guard let members = value.members else { return mismatch(value) }
      return Schema.fault(of: members, properties, isClosed: isClosed, atLeast: least)
    }
  }

  private static func fault(
    of members: [JSON.Member], _ properties: [Property], isClosed: Bool, atLeast least: Int
  ) -> SchemaFault? {
    for member in members {
      guard let property = properties.first(where: { $0.name == member.name }) else {
        guard isClosed else { continue }
        let near = member.name.nearest(among: properties.map(\.name))
        return SchemaFault("is unknown" + (near.map { "; did you mean '\($0)'?" } ?? ""))
          .inside("." + member.name.shown)
      }
      if let fault = property.schema.fault(of: member.value) {
        return fault.inside("." + member.name)
      }
    }
    for property in properties where property.isRequired {
      if !members.contains(where: { $0.name == property.name }) {
        return SchemaFault("is missing").inside("." + property.name)
      }
    }
    guard members.count >= least else {
      return SchemaFault("must have \(properties.map { "'\($0.name)'" }.joined(separator: " or "))")
    }
    return nil
  }

  private static func fault(of text: String, _ length: ClosedRange<Int>, _ form: Form)
    -> SchemaFault?
  {
    // There are at most as many characters as bytes, which are known without counting.
    let bytes = text.utf8.count
    let isShort = bytes <= length.upperBound && (bytes + 3) / 4 >= length.lowerBound
    let count = isShort ? nil : text.unicodeScalars.count
    if let count, !length.contains(count) {
      return SchemaFault(
        count == 0 ? "must not be empty" : "must have \(length.inWords) characters, not \(count)")
    }
    switch form {
    case .free: return nil
    case .id:
      return text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        ? SchemaFault("must not hold control characters") : nil
    case .time:
      return WireTime.date(text) == nil
        ? SchemaFault("must be a time such as 2026-03-14T15:09:26Z") : nil
    }
  }

  /// Whether a value is of the kind that this schema describes, whatever its content.
  private func isOfKind(_ value: JSON) -> Bool {
    switch (self, value) {
    case (.any, _), (.null, .null), (.boolean, .bool), (.integer, .number), (.number, .number),
      (.string, .string), (.choice, .string), (.array, .array), (.map, .object),
      (.object, .object):
      true
    case (.named(_, let schema), _): schema.isOfKind(value)
    case (.either(let schemas), _): schemas.contains { $0.isOfKind(value) }
    default: false
    }
  }

  private func mismatch(_ value: JSON) -> SchemaFault {
    SchemaFault("must be \(inWords), not \(value.inWords)")
  }

  /// The kind, in words.
  private var inWords: String {
    switch self {
    case .any: "anything"
    case .null: "null"
    case .boolean: "a Boolean"
    case .integer: "a whole number"
    case .number: "a number"
    case .string, .choice: "a string"
    case .array: "an array"
    case .map, .object: "an object"
    case .either(let schemas): schemas.map(\.inWords).joined(separator: " or ")
    case .named(_, let schema): schema.inWords
    }
  }
}

extension ClosedRange<Int> {
  /// The range, in words: `1 to 10`, `at most 10`.
  fileprivate var inWords: String {
    lowerBound == 0 ? "at most \(upperBound)" : "\(lowerBound) to \(upperBound)"
  }
}

extension Double {
  /// The number, without a fraction where it has none.
  fileprivate var plain: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
