import CorralVectors
import Foundation

/// People with known, drifting tastes, and a catalogue in which items are born and fade.
///
/// Everything follows from the settings. The world is a value: a copy lives on by itself, and two
/// worlds of the same settings are the same on every day. Items and people stand in rows; a new one
/// takes the row of one that goes.
package struct SimulatedWorld: Sendable {
  /// The settings that the world follows from.
  package let settings: WorldSettings
  /// The day, from 0.
  package private(set) var day = 0
  /// The items that are new to a service today: all of them on the first day.
  package private(set) var arrivals: [NewItem] = []
  /// The items that faded at the beginning of today.
  package private(set) var faded: [NewItem] = []
  /// What is subtracted from affinity, so that the best lists have the click rate of the settings.
  private(set) var offset = 0.0

  /// The item of each row.
  private(set) var items: [SimulatedItem]
  /// The row of each item by its number; -1 for one that has faded.
  private var rows: [Int32]
  private var moods: Matrix
  /// The person of each row.
  private(set) var people: [SimulatedPerson]
  /// The tastes of people, with a last column of ones.
  private(set) var tastes: Matrix
  /// The vectors of items, with a last column of quality and season.
  private(set) var search: InnerProductSearch
  /// The rows of items in the order in which the crowd as a whole likes them.
  private(set) var crowd: [Int] = []
  /// Whether the crowd likes the item of a row less than a fifth of the catalogue.
  private(set) var isTail: [Bool] = []
  private(set) var visitors: AliasTable

  /// The world on its first day.
  ///
  /// Throws `SettingError`.
  package init(_ settings: WorldSettings) throws {
    try settings.validate()
    self.settings = settings
    items = Parallel.map(settings.items, grain: 4096) { range in
      range.map { SimulatedItem($0, settings) }
    }.flatMap(\.self)
    rows = (0..<Int32(settings.items)).map { $0 }
    people = (0..<settings.users).map { SimulatedPerson($0, settings) }
    moods = Matrix(
      rows: settings.users, columns: settings.topics + settings.hidden,
      values: people.flatMap { SimulatedPerson.mood($0.number, settings) })
    tastes = Matrix(rows: 0, columns: 1, values: [])
    search = InnerProductSearch(tastes)
    visitors = AliasTable(weights: [1])
    arrivals = items.map(\.asNew)
    look()
    offset = calibrated()
  }

  /// The world on a day.
  package init(_ settings: WorldSettings, day: Int) throws {
    try self.init(settings)
    while self.day < day { pass() }
  }

  /// Lets a night pass: tastes drift, items fade and are born, people leave and come.
  package mutating func pass() {
    day += 1
    let (settings, day, people) = (settings, day, people)
    let columns = moods.columns
    Parallel.forEachRows(of: &moods.values, width: columns, grain: 1024) { range, values in
      for (place, row) in range.enumerated() {
        SimulatedPerson.drift(
          UnsafeMutableBufferPointer(
            rebasing: values[place * columns..<(place + 1) * columns]),
          of: people[row].number, day: day, settings)
      }
    }
    renewItems()
    renewPeople()
    look()
  }

  private mutating func renewItems() {
    var random = SeededGenerator(settings.seed, .fading, day)
    let births = settings.birthsPerDay
    (arrivals, faded) = ([], [])
    for row in random.rows(births, of: settings.items) {
      let item = SimulatedItem(rows.count, settings)
      faded.append(items[row].asNew)
      arrivals.append(item.asNew)
      rows[items[row].number] = -1
      rows.append(Int32(row))
      items[row] = item
    }
  }

  private mutating func renewPeople() {
    var random = SeededGenerator(settings.seed, .leaving, day)
    let newcomers = settings.newcomersPerDay
    let first = settings.users + (day - 1) * newcomers
    for (place, row) in random.rows(newcomers, of: settings.users).enumerated() {
      people[row] = SimulatedPerson(first + place, settings)
      let mood = SimulatedPerson.mood(first + place, settings)
      moods.values.replaceSubrange(row * moods.columns..<(row + 1) * moods.columns, with: mood)
    }
  }

  /// Makes what follows from items and moods: tastes, the search, what the crowd likes.
  private mutating func look() {
    let (settings, people, moods) = (settings, people, moods)
    let width = moods.columns + 1
    var tastes = [Float](repeating: 1, count: people.count * width)
    Parallel.forEachRows(of: &tastes, width: width, grain: 1024) { range, values in
      for (place, row) in range.enumerated() {
        let taste = UnsafeMutableBufferPointer(
          rebasing: values[place * width..<place * width + width - 1])
        people[row].taste(of: moods[row], topics: settings.topics, to: taste)
      }
    }
    self.tastes = Matrix(rows: people.count, columns: width, values: tastes)
    let seasons = (0..<settings.topics).map(season)
    var vectors: [Float] = []
    vectors.reserveCapacity(items.count * width)
    for item in items {
      let season = zip(item.vector, seasons).reduce(0) { $0 + Double($1.0) * $1.1 }
      vectors += item.vector
      vectors.append(item.quality + Float(season))
    }
    search = InnerProductSearch(Matrix(rows: items.count, columns: width, values: vectors))
    visitors = AliasTable(weights: people.lazy.map(\.activity))
    lookAtCrowd()
  }

  private mutating func lookAtCrowd() {
    var mean = [Double](repeating: 0, count: tastes.columns)
    for row in 0..<tastes.rows {
      for (place, value) in tastes[row].enumerated() { mean[place] += Double(value) }
    }
    let crowdTaste = mean.map { Float($0 / Double(tastes.rows)) }
    let found = search.search(crowdTaste, count: items.count) { _ in true }
    crowd = found.rows.map(Int.init)
    isTail = [Bool](repeating: true, count: items.count)
    for row in crowd.prefix(items.count / 5) { isTail[row] = false }
  }

  /// How much more than usual a topic is liked today.
  func season(of topic: Int) -> Double {
    var random = SeededGenerator(settings.seed, .season, topic)
    let period = 7 + 21 * random.uniform()
    let phase = random.uniform()
    return settings.season * sin(2 * .pi * (Double(day) / period + phase))
  }

  /// The row of an item; `nil` for one that is not in the catalogue today.
  package func row(of id: ItemID) -> Int? {
    SimulatedItem.number(of: id).flatMap(row(ofNumber:))
  }

  /// The row of an item by its number; `nil` for one that is not in the catalogue today.
  func row(ofNumber number: Int) -> Int? {
    number < rows.count && rows[number] >= 0 ? Int(rows[number]) : nil
  }

  /// The ids of the people of today.
  package var userIDs: [String] { people.map(\.id) }
}

extension SeededGenerator {
  /// Some distinct rows of a table, by partial shuffle.
  mutating func rows(_ wanted: Int, of count: Int) -> [Int] {
    var all = Array(0..<count)
    for place in 0..<min(wanted, count) { all.swapAt(place, place + next(below: count - place)) }
    return Array(all.prefix(wanted))
  }
}
