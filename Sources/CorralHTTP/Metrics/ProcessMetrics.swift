import CoreMetrics
import Foundation

/// What is measured of the process itself, when somebody asks.
struct ProcessMetrics: Sendable {
  private let memory: Gauge

  /// Metrics in a registry.
  init(in registry: MetricsRegistry) {
    memory = Gauge(label: "process_resident_memory_bytes", factory: registry)
    Gauge(label: "process_start_time_seconds", factory: registry)
      .record(Date().timeIntervalSince1970.rounded())
  }

  /// Measures anew.
  func refresh() {
    // Other systems than Linux have no such file, and then nothing is said.
    guard let data = FileManager.default.contents(atPath: "/proc/self/statm") else { return }
    let words = String(decoding: data, as: UTF8.self).split(separator: " ")
    guard words.count > 1, let pages = Int(words[1]) else { return }
    memory.record(pages * Int(sysconf(Int32(_SC_PAGESIZE))))
  }
}
