package import Foundation
import GRDB

/// What was shown, and what came of it, counted.
package struct ExposureReport: Sendable, Equatable {
  /// What is counted together.
  package struct Group: Hashable, Sendable {
    package var arm: String?
    package var model: String
    /// The candidate source; `nil` for all sources together.
    package var source: String?

    /// The exposures of an arm and a model, from one source or all.
    package init(arm: String?, model: String, source: String?) {
      self.arm = arm
      self.model = model
      self.source = source
    }
  }

  /// How much was shown, or came of it.
  package struct Count: Sendable, Equatable {
    /// Answers.
    package var requests: Int
    /// Users whose ids are known.
    package var users: Int
    /// Items in answers: one item in two answers counts twice.
    package var items: Int
    /// Events; 0 of what was shown.
    package var events: Int

    /// Numbers of answers, users, items and events.
    package init(requests: Int, users: Int, items: Int, events: Int) {
      self.requests = requests
      self.users = users
      self.items = items
      self.events = events
    }
  }

  /// Everything that was shown.
  package var shown: [Group: Count] = [:]
  /// The part of it that events of a type name: of the same request and the same item.
  package var engaged: [Group: [String: Count]] = [:]

  /// A report of nothing.
  package init() {}
}

extension Store {
  /// Counts what was shown from a time on, and what came of it.
  ///
  /// An event counts for the item of the answer with the same request. Both the groups of each source
  /// and those of all sources together are there, since answers and users of several sources overlap.
  /// It walks all exposures since then: about a second for ten million items shown. Memory follows the
  /// number of users.
  package func report(since: Date = .distantPast) async throws -> ExposureReport {
    try await read { db in
      let names = try Names(db)
      let since = Instant.microseconds(since)
      var report = ExposureReport()
      report.shown = try Self.shown(db, since: since).reduce(into: [:]) { counts, group in
        counts[group.key.named(names)] = group.value.count
      }
      for (type, groups) in try Self.engaged(db, since: since) {
        for (group, tally) in groups {
          report.engaged[group.named(names), default: [:]][names[type]] = tally.count
        }
      }
      return report
    }
  }

  /// What is counted together, by the keys of its names.
  private struct GroupKey: Hashable {
    var arm: Int64?
    var model: Int64
    /// The key of the source; `nil` for all sources together.
    var source: Int32?

    func named(_ names: Names) -> ExposureReport.Group {
      ExposureReport.Group(
        arm: arm.map { names[$0] }, model: names[model], source: source.map { names[Int64($0)] })
    }
  }

  /// The numbers of a group while they are counted.
  private struct Tally {
    var requests = 0
    var users: Set<Int64> = []
    var items = 0
    var events = 0

    mutating func count(events: Int, items: Int, requests: Int, user: Int64?) {
      self.events += events
      self.items += items
      self.requests += requests
      if let user { users.insert(user) }
    }

    var count: ExposureReport.Count {
      ExposureReport.Count(requests: requests, users: users.count, items: items, events: events)
    }
  }

  /// What was shown, by group.
  private static func shown(_ db: Database, since: Int64) throws -> [GroupKey: Tally] {
    let query = try Query(
      db, "SELECT arm, model, user, items FROM exposures WHERE time >= ?")
    query.bind(since, at: 1)
    var tallies: [GroupKey: Tally] = [:]
    while try query.step() {
      let (arm, model) = (query.integerIfAny(0), query.integer(1))
      var sources: [Int32?: Int] = [:]
      for item in query.withBytes(3, ShownItem.items(in:)) {
        sources[item.source, default: 0] += 1
        sources[Int32?.none, default: 0] += 1
      }
      for (source, items) in sources {
        let key = GroupKey(arm: arm, model: model, source: source)
        tallies[key, default: Tally()].count(
          events: 0, items: items, requests: 1, user: query.integerIfAny(2))
      }
    }
    return tallies
  }

  /// What came of it, by type of event and group.
  private static func engaged(_ db: Database, since: Int64) throws -> [Int64: [GroupKey: Tally]] {
    // The answers in their order, so that what is counted once lies together.
    let query = try Query(
      db,
      """
      SELECT x.key, x.arm, x.model, x.user, x.items, e.item, e.type
        FROM events e JOIN exposures x ON x.request = e.request
        WHERE e.request IS NOT NULL AND x.time >= ? ORDER BY e.type, x.key, e.item
      """)
    query.bind(since, at: 1)
    var tallies: [Int64: [GroupKey: Tally]] = [:]
    var last: (type: Int64, answer: Int64, item: Int64)?
    var counted: Set<GroupKey> = []
    while try query.step() {
      let (answer, item, type) = (query.integer(0), query.integer(5), query.integer(6))
      if last?.type != type || last?.answer != answer { counted = [] }
      let isRepeat = last.map { $0 == (type, answer, item) } ?? false
      last = (type, answer, item)
      let places = query.withBytes(4, ShownItem.items(in:)).filter { Int64($0.item) == item }
      for source in Set(places.map { Optional($0.source) }).union(places.isEmpty ? [] : [nil]) {
        let key = GroupKey(arm: query.integerIfAny(1), model: query.integer(2), source: source)
        let isFirst = counted.insert(key).inserted
        let items = isRepeat ? 0 : places.count { source == nil || $0.source == source }
        tallies[type, default: [:]][key, default: Tally()].count(
          events: 1, items: items, requests: isFirst ? 1 : 0, user: query.integerIfAny(3))
      }
    }
    return tallies
  }
}
