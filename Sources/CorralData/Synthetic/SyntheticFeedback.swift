import CorralVectors

/// The context, labels and impressions of planted data.
///
/// Their draws have streams of their own, so that the log is the same without them. Each genre has
/// a tab, and `tabShare` of its items are taken in it, so that the tab predicts the next genre; the
/// hour predicts nothing. An item is liked with the probability `likeChance`, which rises with the
/// item's quality and if its genre is a favourite; the watched share rises with both too. Of the
/// impressions, `foreignShare` are of genres that the user does not favour.
struct SyntheticFeedback: Sendable {
  static let tabs = ["home", "discover", "following", "search"]
  static let labels = ["is_click", "is_like", "watch"]
  static let tabShare = 0.7
  static let foreignShare = 0.8

  /// The columns of a range of users.
  struct Part: Sendable {
    var tabs: [Int32] = []
    var hours: [Int32] = []
    var likes: [Float] = []
    var watches: [Float] = []
    var shown = Shown()
  }

  /// The impressions of a range of users.
  struct Shown: Sendable {
    var users: [UserIndex] = []
    var items: [ItemIndex] = []
    var times: [Int64] = []
    var watches: [Float] = []
  }

  let settings: SyntheticSettings
  let catalogue: SyntheticCatalogue
  /// Where the interactions of each user start.
  let offsets: [Int]

  /// The probability, 0.1 to 0.8, that a user who took an item likes it.
  static func likeChance(isFavourite: Bool, quality: Double) -> Double {
    0.1 + (isFavourite ? 0.4 : 0) + 0.3 * quality
  }

  /// Creates the columns of all users by repeating their walks, in O(interactions and impressions).
  func parts() -> [Part] {
    Parallel.map(settings.users, grain: 4096) { range in
      var part = Part()
      var seen = [Int32](repeating: -1, count: settings.items)
      for user in range {
        var walk = SyntheticWalk(user: user, catalogue: catalogue, seed: settings.seed)
        var generator = SeededGenerator(
          seed: settings.seed ^ 0xFEED, stream: UInt64(user) &+ 1)
        var pages: [(favourites: [Int], time: Double)] = []
        for _ in offsets[user]..<offsets[user + 1] {
          let favourites = walk.favourites
          let (item, time) = walk.next { seen[$0] != Int32(user) }
          seen[item] = Int32(user)
          pages.append((favourites, time))
          add(item, at: time, favourites, using: &generator, to: &part)
        }
        if settings.impressions > 0 {
          show(pages, to: user, where: { seen[$0] != Int32(user) }, using: &generator, to: &part)
        }
      }
      return part
    }
  }

  /// Adds the context and the labels of an item that was taken.
  private func add(
    _ item: Int, at time: Double, _ favourites: [Int], using generator: inout SeededGenerator,
    to part: inout Part
  ) {
    let genre = item % SyntheticCatalogue.genreCount
    let isOwn = generator.uniform() < Self.tabShare
    let other = generator.next(below: Self.tabs.count)
    part.tabs.append(Int32(isOwn ? genre % Self.tabs.count : other))
    part.hours.append(Int32(Int(time) / 3600 % 24))
    let quality = catalogue.quality(of: item)
    let isFavourite = favourites.contains(genre)
    let chance = Self.likeChance(isFavourite: isFavourite, quality: quality)
    part.likes.append(generator.uniform() < chance ? 1 : 0)
    part.watches.append(hundredths(0.1 + 0.8 * chance + 0.2 * generator.uniform()))
  }

  /// Adds the other items on the page of each interaction, none of which the user ever takes.
  private func show(
    _ pages: [(favourites: [Int], time: Double)], to user: Int, where isNever: (Int) -> Bool,
    using generator: inout SeededGenerator, to part: inout Part
  ) {
    for page in pages {
      for _ in 0..<settings.impressions {
        let isForeign = generator.uniform() < Self.foreignShare
        var item = 0
        for attempt in 0..<64 {
          let genre = catalogue.drawGenre(using: &generator)
          item = catalogue.draw(genre: genre, using: &generator)
          // If the favourites fill most genres, any item that was never taken is accepted.
          let fits = attempt > 31 || isForeign != page.favourites.contains(genre)
          if fits, isNever(item) { break }
        }
        while !isNever(item) { item = generator.next(below: settings.items) }
        part.shown.users.append(UserIndex(user))
        part.shown.items.append(ItemIndex(catalogue.position(of: item)))
        part.shown.times.append(Int64(page.time))
        part.shown.watches.append(hundredths(0.15 * generator.uniform()))
      }
    }
  }

  private func hundredths(_ number: Double) -> Float {
    Float((min(1, number) * 100).rounded()) / 100
  }
}

extension SyntheticFeedback {
  /// Returns the log with the columns that the settings ask for, and the impressions.
  func applied(
    to log: InteractionLog
  ) -> (log: InteractionLog, impressions: InteractionLog?) {
    let parts = parts()
    func joined<Element>(_ column: (Part) -> [Element]) -> [Element] { parts.flatMap(column) }
    func labels(_ count: Int, click: Float, _ likes: [Float], _ watches: [Float]) -> LabelTable {
      LabelTable(
        count: count, names: Self.labels,
        columns: [[Float](repeating: click, count: count), likes, watches])
    }
    var columns = InteractionColumns()
    if settings.context {
      columns.context = ContextTable(
        count: log.count,
        columns: [
          ContextColumn(
            name: "tab",
            values: .categories(joined(\.tabs), vocabulary: Vocabulary(Self.tabs))),
          ContextColumn(
            name: "hour",
            values: .categories(
              joined(\.hours), vocabulary: Vocabulary((0..<24).map(String.init)))),
        ])
    }
    if settings.labels {
      columns.labels = labels(log.count, click: 1, joined(\.likes), joined(\.watches))
    }
    let described = InteractionLog(
      users: log.users, items: log.items, times: log.times, weights: log.weights, columns: columns)
    if settings.impressions == 0 { return (described, nil) }
    let count = parts.reduce(0) { $0 + $1.shown.items.count }
    let nothing = [Float](repeating: 0, count: count)
    let shown = InteractionLog(
      users: joined(\.shown.users), items: joined(\.shown.items), times: joined(\.shown.times),
      weights: nothing,
      columns: settings.labels
        ? InteractionColumns(labels: labels(count, click: 0, nothing, joined(\.shown.watches)))
        : InteractionColumns())
    return (described, shown)
  }
}
