import CoreMetrics
import Synchronization

/// Counts requests by route and status, and their times by route; every status code counts.
///
/// The metrics of a route are made by its first request, so that nobody reads of those without any.
package final class RequestMetrics: Sendable {
  /// The metrics of one route.
  private final class Entry: Sendable {
    let route: String
    /// The counter of each status that occurred, and the time of all.
    let metrics = Mutex<(timer: Timer?, counters: [(code: Int, counter: Counter)])>((nil, []))

    init(_ route: String) { self.route = route }
  }

  private let registry: MetricsRegistry
  private let entries: [Entry]
  /// The metrics of requests for nothing that there is.
  private let other: Entry

  /// Metrics for each of some routes.
  package init(_ routes: [Route], in registry: MetricsRegistry) {
    self.registry = registry
    entries = routes.map { Entry("\($0.method.rawValue) \($0.path)") }
    other = Entry("other")
  }

  /// Counts an answer; `nil` stands for a request that no route took.
  package func record(route: Int?, code: Int, elapsed: Duration) {
    let entry = route.map { entries[$0] } ?? other
    let (seconds, attoseconds) = elapsed.components
    let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    entry.metrics.withLock { metrics in
      let timer =
        metrics.timer
        ?? Timer(
          label: "corral_http_request_duration_seconds", dimensions: [("route", entry.route)],
          factory: registry)
      metrics.timer = timer
      timer.recordNanoseconds(nanoseconds)
      if let known = metrics.counters.first(where: { $0.code == code }) {
        known.counter.increment()
        return
      }
      let counter = Counter(
        label: "corral_http_requests_total",
        dimensions: [("route", entry.route), ("code", "\(code)")], factory: registry)
      counter.increment()
      metrics.counters.append((code, counter))
    }
  }
}
