import CoreMetrics
import Synchronization

/// One metric with its labels.
protocol Series: AnyObject, Sendable {
  /// Writes the lines of the metric.
  func write(_ name: String, labels: String, to text: inout String)
}

/// A count that only grows.
final class CounterSeries: CounterHandler, Series {
  private let value = Atomic<Int64>(0)

  func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

  func reset() { value.store(0, ordering: .relaxed) }

  func write(_ name: String, labels: String, to text: inout String) {
    PrometheusText.line(name, labels, "\(value.load(ordering: .relaxed))", to: &text)
  }
}

/// A sum of amounts that only grows.
final class SumSeries: FloatingPointCounterHandler, Series {
  private let value = Mutex(0.0)

  func increment(by amount: Double) { value.withLock { $0 += amount } }

  func reset() { value.withLock { $0 = 0 } }

  func write(_ name: String, labels: String, to text: inout String) {
    PrometheusText.line(name, labels, PrometheusText.number(value.withLock { $0 }), to: &text)
  }
}

/// A value that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, Series {
  private let value = Mutex(0.0)

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }

  func write(_ name: String, labels: String, to text: inout String) {
    PrometheusText.line(name, labels, PrometheusText.number(value.withLock { $0 }), to: &text)
  }
}

/// How many values fell under each of some bounds.
final class HistogramSeries: RecorderHandler, TimerHandler, Series {
  private struct State {
    var counts: [Int]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(_ bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.counts[bucket] += 1
      $0.sum += value
    }
  }

  /// Durations are shown in seconds, the base unit of Prometheus.
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func write(_ name: String, labels: String, to text: inout String) {
    let state = state.withLock { $0 }
    var count = 0
    for (place, bound) in (bounds + [.infinity]).enumerated() {
      count += state.counts[place]
      let edge = "le=\"\(PrometheusText.number(bound))\""
      PrometheusText.line(
        name + "_bucket", labels.isEmpty ? edge : labels + "," + edge, "\(count)", to: &text)
    }
    PrometheusText.line(name + "_sum", labels, PrometheusText.number(state.sum), to: &text)
    PrometheusText.line(name + "_count", labels, "\(count)", to: &text)
  }
}

extension [Double] {
  /// Bounds for durations.
  static let seconds: [Double] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10,
  ]
  /// Bounds for counts.
  private static let counts: [Double] = [
    0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000,
  ]

  /// The bounds that suit the unit in which a name ends.
  static func buckets(for name: String) -> [Double] {
    name.hasSuffix("_seconds") ? seconds : counts
  }
}
