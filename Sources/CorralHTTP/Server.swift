package import CorralService
import Hummingbird
import Logging
import Metrics
import ServiceLifecycle

/// The HTTP server of a service.
package struct Server: Sendable {
  private let service: RecommendationService

  /// A server in front of a service.
  package init(_ service: RecommendationService) { self.service = service }
}
