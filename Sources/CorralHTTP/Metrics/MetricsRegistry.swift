package import CoreMetrics
import Synchronization

/// Keeps the metrics of the process for Prometheus: a `MetricsFactory` of swift-metrics.
///
/// A metric is looked up once, when it is made; counting touches nothing but the metric itself.
package final class MetricsRegistry: MetricsFactory, Sendable {
  /// What kind of metric a name has.
  enum Kind: String { case counter, gauge, histogram }

  /// All metrics of one name.
  struct Family {
    let kind: Kind
    /// Each metric by its labels, as they are written.
    var series: [String: any Series] = [:]
  }

  /// How many metrics of one name there may be: a label with too many values must not fill memory.
  static let mostSeries = 1000

  private let families = Mutex<[String: Family]>([:])

  /// A registry without metrics.
  package init() {}

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter) { CounterSeries() }
  }

  package func makeFloatingPointCounter(label: String, dimensions: [(String, String)])
    -> any FloatingPointCounterHandler
  {
    series(label, dimensions, .counter) { SumSeries() }
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, .gauge) { GaugeSeries() }
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool)
    -> any RecorderHandler
  {
    aggregate
      ? series(label, dimensions, .histogram) { HistogramSeries(.buckets(for: label)) }
      : series(label, dimensions, .gauge) { GaugeSeries() }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions, .histogram) { HistogramSeries(.seconds) }
  }

  package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    remove(handler)
  }
  package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  /// The metric of a name and labels, made if there is none.
  ///
  /// A metric that would be one too many, or of another kind than its name has, counts by itself and
  /// is shown nowhere.
  private func series<Made: Series>(
    _ label: String, _ dimensions: [(String, String)], _ kind: Kind, make: () -> Made
  ) -> Made {
    let name = PrometheusText.name(label)
    let labels = PrometheusText.labels(dimensions)
    return families.withLock { families in
      var family = families[name] ?? Family(kind: kind)
      if let known = family.series[labels] { return known as? Made ?? make() }
      let made = make()
      guard family.kind == kind, family.series.count < Self.mostSeries else { return made }
      family.series[labels] = made
      families[name] = family
      return made
    }
  }

  private func remove(_ handler: AnyObject) {
    families.withLock { families in
      families = families.mapValues { family in
        Family(kind: family.kind, series: family.series.filter { $0.value !== handler })
      }
      .filter { !$0.value.series.isEmpty }
    }
  }

  /// All metrics as Prometheus' text.
  package func text() -> String {
    PrometheusText.text(of: families.withLock { $0 })
  }
}
