import CorralVectors

/// Somebody who comes and is shown a list.
package struct Visitor: Sendable, Equatable {
  /// The id of the user.
  package let user: String
  /// The day, from 0.
  package let day: Int
  /// The visit, counted from the first of the world.
  package let visit: Int
  /// When it happens, in seconds since 1970.
  package let time: Int64
  /// The row of the person in the world of that day.
  let row: Int
  /// The number of the person.
  let number: Int
}

/// What a visitor did with an item of a list.
package struct SimulatedEvent: Sendable, Equatable {
  /// What happened.
  package enum Kind: String, Sendable {
    case click
    /// The item was shown, and not clicked.
    case impression
  }

  /// What happened.
  package let kind: Kind
  /// The id of the user.
  package let user: String
  /// The id of the item.
  package let item: ItemID
  /// The visit, counted from the first of the world.
  package let visit: Int
  /// The place of the item in the list, from 0.
  package let place: Int
  /// When it happened, in seconds since 1970: a second for each place of the list.
  package let time: Int64
}

extension SimulatedWorld {
  /// One of today's visits: the same under every policy.
  package func visitor(_ place: Int) -> Visitor {
    let visit = day * settings.visits + place
    var random = SeededGenerator(settings.seed, .visit, visit)
    let row = visitors.draw(using: &random)
    let moment = (Double(place) + random.uniform()) / Double(settings.visits)
    return Visitor(
      user: people[row].id, day: day, visit: visit,
      time: settings.start + Int64(day) * 86_400 + Int64(moment * 86_400), row: row,
      number: people[row].number)
  }
}

/// What each person has clicked: nobody clicks an item twice.
package struct ClickedItems: Sendable, Equatable {
  private var items: [Int: Set<Int>] = [:]

  /// Nobody has clicked anything.
  package init() {}

  /// Whether a person has clicked an item, by their numbers.
  func contains(_ item: Int, of person: Int) -> Bool { items[person]?.contains(item) ?? false }

  /// The numbers of the items that a person has clicked.
  func of(_ person: Int) -> Set<Int> { items[person] ?? [] }

  /// Adds a click, by the numbers of the person and of the item.
  mutating func insert(_ item: Int, of person: Int) { items[person, default: []].insert(item) }

  /// Adds the clicks among events.
  mutating func hear(_ events: [SimulatedEvent]) {
    for event in events where event.kind == .click {
      guard let item = SimulatedItem.number(of: event.item),
        let person = Int(event.user.dropFirst())
      else { continue }
      insert(item, of: person)
    }
  }
}
