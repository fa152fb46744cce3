/// Which rows of a log count as positive interactions, and how much: the rewards r_i.
///
/// In settings a mapping from conditions to weights, `{"rating>=4": 1.0, "rating==3": 0.3}` or
/// `{click: 1, buy: 4}` or `{watch: fraction}`. A row counts as much as the largest weight of the
/// rules that it meets, and is dropped, and counted as dropped, when it meets none. Without rules
/// every row counts 1.
public struct EventRules: Sendable, Equatable, Codable {
  /// How much a row that meets a rule counts.
  public enum Weight: Sendable, Equatable, Codable {
    /// Always the same.
    case fixed(Double)
    /// What the column holds, at most 1; of `watch`, the share of the video that was played.
    case fraction
    /// What the column holds.
    case value

    /// A number, `fraction` or `value`.
    public init(from decoder: any Decoder) throws {
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
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .fixed(let number): try container.encode(number)
      case .fraction: try container.encode("fraction")
      case .value: try container.encode("value")
      }
    }
  }

  /// The weight of each condition.
  public var weights: [String: Weight]

  /// Rules as a mapping from conditions to weights.
  public init(_ weights: [String: Weight] = [:]) { self.weights = weights }

  /// Whether every row counts 1.
  public var isEmpty: Bool { weights.isEmpty }

  /// The mapping itself.
  public init(from decoder: any Decoder) throws {
    weights = try decoder.singleValueContainer().decode([String: Weight].self)
  }

  /// The mapping itself.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(weights)
  }

  /// The rules in order of their text, so that reports do not depend on hashing.
  var sorted: [(condition: String, weight: Weight)] {
    weights.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

extension EventRules: ExpressibleByDictionaryLiteral {
  /// Rules with fixed weights: `["click": 1, "buy": 4]`.
  public init(dictionaryLiteral elements: (String, Double)...) {
    self.init(Dictionary(elements.map { ($0, .fixed($1)) }) { $1 })
  }
}
