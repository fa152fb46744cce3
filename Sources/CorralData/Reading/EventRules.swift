/// Which rows of a log count as positive interactions, and how much: the rewards r_i.
///
/// In settings a mapping from conditions to weights, `{"rating>=4": 1.0, "rating==3": 0.3}` or
/// `{click: 1, buy: 4}` or `{watch: fraction}`. A row counts as much as the largest weight of the
/// rules that it meets, and is dropped, and counted as dropped, when it meets none. Without rules
/// every row counts 1. Where the log has a column of weights, `data.columns.weight`, a fixed weight
/// is multiplied by what it holds: two bought are twice one bought.
public struct EventRules: Sendable, Equatable, Codable {
  /// How much a row that meets a rule counts.
  package enum Weight: Sendable, Equatable, Codable {
    /// Always the same, times the column of weights where there is one.
    case fixed(Double)
    /// What the column holds, at most 1; of `watch`, the share of the video that was played.
    case fraction
    /// What the column holds.
    case value

    /// A number, `fraction` or `value`.
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

    /// A number, `fraction` or `value`.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .fixed(let number): try container.encode(number)
      case .fraction: try container.encode("fraction")
      case .value: try container.encode("value")
      }
    }
  }

  /// A condition, and how much a row that meets it counts.
  package struct Rule: Sendable, Equatable {
    /// The condition as settings spell it.
    package var condition: String
    /// How much.
    package var weight: Weight

    /// A condition with its weight.
    package init(_ condition: String, _ weight: Weight) {
      self.condition = condition
      self.weight = weight
    }

    /// Whether both are the same, conditions byte for byte.
    package static func == (left: Self, right: Self) -> Bool {
      ExactText(left.condition) == ExactText(right.condition) && left.weight == right.weight
    }
  }

  /// The rules in order of their conditions' bytes, so that reports do not depend on how they are
  /// given; each condition once.
  package private(set) var rules: [Rule] = []

  /// Rules; of two with the same condition the last counts.
  package init(_ rules: [Rule] = []) {
    for rule in rules { add(rule) }
  }

  /// Whether every row counts 1.
  package var isEmpty: Bool { rules.isEmpty }

  /// Adds a rule, in the place of one with the same condition if there is one.
  package mutating func add(_ rule: Rule) {
    let text = ExactText(rule.condition)
    let at = rules.firstIndex { ExactText($0.condition) >= text } ?? rules.count
    if at < rules.count, ExactText(rules[at].condition) == text {
      rules[at] = rule
    } else {
      rules.insert(rule, at: at)
    }
  }

  /// A mapping from conditions to weights.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Condition.self)
    for condition in container.allKeys {
      add(Rule(condition.stringValue, try container.decode(Weight.self, forKey: condition)))
    }
  }

  /// A mapping from conditions to weights.
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
  /// Rules with fixed weights: `["click": 1, "buy": 4]`.
  public init(dictionaryLiteral elements: (String, Double)...) {
    self.init(elements.map { Rule($0, .fixed($1)) })
  }
}
