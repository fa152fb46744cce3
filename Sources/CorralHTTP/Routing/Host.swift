package import Hummingbird
import Synchronization

/// What the routes know of the server around them.
package final class Host: Sendable {
  /// The OpenAPI document.
  package let document: ByteBuffer
  private let metrics: MetricsRegistry
  private let process: ProcessMetrics
  private let stopping = Atomic<Bool>(false)

  /// A server with its metrics and its document.
  package init(metrics: MetricsRegistry, document: ByteBuffer) {
    self.metrics = metrics
    self.document = document
    process = ProcessMetrics(in: metrics)
  }

  /// All metrics as Prometheus' text.
  package func metricsText() -> String {
    process.refresh()
    return metrics.text()
  }

  /// Whether the server takes nothing new.
  package var isStopping: Bool { stopping.load(ordering: .relaxed) }

  /// Says that the server takes nothing new from now on.
  package func stop() { stopping.store(true, ordering: .relaxed) }
}
