/// The rules that turn rows of a log into positive interactions with rewards r_i.
///
/// In settings they map conditions to weights: `{"rating>=4": 1.0, "rating==3": 0.3}`, `{click: 1,
/// buy: 4}` or `{watch: fraction}`. A row has the largest weight of the rules that it meets; a row
/// that meets none is dropped and counted. Without rules every row has weight 1. If the log has a
/// column of weights, `data.columns.weight`, fixed weights are multiplied by it: buying two counts
/// twice.
public struct EventRules: Sendable, Equatable, Codable {
  /// The weight of a row that meets a rule.
  package enum Weight: Sendable, Equatable, Codable {
    /// A constant, multiplied by the column of weights if there is one.
    case fixed(Double)
    /// The value of the column, at most 1. For `watch` it is the share of the video that was
    /// played.
    case fraction
    /// The value of the column.
    case value

    /// Reads a number, `fraction` or `value`.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .fixed(number)
        return
      }
      let word = try container.decode(String.self)
      switch word {
      case "fraction": self = .fraction
      case "value": self = .value
      default:
        guard let number = Double(word) else {
          throw DataError.badRule(
            rule: word, reason: "a weight is a number, 'fraction' or 'value'")
        }
        self = .fixed(number)
      }
    }

    /// Writes a number, `fraction` or `value`.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .fixed(let number): try container.encode(number)
      case .fraction: try container.encode("fraction")
      case .value: try container.encode("value")
      }
    }
  }

  /// A condition with the weight of the rows that meet it.
  package struct Rule: Sendable, Equatable {
    /// The condition as settings spell it.
    package var condition: String
    /// The weight of a row that meets the condition.
    package var weight: Weight

    /// Creates a rule from a condition and a weight.
    package init(_ condition: String, _ weight: Weight) {
      self.condition = condition
      self.weight = weight
    }

    /// Whether both rules are the same; conditions are compared by their bytes.
    package static func == (left: Self, right: Self) -> Bool {
      ExactText(left.condition) == ExactText(right.condition) && left.weight == right.weight
    }
  }

  /// The rules, sorted by the bytes of their conditions so that reports do not depend on their
  /// order in settings.
  ///
  /// No condition occurs twice.
  package private(set) var rules: [Rule] = []

  /// Creates rules; the last of two with the same condition is kept.
  package init(_ rules: [Rule] = []) {
    for rule in rules { add(rule) }
  }

  /// Whether there is no rule, so that every row has weight 1.
  package var isEmpty: Bool { rules.isEmpty }

  /// Adds a rule, and replaces the one with the same condition if there is one.
  package mutating func add(_ rule: Rule) {
    let text = ExactText(rule.condition)
    let at = rules.firstIndex { ExactText($0.condition) >= text } ?? rules.count
    if at < rules.count, ExactText(rules[at].condition) == text {
      rules[at] = rule
    } else {
      rules.insert(rule, at: at)
    }
  }

  /// Reads a mapping from conditions to weights.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Condition.self)
    for condition in container.allKeys {
      add(Rule(condition.stringValue, try container.decode(Weight.self, forKey: condition)))
    }
  }

  /// Writes a mapping from conditions to weights.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Condition.self)
    for rule in rules {
      try container.encode(rule.weight, forKey: Condition(stringValue: rule.condition))
    }
  }

  /// A condition as the key of a mapping.
  private struct Condition: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

extension EventRules: ExpressibleByDictionaryLiteral {
  /// Creates rules with constant weights: `["click": 1, "buy": 4]`.
  public init(dictionaryLiteral elements: (String, Double)...) {
    self.init(elements.map { Rule($0, .fixed($1)) })
  }
}
