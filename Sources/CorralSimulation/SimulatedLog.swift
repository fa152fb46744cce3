package import CorralData

/// The events of the first days of a world, as a site that shows a mixture of lists logs them.
package struct SimulatedLog: Sendable {
  /// The events, in the order of their times.
  package private(set) var events: [SimulatedEvent] = []
  /// The report of each day.
  package private(set) var reports: [DayReport] = []
  /// The world on the day after the last one of the log.
  package private(set) var world: SimulatedWorld

  private let days: Int

  /// The name of the policy that fills the lists.
  package static let policy = "logging"

  /// The log of some days; impressions are in it if they are asked for.
  ///
  /// Throws `SettingError`.
  package init(
    _ settings: WorldSettings, days: Int, withImpressions: Bool = false, measures: Bool = false,
    _ told: (Int) -> Void = { _ in }
  ) async throws {
    var options = Simulation.Options()
    options.keepsEvents = true
    options.tellsImpressions = withImpressions
    options.measures = measures
    var simulation = Simulation(
      try SimulatedWorld(settings),
      policies: [(Self.policy, LoggingPolicy(seed: settings.seed))], options: options)
    for day in 0..<days {
      let lived = try await simulation.next { told(day * settings.visits + $0) }
      events += lived.events.joined()
      reports += lived.reports
    }
    self.days = days
    world = simulation.world
  }

  /// The items of the log's days, faded ones too.
  private var items: [SimulatedItem] {
    let settings = world.settings
    let count = days == 0 ? 0 : settings.items + (days - 1) * settings.birthsPerDay
    return (0..<count).map { SimulatedItem($0, settings) }
  }

  /// What a simulation that goes on from here has behind it; `nil` for a log of no days.
  package var past: SimulatedPast? {
    if days == 0 { return nil }
    let fading = Set(world.faded.map(\.id))
    let isHere = { (item: SimulatedItem) in
      world.row(ofNumber: item.number) != nil || fading.contains(item.id)
    }
    let items = items
    return SimulatedPast(
      events: events, items: items.filter(isHere).map(\.asNew),
      gone: items.filter { !isHere($0) }.map(\.asNew))
  }

  /// The log as a data set: all items that were ever in the catalogue, with topic and title.
  package func dataset(named name: String) -> Dataset {
    let settings = world.settings
    let items = items
    var users = Vocabulary([])
    let rows = events.map { event in
      (
        isClick: event.kind == .click, user: UserIndex(users.intern(event.user)),
        item: ItemIndex(SimulatedItem.number(of: event.item) ?? 0), time: event.time
      )
    }
    func log(_ isClick: Bool) -> InteractionLog {
      let rows = rows.filter { $0.isClick == isClick }
      return InteractionLog(
        users: rows.map(\.user), items: rows.map(\.item), times: rows.map(\.time),
        weights: isClick ? nil : [Float](repeating: 0, count: rows.count))
    }
    let topics = FeatureColumn.Values.categories(
      Ragged(items.lazy.map { [Int32($0.topic)] }),
      vocabulary: Vocabulary((0..<settings.topics).map(SimulatedItem.topicName)))
    return Dataset(
      name: name, log: log(true), impressions: log(false), users: users,
      items: Vocabulary(items.map(\.id)),
      itemFeatures: FeatureTable(
        count: items.count, columns: [FeatureColumn(name: "topic", values: topics)]),
      titles: items.map(\.title), order: .time)
  }
}
