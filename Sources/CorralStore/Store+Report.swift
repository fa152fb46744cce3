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
  /// It walks all exposures: about a second for a million items shown.
  package func report(since: Date = .distantPast) async throws -> ExposureReport {
    try await read { db in
      var report = ExposureReport()
      let names = try Names(db)
      let since = Instant.microseconds(since)
      for source in ["i.source", "NULL"] {
        let shown = try Query(
          db,
          """
          SELECT x.arm, x.model, \(source), count(DISTINCT x.key), count(DISTINCT x.user), count(*)
            FROM exposures x JOIN exposureItems i ON i.exposure = x.key WHERE x.time >= ?
            GROUP BY 1, 2, 3
          """)
        shown.bind(since, at: 1)
        while try shown.step() {
          report.shown[Self.group(shown, names)] = ExposureReport.Count(
            requests: Int(shown.integer(3)), users: Int(shown.integer(4)),
            items: Int(shown.integer(5)), events: 0)
        }
        let engaged = try Query(
          db,
          """
          SELECT x.arm, x.model, \(source), count(DISTINCT x.key), count(DISTINCT x.user),
              count(DISTINCT (x.key << 24) + i.place), count(*), e.type
            FROM events e JOIN exposures x ON x.request = e.request
            JOIN exposureItems i ON i.exposure = x.key AND i.item = e.item
            WHERE e.request IS NOT NULL AND x.time >= ? GROUP BY 1, 2, 3, 8
          """)
        engaged.bind(since, at: 1)
        while try engaged.step() {
          report.engaged[Self.group(engaged, names), default: [:]][names[engaged.integer(7)]] =
            ExposureReport.Count(
              requests: Int(engaged.integer(3)), users: Int(engaged.integer(4)),
              items: Int(engaged.integer(5)), events: Int(engaged.integer(6)))
        }
      }
      return report
    }
  }

  private static func group(_ row: Query, _ names: Names) -> ExposureReport.Group {
    ExposureReport.Group(
      arm: row.integerIfAny(0).map { names[$0] }, model: names[row.integer(1)],
      source: row.integerIfAny(2).map { names[$0] })
  }
}
