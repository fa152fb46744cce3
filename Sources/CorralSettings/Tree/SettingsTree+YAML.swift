import Yams

extension SettingsTree {
  /// How many levels of groups and lists settings may have; those of Corral have four.
  package static let deepest = 100
  /// How many values one file may hold, those that aliases repeat counted each time.
  private static let mostValues = 1_000_000

  /// Reads YAML, and JSON, which is YAML; `source` names where it stands in errors.
  package init(yaml: String, from source: String) throws {
    // The reader of YAML calls itself for each level, and a stack is finite.
    guard !yaml.isNested(beyond: Self.deepest) else {
      throw SettingsError.notYAML(
        source: source, reason: "it is nested in more than \(Self.deepest) levels")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw SettingsError(error, in: yaml, from: source)
    }
    var values = 0
    self = try node.map { try Self.tree(of: $0, counting: &values, source: source) } ?? .nothing
  }

  private static func tree(
    of node: Node, counting values: inout Int, source: String
  ) throws -> SettingsTree {
    values += 1
    guard values <= mostValues else {
      throw SettingsError.notYAML(
        source: source, reason: "it holds more than a million values, aliases counted")
    }
    switch node {
    case .scalar(let scalar): return .value(SettingsValue(scalar, node))
    case .sequence(let sequence):
      return .list(
        try sequence.map { try tree(of: $0, counting: &values, source: source) })
    case .mapping(let mapping):
      var group = SettingsGroup()
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          throw SettingsError.notYAML(source: source, reason: "the name of a setting is not a text")
        }
        group.set(
          name, line: key.mark?.line,
          to: try tree(of: value, counting: &values, source: source))
      }
      return .group(group)
    case .alias:
      throw SettingsError.notYAML(source: source, reason: "an alias stands for nothing")
    }
  }
}

extension SettingsValue {
  fileprivate init(_ scalar: Node.Scalar, _ node: Node) {
    let isPlain = scalar.style == .plain || scalar.style == .any
    let kind: Kind =
      switch isPlain {
      case false: .text
      case true where node.null != nil: .nothing
      case true where node.bool != nil: .truth
      case true where node.int != nil || node.float != nil: .number
      case true: .text
      }
    self.init(scalar.string, kind)
  }
}

extension SettingsError {
  fileprivate init(_ error: YamlError, in yaml: String, from source: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let place = yaml.contains("\n") ? "\(source):\(mark.line)" : source
      self = .notYAML(source: place, reason: problem)
    case .duplicatedKeysInMapping(let names, _):
      self = .notYAML(source: source, reason: "'\(names.joined(separator: "', '"))' is there twice")
    default: self = .notYAML(source: source, reason: "\(error)")
    }
  }
}

extension String {
  /// Whether brackets, dashes or indentation nest this text deeper than a limit.
  ///
  /// Brackets inside quotes are counted too, which only a text that nobody writes would notice.
  fileprivate func isNested(beyond limit: Int) -> Bool {
    var (brackets, indentation) = (0, 0)
    var isLineStart = true
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        brackets += 1
        isLineStart = false
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        brackets = max(0, brackets - 1)
        isLineStart = false
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (isLineStart, indentation) = (true, 0)
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
        if isLineStart { indentation += 1 }
      default: isLineStart = false
      }
      // A level of a block takes two columns.
      if brackets > limit || indentation > 2 * limit { return true }
    }
    return false
  }
}
