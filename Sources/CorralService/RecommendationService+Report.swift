import CorralStore
package import Foundation

extension RecommendationService {
  /// How sources, arms and event types did since a time; walks all exposures since then.
  package func report(since time: Date?) async throws -> EngagementReport {
    // What was shown last may still wait to be written; without a disk the rest is told.
    try? await store.flush()
    return EngagementReport(try await store.report(since: time ?? .distantPast))
  }
}
