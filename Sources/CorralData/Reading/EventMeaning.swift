/// What an event of a stream is worth: `data.events` for events that come one by one.
///
/// A word such as `click` holds for events of that type. A comparison such as `rating>=4` holds for
/// the values of events of the type `rating`, and of events without a type; `value>=4` for those of
/// all events. `type==click` compares the type. An event has the largest weight of the rules that it
/// meets.
package struct EventMeaning: Sendable {
  private struct Rule: Sendable {
    let test: Test
    let weight: EventRules.Weight
  }

  fileprivate enum Test: Sendable {
    case type(ExactText, isEqual: Bool)
    /// A comparison of the values of events of a type; of all events without one.
    case value(of: ExactText?, RowCondition.Comparison, Double)
  }

  private let rules: [Rule]
  private let worthless: Set<ExactText>

  /// The meaning of events by rules; without rules every event has weight 1.
  ///
  /// - Parameters:
  ///   - rules: the conditions with their weights.
  ///   - worthless: types of weight 0 where no rule names them, such as `impression`.
  /// - Throws: `DataError.badRule` for a condition that the events of a stream cannot meet.
  package init(_ rules: EventRules = EventRules(), worthless: [String] = []) throws {
    self.rules = try rules.rules.map { rule in
      Rule(test: try Self.test(rule.condition), weight: rule.weight)
    }
    self.worthless = Set(worthless.map(ExactText.init))
  }

  /// The weight of an event: how much it teaches, at least 0; `nil` if no rule speaks of it.
  package func weight(of event: StreamEvent) -> Float? {
    let weights = rules.lazy.filter { $0.test.holds(for: event) }.map { $0.weight.value(event) }
    if let largest = weights.max() { return max(0, largest) }
    if let type = event.type, worthless.contains(ExactText(type)) { return 0 }
    return rules.isEmpty ? 1 : nil
  }

  private static func test(_ text: String) throws -> Test {
    let condition = try RowCondition(text)
    guard let comparison = condition.comparison else {
      return .type(ExactText(condition.name), isEqual: true)
    }
    if ["type", "event"].contains(condition.name), !comparison.isOrder {
      return .type(ExactText(condition.value), isEqual: comparison != .notEqual)
    }
    guard let number = Double(condition.value) else {
      throw DataError.badRule(
        rule: text,
        reason: "an event of a stream has a type and a value: write 'click', 'type==click' or "
          + "'rating>=4'")
    }
    let name = condition.name == "value" ? nil : ExactText(condition.name)
    return .value(of: name, comparison, number)
  }
}

extension EventMeaning.Test {
  fileprivate func holds(for event: StreamEvent) -> Bool {
    switch self {
    case .type(let wanted, let isEqual):
      return (event.type.map(ExactText.init) == wanted) == isEqual
    case .value(let type, let comparison, let number):
      guard let value = event.value else { return false }
      if let type, let own = event.type, ExactText(own) != type { return false }
      return comparison.holds(value, number)
    }
  }
}

extension EventRules.Weight {
  /// The weight that an event has by its value; 1 where it has none.
  fileprivate func value(_ event: StreamEvent) -> Float {
    switch self {
    case .fixed(let weight): Float(weight)
    case .fraction: Float(min(1, event.value ?? 1))
    case .value: Float(event.value ?? 1)
    }
  }
}
