/// What a visitor did with a list, and what lists were worth at that moment.
struct VisitOutcome {
  /// The places that were clicked, with the number of their items.
  var clicked: [(place: Int, item: Int)] = []
  /// The places that held an item that could be clicked and was not.
  var passed: [(place: Int, item: Int)] = []
  var missing = 0
  var unknown = 0
  var repeated = 0
  var sums = DayReport.Sums()
}

extension SimulatedWorld {
  /// Lets a visitor look at a list of `count` places.
  ///
  /// A place is clicked if its coin is below the chance: the coin follows from the visit, the item and
  /// the place, so that policies differ only by what they show.
  func outcome(
    of list: [ItemID], for visitor: Visitor, count: Int, clicked: ClickedItems, isMeasured: Bool
  ) -> VisitOutcome {
    var outcome = VisitOutcome()
    outcome.missing = max(0, count - list.count)
    var rows = [Int?](repeating: nil, count: count)
    for (place, id) in list.prefix(count).enumerated() {
      guard let row = row(of: id) else {
        outcome.unknown += 1
        continue
      }
      let item = items[row]
      guard !rows[..<place].contains(row), !clicked.contains(item.number, of: visitor.number)
      else {
        outcome.repeated += 1
        continue
      }
      rows[place] = row
      if item.born == day { outcome.sums.new += 1 }
      if isTail[row] { outcome.sums.tail += 1 }
      let chance = settings.examined(place) * appeal(ofRow: row, to: visitor.row)
      outcome.sums.expected += chance
      if coin(settings.seed, visit: visitor.visit, item: item.number, place: place) < chance {
        outcome.clicked.append((place, item.number))
      } else {
        outcome.passed.append((place, item.number))
      }
    }
    if isMeasured { measure(visitor, count, clicked, into: &outcome.sums) }
    return outcome
  }

  /// Adds what the best, a popular and a random list would be worth to the visitor.
  private func measure(
    _ visitor: Visitor, _ count: Int, _ clicked: ClickedItems, into sums: inout DayReport.Sums
  ) {
    let isNew = isNew(to: visitor, clicked)
    sums.best = expectedClicks(on: best(count, for: visitor.row, where: isNew), of: visitor.row)
    sums.popular = expectedClicks(on: popular(count, where: isNew), of: visitor.row)
    sums.random = expectedClicks(
      on: random(count, visit: visitor.visit, where: isNew), of: visitor.row)
  }
}

extension VisitOutcome {
  /// What happened, in the order of the places.
  func events(of visitor: Visitor, withImpressions: Bool) -> [SimulatedEvent] {
    func event(_ kind: SimulatedEvent.Kind, _ place: Int, _ item: Int) -> SimulatedEvent {
      SimulatedEvent(
        kind: kind, user: visitor.user, item: "i\(item)", visit: visitor.visit, place: place,
        time: visitor.time + Int64(place))
    }
    var events = clicked.map { event(.click, $0.place, $0.item) }
    guard withImpressions else { return events }
    events += passed.map { event(.impression, $0.place, $0.item) }
    return events.sorted { $0.place < $1.place }
  }
}
