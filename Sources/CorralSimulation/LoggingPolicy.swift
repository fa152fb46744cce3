import CorralVectors

/// Fills each place of a list from one of three policies by chance, as a live site that tries things
/// does: half is popular, a fifth is the best there is, the rest is random.
package struct LoggingPolicy: Recommending {
  private var popular = PopularPolicy()
  private var best = OraclePolicy()
  private var random = RandomPolicy()
  private let seed: UInt64

  private static let popularShare = 0.5
  private static let bestShare = 0.2

  /// A policy whose chances follow from a seed.
  package init(seed: UInt64) { self.seed = seed }

  package mutating func wake(in world: SimulatedWorld) {
    popular.wake(in: world)
    best.wake(in: world)
    random.wake(in: world)
  }

  package mutating func meet(_ items: [NewItem]) { popular.meet(items) }
  package mutating func lose(_ items: [NewItem]) { popular.lose(items) }

  package mutating func hear(_ events: [SimulatedEvent]) {
    popular.hear(events)
    best.hear(events)
    random.hear(events)
  }

  package mutating func lists(for visitors: [Visitor], count: Int) -> [[ItemID]] {
    let sources = [
      popular.lists(for: visitors, count: count), best.lists(for: visitors, count: count),
      random.lists(for: visitors, count: count),
    ]
    return visitors.enumerated().map { place, visitor in
      var chance = SeededGenerator(seed, .mixture, visitor.visit)
      var rest = sources.map { $0[place][...] }
      var list: [ItemID] = []
      while list.count < count, !rest.allSatisfy(\.isEmpty) {
        let way = chance.uniform()
        let source =
          way < Self.popularShare ? 0 : way < Self.popularShare + Self.bestShare ? 1 : 2
        guard let item = rest[source].popFirst(), !list.contains(item) else { continue }
        list.append(item)
      }
      return list
    }
  }
}
