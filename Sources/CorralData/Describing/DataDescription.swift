/// A data set in numbers, as `data describe` prints them.
package struct DataDescription: Sendable, Equatable, Codable {
  /// The distribution of the number of interactions over users or items.
  package struct Spread: Sendable, Equatable, Codable {
    /// The fewest.
    package var minimum = 0
    /// A quarter of them have at most this many.
    package var lowerQuartile = 0
    /// Half of them have at most this many.
    package var median = 0
    /// Three quarters of them have at most this many.
    package var upperQuartile = 0
    /// Nine in ten of them have at most this many.
    package var ninthDecile = 0
    /// The most.
    package var maximum = 0
    /// The average.
    package var mean = 0.0

    init(of counts: [Int]) {
      guard !counts.isEmpty else { return }
      let sorted = counts.sorted()
      // The nearest rank is a number that occurs.
      func quantile(_ share: Double) -> Int {
        sorted[max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
      }
      minimum = sorted[0]
      lowerQuartile = quantile(0.25)
      median = quantile(0.5)
      upperQuartile = quantile(0.75)
      ninthDecile = quantile(0.9)
      maximum = sorted[sorted.count - 1]
      mean = Double(counts.reduce(0, +)) / Double(counts.count)
    }
  }

  /// How unevenly interactions are distributed over items.
  package struct Concentration: Sendable, Equatable, Codable {
    /// The share of interactions of the most popular 1% of items.
    package var topHundredth = 0.0
    /// The share of interactions of the most popular 10% of items.
    package var topTenth = 0.0
    /// The Gini coefficient: 0 when all items are equally popular, near 1 when one item has
    /// everything.
    package var gini = 0.0

    init(of counts: [Int]) {
      let sorted = counts.sorted(by: >)
      let total = Double(sorted.reduce(0, +))
      guard total > 0 else { return }
      func share(_ part: Double) -> Double {
        let head = max(1, Int((Double(sorted.count) * part).rounded(.up)))
        return Double(sorted[..<head].reduce(0, +)) / total
      }
      topHundredth = share(0.01)
      topTenth = share(0.1)
      let count = Double(sorted.count)
      let weighted = sorted.enumerated().reduce(0.0) {
        $0 + (count - Double($1.offset)) * Double($1.element)
      }
      gini = 2 * weighted / (count * total) - (count + 1) / count
    }
  }

  /// One feature of users or items, or one column of interactions.
  package struct Feature: Sendable, Equatable, Codable {
    /// `user`, `item`, `context` or `label`.
    package var side: String
    /// The name.
    package var name: String
    /// `categories`, `multi-valued` or `numbers`.
    package var kind: String
    /// The number of distinct categories; 0 for numbers.
    package var categories: Int
    /// The share of users, items or interactions that have a value.
    package var coverage: Double
    /// The average of the known numbers.
    ///
    /// For a label of zeros and ones it is the share of ones.
    package var mean: Double?
  }

  /// When the interactions happened.
  package struct TimeRange: Sendable, Equatable, Codable {
    /// The earliest time, as the file spells it.
    package var first: String
    /// The latest time.
    package var last: String
    /// The earliest date in UTC, if the times are dates.
    package var firstDate: String?
    /// The latest date in UTC.
    package var lastDate: String?
  }

  /// The name of the data set.
  package var name: String
  /// The number of users.
  package var users: Int
  /// The number of items.
  package var items: Int
  /// The number of items that only the item file names.
  package var newItems: Int
  /// The number of interactions.
  package var interactions: Int
  /// The share of user-item pairs without an interaction.
  package var sparsity: Double
  /// The number of impressions kept: items that were shown and not taken.
  package var impressions: Int
  /// The number of interactions with an item that the user had met before.
  package var repeats: Int
  /// The interactions per user.
  package var perUser: Spread
  /// The interactions per item.
  package var perItem: Spread
  /// How unevenly interactions are distributed over items.
  package var popularity: Concentration
  /// The range of times in the unit of the file, if there are any.
  package var times: TimeRange?
  /// How the interactions of a user are ordered.
  package var order: InteractionOrder
  /// The average reward r_i.
  package var meanWeight: Double
  /// The share of items with a title.
  package var titles: Double
  /// The features of users and items, the context and the labels of interactions.
  package var features: [Feature]
  /// The bytes that an interaction takes in memory, including its context and labels.
  package var bytesPerInteraction: Double
  /// The files that were read.
  package var files: [String]

  /// Describes a data set, in O(interactions).
  package init(_ dataset: Dataset) {
    let log = dataset.log
    var perUser = [Int](repeating: 0, count: dataset.users.count)
    var perItem = [Int](repeating: 0, count: dataset.items.count)
    for user in log.users { perUser[user.position] += 1 }
    for item in log.items { perItem[item.position] += 1 }
    let pairs = Double(perUser.count) * Double(perItem.count)
    name = dataset.name
    users = perUser.count
    items = perItem.count
    newItems = perItem.count - dataset.interactedItemCount
    interactions = log.count
    impressions = dataset.impressions.count
    repeats = log.count - dataset.pairCount
    sparsity = pairs > 0 ? 1 - Double(log.count - repeats) / pairs : 0
    self.perUser = Spread(of: perUser)
    self.perItem = Spread(of: perItem)
    popularity = Concentration(of: perItem)
    if let first = log.times.min(), let last = log.times.max() {
      let scale = log.timeScale
      times = TimeRange(
        first: scale.text(of: first), last: scale.text(of: last),
        firstDate: scale.date(of: first), lastDate: scale.date(of: last))
    }
    order = dataset.order
    let total = log.weights.reduce(0.0) { $0 + Double($1) }
    meanWeight = log.count > 0 ? total / Double(log.count) : 0
    let titled = dataset.titles.count { !$0.isEmpty }
    titles = perItem.isEmpty ? 0 : Double(titled) / Double(perItem.count)
    features =
      Self.features(dataset.userFeatures, "user") + Self.features(dataset.itemFeatures, "item")
      + Self.features(log.columns)
    bytesPerInteraction = log.count > 0 ? Double(log.residentBytes) / Double(log.count) : 0
    files = dataset.files
  }

  private static func features(_ table: FeatureTable, _ side: String) -> [Feature] {
    table.columns.map { column in
      let kind: String
      var categories = 0
      let known: Int
      switch column.values {
      case .categories(let rows, let vocabulary):
        let isSingle = (0..<rows.count).allSatisfy { rows[$0].count <= 1 }
        kind = isSingle ? "categories" : "multi-valued"
        categories = vocabulary.count
        known = (0..<rows.count).count { !rows[$0].isEmpty }
      case .numbers(let numbers):
        kind = "numbers"
        known = numbers.count { !$0.isNaN }
      }
      return Feature(
        side: side, name: column.name, kind: kind, categories: categories,
        coverage: table.count > 0 ? Double(known) / Double(table.count) : 0)
    }
  }

  private static func features(_ columns: InteractionColumns) -> [Feature] {
    let context = columns.context.columns.map { column in
      switch column.values {
      case .categories(let positions, let vocabulary):
        let known = positions.count { $0 >= 0 }
        return Feature(
          side: "context", name: column.name, kind: "categories", categories: vocabulary.count,
          coverage: Double(known) / Double(max(1, positions.count)))
      case .numbers(let numbers): return feature(of: numbers, "context", column.name)
      }
    }
    let labels = zip(columns.labels.names, columns.labels.columns).map {
      feature(of: $1, "label", $0)
    }
    return context + labels
  }

  private static func feature(of numbers: [Float], _ side: String, _ name: String) -> Feature {
    let known = numbers.lazy.filter { !$0.isNaN }
    let count = known.count
    let sum = known.reduce(0.0) { $0 + Double($1) }
    return Feature(
      side: side, name: name, kind: "numbers", categories: 0,
      coverage: Double(count) / Double(max(1, numbers.count)),
      mean: count > 0 ? sum / Double(count) : nil)
  }
}
