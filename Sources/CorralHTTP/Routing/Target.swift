/// The path and the query of a request, as they were written.
package struct Target: Sendable {
  package let path: Substring
  package let query: Substring

  /// Takes a request's target apart.
  package init(_ text: String) {
    let end = text.firstIndex(of: "?") ?? text.endIndex
    path = text[..<end]
    query = end == text.endIndex ? "" : text[text.index(after: end)...]
  }

  /// A text without its percent signs; `nil` where they are broken or the bytes are not UTF-8.
  package static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
      return String(text)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
  }

  /// The values of the query that a route knows, checked; others are ignored.
  package func values(of parameters: [Route.Parameter]) throws -> [JSON.Member] {
    var found: [JSON.Member] = []
    for part in query.split(separator: "&") {
      let end = part.firstIndex(of: "=") ?? part.endIndex
      guard let name = Self.decoded(part[..<end], plusIsSpace: true),
        let parameter = parameters.first(where: { $0.name == name })
      else { continue }
      let raw = end == part.endIndex ? "" : part[part.index(after: end)...]
      guard let text = Self.decoded(raw, plusIsSpace: true) else {
        throw Problem.bad(name, "is not percent-encoded UTF-8")
      }
      if case .array(let schema, _) = parameter.schema, !parameter.isJSON {
        let value = try schema.value(text, of: name)
        if let place = found.firstIndex(where: { $0.name == name }) {
          let others = found[place].value.elements ?? []
          guard others.count < 1000 else { throw Problem.bad(name, "stands too often") }
          found[place] = JSON.Member(name: name, value: .array(others + [value]))
        } else {
          found.append(JSON.Member(name: name, value: .array([value])))
        }
        continue
      }
      guard !found.contains(where: { $0.name == name }) else {
        throw Problem.bad(name, "stands twice")
      }
      let value: JSON
      if parameter.isJSON {
        do { value = try JSONParser.parse(text) } catch {
          throw Problem.bad(name, "is not JSON: \(error)")
        }
      } else {
        value = try parameter.schema.value(text, of: name)
      }
      found.append(JSON.Member(name: name, value: value))
    }
    for parameter in parameters {
      guard let value = found.first(where: { $0.name == parameter.name })?.value else {
        if parameter.isRequired { throw Problem.bad(parameter.name, "is missing") }
        continue
      }
      if let fault = parameter.schema.fault(of: value) { throw Problem(fault, in: parameter.name) }
    }
    return found
  }
}

extension Schema {
  /// A text of a path or a query as a value of the kind that this schema wants.
  fileprivate func value(_ text: String, of name: String) throws -> JSON {
    switch self {
    case .named(_, let schema): return try schema.value(text, of: name)
    case .integer, .number:
      guard let first = text.utf8.first, first != UInt8(ascii: "+"), let number = Double(text),
        number.isFinite
      else { throw Problem.bad(name, "must be a number") }
      return .number(number)
    case .boolean:
      switch text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: throw Problem.bad(name, "must be true or false")
      }
    case .either(let schemas):
      // A text that is a number is one where both are allowed.
      if let number = Double(text), number.isFinite,
        schemas.contains(where: { if case .number = $0 { true } else { false } })
      {
        return .number(number)
      }
      return .string(text)
    default: return .string(text)
    }
  }
}
