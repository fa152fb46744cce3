import CorralVectors
import Foundation

extension Dataset {
  /// Makes a catalogue and a log with a planted structure.
  ///
  /// Popularity follows a power law within twelve genres, users have favourite genres that drift,
  /// and the next item depends on the last, so that a retriever that uses the latest items beats
  /// popularity by far. Items have titles, genres and years; users have an age group, which
  /// correlates with their tastes, and a region, which does not. Nobody meets an item twice.
  /// Context, labels and impressions do not change the log. Each draw takes constant time; memory
  /// is that of the result and one array of marks per thread.
  public static func synthesized(_ settings: SyntheticSettings = .init()) throws -> Dataset {
    try settings.validate()
    let catalogue = SyntheticCatalogue(count: settings.items, seed: settings.seed)
    let offsets = rowOffsets(settings)
    let count = settings.interactions
    var users = [UserIndex](repeating: UserIndex(0), count: count)
    var items = [ItemIndex](repeating: ItemIndex(0), count: count)
    var times = [Int64](repeating: 0, count: count)
    users.withUnsafeMutableBufferPointer { users in
      items.withUnsafeMutableBufferPointer { items in
        times.withUnsafeMutableBufferPointer { times in
          // Each user owns a separate range of the columns.
          nonisolated(unsafe) let (users, items, times) = (users, items, times)
          Parallel.forEach(settings.users, grain: 4096) { range in
            var seen = [Int32](repeating: -1, count: settings.items)
            for user in range {
              var walk = SyntheticWalk(user: user, catalogue: catalogue, seed: settings.seed)
              for row in offsets[user]..<offsets[user + 1] {
                let (item, time) = walk.next { seen[$0] != Int32(user) }
                seen[item] = Int32(user)
                users[row] = UserIndex(user)
                items[row] = ItemIndex(catalogue.position(of: item))
                times[row] = Int64(time)
              }
            }
          }
        }
      }
    }
    let log = InteractionLog(users: users, items: items, times: times)
    guard settings.context || settings.labels || settings.impressions > 0 else {
      return described(log, nil, catalogue, settings)
    }
    let feedback = SyntheticFeedback(settings: settings, catalogue: catalogue, offsets: offsets)
    let (complete, impressions) = feedback.applied(to: log)
    return described(complete, impressions, catalogue, settings)
  }

  /// Returns where the interactions of each user start: log-normal lengths, at least one
  /// interaction each.
  private static func rowOffsets(_ settings: SyntheticSettings) -> [Int] {
    var generator = SeededGenerator(seed: settings.seed)
    let shares = (0..<settings.users).map { _ in exp(0.8 * generator.normal()) }
    let total = shares.reduce(0, +)
    // Five for every user if there are enough, the rest by share.
    let least = min(5, settings.interactions / settings.users)
    let rest = Double(settings.interactions - least * settings.users)
    var lengths = [Int](repeating: 0, count: settings.users)
    var sum = 0.0
    var given = 0
    for user in 0..<settings.users {
      sum += shares[user]
      let upTo = user == settings.users - 1 ? Int(rest) : Int(rest * sum / total)
      lengths[user] = min(settings.items / 2, least + upTo - given)
      given = upTo
    }
    // What exceeds the limit of the most active users goes to the others, one by one.
    var missing = settings.interactions - lengths.reduce(0, +)
    while missing > 0 {
      for user in 0..<settings.users where missing > 0 && lengths[user] < settings.items / 2 {
        lengths[user] += 1
        missing -= 1
      }
    }
    return lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
  }

  /// Adds identifiers, features and titles to the log.
  private static func described(
    _ log: InteractionLog, _ impressions: InteractionLog?, _ catalogue: SyntheticCatalogue,
    _ settings: SyntheticSettings
  ) -> Dataset {
    var itemAt = [Int](repeating: 0, count: settings.items)
    for item in 0..<settings.items { itemAt[catalogue.position(of: item)] = item }
    let genres = FeatureColumn.Values.categories(
      Ragged(itemAt.lazy.map(catalogue.genres)), vocabulary: Vocabulary(SyntheticWords.genres))
    let years = itemAt.map { Float(catalogue.year(of: $0)) }
    let walks = (0..<settings.users).lazy.map {
      SyntheticWalk(user: $0, catalogue: catalogue, seed: settings.seed)
    }
    func single(_ values: some Sequence<Int>, _ words: [String]) -> FeatureColumn.Values {
      .categories(
        Ragged(
          values: values.map(Int32.init), offsets: Array(0...settings.users)),
        vocabulary: Vocabulary(words))
    }
    return Dataset(
      name: "synthetic", log: log, impressions: impressions,
      users: Vocabulary((1...settings.users).map(String.init)),
      items: Vocabulary((1...settings.items).map(String.init)),
      userFeatures: FeatureTable(
        count: settings.users,
        columns: [
          FeatureColumn(
            name: "age_group", values: single(walks.map(\.ageGroup), SyntheticWords.ageGroups)),
          FeatureColumn(
            name: "region", values: single(walks.map(\.region), SyntheticWords.regions)),
        ]),
      itemFeatures: FeatureTable(
        count: settings.items,
        columns: [
          FeatureColumn(name: "genres", values: genres),
          FeatureColumn(name: "year", values: .numbers(years)),
        ]),
      titles: itemAt.map(catalogue.title), order: .time)
  }
}
