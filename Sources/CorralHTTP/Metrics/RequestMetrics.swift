import CoreMetrics
import Synchronization

/// Counts requests by route and status, and their times by route; every status code counts.
///
/// All metrics of a route are made before the first request, but for the rare statuses.
package final class RequestMetrics: Sendable {
  /// The metrics of one route.
  private final class Entry: Sendable {
    let route: String
    let timer: Timer
    /// The counter of each status that occurred.
    let counters = Mutex<[(code: Int, counter: Counter)]>([])

    init(_ route: String, _ registry: MetricsRegistry) {
      self.route = route
      timer = Timer(
        label: "corral_http_request_duration_seconds", dimensions: [("route", route)],
        factory: registry)
    }
  }

  private let registry: MetricsRegistry
  private let entries: [Entry]
  /// The metrics of requests for nothing that there is.
  private let other: Entry

  /// Metrics for each of some routes.
  package init(_ routes: [Route], in registry: MetricsRegistry) {
    self.registry = registry
    entries = routes.map { Entry("\($0.method.rawValue) \($0.path)", registry) }
    other = Entry("other", registry)
  }

  /// Counts an answer; `nil` stands for a request that no route took.
  package func record(route: Int?, code: Int, elapsed: Duration) {
    let entry = route.map { entries[$0] } ?? other
    let (seconds, attoseconds) = elapsed.components
    entry.timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    entry.counters.withLock { counters in
      if let known = counters.first(where: { $0.code == code }) {
        known.counter.increment()
        return
      }
      let counter = Counter(
        label: "corral_http_requests_total",
        dimensions: [("route", entry.route), ("code", "\(code)")], factory: registry)
      counter.increment()
      counters.append((code, counter))
    }
  }
}
