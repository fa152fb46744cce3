/// Shows random items that the visitor has not clicked.
package struct RandomPolicy: Recommending {
  private var world: SimulatedWorld?
  private var clicked = ClickedItems()

  /// A policy that has met nobody.
  package init() {}

  package mutating func wake(in world: SimulatedWorld) { self.world = world }
  package mutating func meet(_ items: [NewItem]) {}
  package mutating func hear(_ events: [SimulatedEvent]) { clicked.hear(events) }
  package mutating func remember(_ events: [SimulatedEvent]) { clicked.hear(events) }

  package func lists(for visitors: [Visitor], count: Int) -> [[ItemID]] {
    guard let world else { return visitors.map { _ in [] } }
    return visitors.map { visitor in
      world.random(count, visit: visitor.visit, where: world.isNew(to: visitor, clicked))
        .map { world.items[$0].id }
    }
  }
}

/// Shows the best list by the world's truth: the most that any policy can reach.
package struct OraclePolicy: Recommending {
  private var world: SimulatedWorld?
  private var clicked = ClickedItems()

  /// A policy that has met nobody.
  package init() {}

  package mutating func wake(in world: SimulatedWorld) { self.world = world }
  package mutating func meet(_ items: [NewItem]) {}
  package mutating func hear(_ events: [SimulatedEvent]) { clicked.hear(events) }
  package mutating func remember(_ events: [SimulatedEvent]) { clicked.hear(events) }

  package func lists(for visitors: [Visitor], count: Int) -> [[ItemID]] {
    guard let world else { return visitors.map { _ in [] } }
    return visitors.map { visitor in
      world.best(count, for: visitor.row, where: world.isNew(to: visitor, clicked))
        .map { world.items[$0].id }
    }
  }
}

extension SimulatedWorld {
  /// Whether a visitor has not yet clicked the item of a row.
  func isNew(to visitor: Visitor, _ clicked: ClickedItems) -> (Int) -> Bool {
    let own = clicked.of(visitor.number)
    return { row in !own.contains(items[row].number) }
  }
}

/// Shows what was clicked most of late: it knows no truth.
///
/// Counts fade by a tenth a day. Items with equal counts are in the order of their birth, the latest
/// first, so that new items are tried.
package struct PopularPolicy: Recommending {
  private var counts: [Int: Double] = [:]
  private var order: [Int] = []
  private var clicked = ClickedItems()
  private var day = 0
  /// The clicks that the order does not know yet.
  private var unsorted = 0

  private static let keeps = 0.9
  /// Clicks after which the order is made anew.
  private static let patience = 200

  /// A policy that knows no item.
  package init() {}

  package mutating func meet(_ items: [NewItem]) {
    for item in items {
      guard let number = SimulatedItem.number(of: item.id) else { continue }
      counts[number, default: 0] += 0
    }
    sort()
  }

  package mutating func lose(_ items: [NewItem]) {
    for item in items { SimulatedItem.number(of: item.id).map { counts[$0] = nil } }
    sort()
  }

  package mutating func wake(in world: SimulatedWorld) {
    if world.day != day { for item in counts.keys { counts[item, default: 0] *= Self.keeps } }
    day = world.day
  }

  package mutating func hear(_ events: [SimulatedEvent]) {
    clicked.hear(events)
    for event in events where event.kind == .click {
      guard let number = SimulatedItem.number(of: event.item), counts[number] != nil else {
        continue
      }
      counts[number, default: 0] += 1
      unsorted += 1
    }
    if unsorted >= Self.patience { sort() }
  }

  package mutating func remember(_ events: [SimulatedEvent]) {
    hear(events)
    sort()
  }

  package func lists(for visitors: [Visitor], count: Int) -> [[ItemID]] {
    visitors.map { visitor in
      let own = clicked.of(visitor.number)
      return order.lazy.filter { !own.contains($0) }.prefix(count).map { "i\($0)" }
    }
  }

  private mutating func sort() {
    unsorted = 0
    order = counts.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map(\.key)
  }
}
