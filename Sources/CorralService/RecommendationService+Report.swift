package import Foundation

extension RecommendationService {
  /// How sources, arms and event types did since a time.
  package func report(since time: Date?) async throws -> EngagementReport { EngagementReport() }
}
