import CorralStore
package import Foundation

extension RecommendationService {
  /// How sources, arms and event types did since a time; walks all exposures since then.
  package func report(since time: Date?) async throws -> EngagementReport {
    EngagementReport(EngagementCounts(try await store.report(since: time ?? .distantPast)))
  }
}

extension EngagementCounts {
  /// The counts of a store, over all models together.
  init(_ report: ExposureReport) {
    self.init()
    for (group, count) in report.shown {
      guard let source = group.source else { continue }
      shown[Group(source: source, arm: group.arm), default: 0] += count.items
    }
    for (group, types) in report.engaged {
      guard let source = group.source else { continue }
      for (type, count) in types {
        engaged[type, default: [:]][Group(source: source, arm: group.arm), default: 0] +=
          count.items
      }
    }
  }
}
