/// Something that recommends to the people of a world: a policy, or a service that runs elsewhere.
package protocol Recommending: Sendable {
  /// A list for each of some visitors, who come at the same time: the best item first.
  ///
  /// A list may be shorter than asked for; its missing places are places without a click.
  mutating func lists(for visitors: [Visitor], count: Int) async throws -> [[ItemID]]

  /// Hears what visitors did.
  mutating func hear(_ events: [SimulatedEvent]) async throws

  /// Learns that items are born.
  mutating func meet(_ items: [NewItem]) async throws

  /// Learns that items have faded and cannot be clicked any more.
  mutating func lose(_ items: [NewItem]) async throws

  /// Hears of what came before the simulation began.
  mutating func remember(_ past: SimulatedPast) async throws

  /// Sees the world at the beginning of a day; for policies that may know the truth.
  mutating func wake(in world: SimulatedWorld)

  /// What the one who reads the results should know, a line each, since the last time.
  mutating func notes() -> [String]
}

/// What came before a simulation began: the log of the days before.
package struct SimulatedPast: Sendable {
  /// The events, in the order of their times.
  package let events: [SimulatedEvent]
  /// The items of the day before.
  package let items: [NewItem]
  /// The items that had faded by then.
  package let gone: [NewItem]
}

extension Recommending {
  package mutating func lose(_ items: [NewItem]) async throws {}
  package mutating func remember(_ past: SimulatedPast) async throws {}
  package mutating func wake(in world: SimulatedWorld) {}
  package mutating func notes() -> [String] { [] }

  /// A list for one visitor.
  package mutating func list(for visitor: Visitor, count: Int) async throws -> [ItemID] {
    try await lists(for: [visitor], count: count).first ?? []
  }
}
