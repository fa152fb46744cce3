import Metrics
import Synchronization

/// What is measured of a model that goes on learning while it serves.
///
/// `corral_learn_up` is 1 while it learns and 0 while it stands still; `corral_learn_events`,
/// `corral_learn_examples`, `corral_learn_examples_per_second`, `corral_learn_loss`,
/// `corral_learn_recall{items}` of `all`, `head` and `tail`, `corral_learn_ndcg`,
/// `corral_learn_lag_events`, `corral_learn_model_age_seconds`, `corral_learn_popularity_shift`,
/// `corral_learn_estimator_error`, `corral_learn_publications`, `corral_learn_refusals`,
/// `corral_learn_users`, `corral_learn_items`.
///
/// A value that nobody knows has no series, and a service that does not learn has none at all: an alarm
/// must not take a missing number for a good one.
final class LearningMetrics: Sendable {
  private struct Name: Hashable {
    let label: String
    /// Which items it is about; empty for a metric without that label.
    let items: String
  }

  private let factory: any MetricsFactory
  private let gauges = Mutex<[Name: Gauge]>([:])

  /// The metrics of a service that has not learned yet.
  init(_ factory: any MetricsFactory) { self.factory = factory }

  /// Notes how learning stands; `nil` for a service that does not learn.
  func refresh(_ status: LearningStatus?) {
    var values: [Name: Double] = [:]
    func note(_ label: String, items: String = "", _ value: Double?) {
      if let value { values[Name(label: "corral_learn_" + label, items: items)] = value }
    }
    if let status {
      note("up", status.failure == nil ? 1 : 0)
      note("events", Double(status.events))
      note("examples", Double(status.examples))
      note("examples_per_second", status.examplesPerSecond)
      note("loss", status.loss)
      // Without a prediction nothing was right or wrong.
      if status.predictions > 0 {
        note("recall", items: "all", status.recall)
        note("recall", items: "head", status.headRecall)
        note("recall", items: "tail", status.tailRecall)
        note("ndcg", status.ndcg)
      }
      note("lag_events", status.lag.map(Double.init))
      note("model_age_seconds", status.modelAge)
      note("popularity_shift", status.popularityShift)
      note("estimator_error", status.estimatorError)
      note("publications", Double(status.publications))
      note("refusals", Double(status.refusals))
      note("users", Double(status.users))
      note("items", Double(status.items))
    }
    gauges.withLock { gauges in
      for (name, gauge) in gauges where values[name] == nil {
        gauge.destroy()
        gauges[name] = nil
      }
      for (name, value) in values {
        let gauge =
          gauges[name]
          ?? Gauge(
            label: name.label, dimensions: name.items.isEmpty ? [] : [("items", name.items)],
            factory: factory)
        gauge.record(value)
        gauges[name] = gauge
      }
    }
  }
}
