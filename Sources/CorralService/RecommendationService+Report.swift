import CorralStore
package import Foundation

extension RecommendationService {
  /// How sources, arms and event types did since a time; walks all exposures since then.
  package func report(since time: Date?) async throws -> EngagementReport {
    EngagementReport(try await store.report(since: time ?? .distantPast))
  }
}
