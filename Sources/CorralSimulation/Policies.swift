/// Shows random items that the visitor has not clicked.
package struct RandomPolicy: Recommending {
  private var world: SimulatedWorld?
  private var clicked = ClickedItems()

  /// A policy that has met nobody.
  package init() {}

  package mutating func wake(in world: SimulatedWorld) { self.world = world }
  package mutating func meet(_ items: [NewItem]) {}
  package mutating func hear(_ events: [SimulatedEvent]) { clicked.hear(events) }
  package mutating func remember(_ past: SimulatedPast) { clicked.hear(past.events) }

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
  package mutating func remember(_ past: SimulatedPast) { clicked.hear(past.events) }

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

/// Shows what is clicked most often when it is shown, of late: it knows no truth.
///
/// An item's score is `(clicks + 1) / (shown + 20)`, so that new items are tried until they are known;
/// both counts fade by a tenth a day. Equal scores are in the order of birth, the latest first.
package struct PopularPolicy: Recommending {
  private struct Count {
    var clicks = 0.0
    var shown = 0.0
    var score: Double { (clicks + 1) / (shown + 20) }
  }

  private var counts: [Int: Count] = [:]
  private var order: [Int] = []
  private var clicked = ClickedItems()
  private var day = 0
  /// The lists that the order does not know yet.
  private var unsorted = 0

  private static let keeps = 0.9
  /// Lists after which the order is made anew.
  private static let patience = 50

  /// A policy that knows no item.
  package init() {}

  package mutating func meet(_ items: [NewItem]) {
    for item in items { SimulatedItem.number(of: item.id).map { counts[$0] = Count() } }
    sort()
  }

  package mutating func lose(_ items: [NewItem]) {
    for item in items { SimulatedItem.number(of: item.id).map { counts[$0] = nil } }
    sort()
  }

  package mutating func wake(in world: SimulatedWorld) {
    if world.day != day {
      counts = counts.mapValues {
        Count(clicks: Self.keeps * $0.clicks, shown: Self.keeps * $0.shown)
      }
    }
    day = world.day
  }

  package mutating func hear(_ events: [SimulatedEvent]) {
    clicked.hear(events)
    for event in events where event.kind == .click {
      SimulatedItem.number(of: event.item).map { counts[$0]?.clicks += 1 }
    }
  }

  package mutating func remember(_ past: SimulatedPast) {
    meet(past.items)
    hear(past.events)
    sort()
  }

  package mutating func lists(for visitors: [Visitor], count: Int) -> [[ItemID]] {
    visitors.map { visitor in
      if unsorted >= Self.patience { sort() }
      unsorted += 1
      let own = clicked.of(visitor.number)
      let list = Array(order.lazy.filter { !own.contains($0) }.prefix(count))
      for item in list { counts[item]?.shown += 1 }
      return list.map { "i\($0)" }
    }
  }

  private mutating func sort() {
    unsorted = 0
    order = counts.map { (score: $0.value.score, item: $0.key) }.sorted(by: >).map(\.item)
  }
}
