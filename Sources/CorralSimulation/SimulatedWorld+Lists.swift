import CorralVectors
import Foundation

extension SimulatedWorld {
  /// The chance of a click on an examined item, by the truth: a sigmoid of affinity, quality and
  /// season.
  func appeal(ofRow item: Int, to person: Int) -> Double {
    let affinity = zip(tastes[person], search.matrix[item])
      .reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return 1 / (1 + exp(offset - settings.sharpness * affinity))
  }

  /// The expected number of clicks on a list: exact, since all chances are known.
  ///
  /// Rows that are `nil` are places without an item that could be clicked.
  func expectedClicks(on list: [Int?], of person: Int) -> Double {
    list.enumerated().reduce(0) { sum, entry in
      sum
        + (entry.element.map { settings.examined(entry.offset) * appeal(ofRow: $0, to: person) }
          ?? 0)
    }
  }

  /// The rows of the best list for a person: no list of items that are allowed has more expected
  /// clicks.
  func best(_ count: Int, for person: Int, where isAllowed: (Int) -> Bool) -> [Int] {
    search.search(Array(tastes[person]), count: count, where: isAllowed).rows.map(Int.init)
  }

  /// The rows of the best list that is the same for everybody, without what is not allowed.
  func popular(_ count: Int, where isAllowed: (Int) -> Bool) -> [Int] {
    var found: [Int] = []
    for row in crowd where isAllowed(row) {
      found.append(row)
      if found.count == count { break }
    }
    return found
  }

  /// The rows of a random list for a visit, without what is not allowed.
  func random(_ count: Int, visit: Int, where isAllowed: (Int) -> Bool) -> [Int] {
    var random = SeededGenerator(settings.seed, .randomList, visit)
    var found: [Int] = []
    // A person has clicked a small part of the catalogue, so that few draws are in vain.
    for _ in 0..<64 * count where found.count < count {
      let row = random.next(below: items.count)
      if isAllowed(row), !found.contains(row) { found.append(row) }
    }
    return found
  }

  /// The ids of the best list for a person, who is named, out of all items of today.
  ///
  /// `nil` for somebody who is not here today.
  package func oracle(for user: String, count: Int) -> [ItemID]? {
    people.firstIndex { $0.id == user }.map { person in
      best(count, for: person) { _ in true }.map { items[$0].id }
    }
  }

  /// The expected click rate of a list for a person, who is named: expected clicks over places.
  ///
  /// `nil` for somebody who is not here today. Items that are not in the catalogue have no clicks.
  package func expectedRate(of list: [ItemID], for user: String) -> Double? {
    people.firstIndex { $0.id == user }.map { person in
      expectedClicks(on: list.map(row(of:)), of: person) / Double(max(1, list.count))
    }
  }

  /// The offset under which the best lists have the click rate of the settings today, by bisection
  /// over a sample of people.
  func calibrated() -> Double {
    let sample = stride(from: 0, to: people.count, by: max(1, people.count / 200))
    let affinities = sample.map { person in
      search.search(Array(tastes[person]), count: settings.list) { _ in true }
        .scores.map(Double.init)
    }
    func rate(_ offset: Double) -> Double {
      let clicks = affinities.reduce(0.0) { sum, list in
        sum
          + list.enumerated().reduce(0) { sum, entry in
            sum
              + settings.examined(entry.offset)
              / (1 + exp(offset - settings.sharpness * entry.element))
          }
      }
      return clicks / Double(affinities.count * settings.list)
    }
    let largest = affinities.joined().map { abs($0) }.max() ?? 0
    var (low, high) = (-50 - settings.sharpness * largest, 50 + settings.sharpness * largest)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if rate(middle) > settings.bestRate { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
