import CorralData
import CorralServing
import Metrics
import Synchronization

/// What a service measures about itself, under the names that dashboards know.
///
/// `corral_stage_duration_seconds{stage}`, `corral_candidates{stage}`,
/// `corral_fallback_total{reason}`, `corral_degraded_total{stage}`,
/// `corral_empty_responses_total`, `corral_queue_waiting`, `corral_model_info{version}`,
/// `corral_model_age_seconds`, `corral_index_items`, `corral_side_items`, `corral_stream_events_total{type}`,
/// `corral_experiment_exposures_total{arm}`, `corral_reload_total{result}`; and, while the model goes on
/// learning, those of `LearningMetrics`.
final class ServiceMetrics: Sendable {
  /// A stage of an answer.
  enum Stage: String, CaseIterable {
    case queue, encoding, retrieve, rank
  }

  private let factory: any MetricsFactory
  private let stages: [Stage: Timer]
  private let candidates: [Stage: Recorder]
  private let fallbacks: [AnswerPlan.Fallback: Counter]
  private let degraded: [Answer.Degradation: Counter]
  private let empty: Counter
  private let waiting: Gauge
  private let age: Gauge
  private let indexItems: Gauge
  private let sideItems: Gauge
  private let learning: LearningMetrics
  private let eventTypes = Mutex<[String: Counter]>([:])

  /// The metrics of a service.
  init(_ factory: any MetricsFactory) {
    self.factory = factory
    stages = Dictionary(
      uniqueKeysWithValues: Stage.allCases.map {
        (
          $0,
          Timer(
            label: "corral_stage_duration_seconds", dimensions: [("stage", $0.rawValue)],
            factory: factory)
        )
      })
    candidates = Dictionary(
      uniqueKeysWithValues: Stage.allCases.map {
        (
          $0,
          Recorder(
            label: "corral_candidates", dimensions: [("stage", $0.rawValue)], aggregate: true,
            factory: factory)
        )
      })
    fallbacks = Dictionary(
      uniqueKeysWithValues: AnswerPlan.Fallback.allCases.map {
        (
          $0,
          Counter(
            label: "corral_fallback_total", dimensions: [("reason", $0.rawValue)],
            factory: factory)
        )
      })
    degraded = Dictionary(
      uniqueKeysWithValues: Answer.Degradation.allCases.map {
        (
          $0,
          Counter(
            label: "corral_degraded_total", dimensions: [("stage", $0.rawValue)], factory: factory)
        )
      })
    empty = Counter(label: "corral_empty_responses_total", factory: factory)
    waiting = Gauge(label: "corral_queue_waiting", factory: factory)
    age = Gauge(label: "corral_model_age_seconds", factory: factory)
    indexItems = Gauge(label: "corral_index_items", factory: factory)
    sideItems = Gauge(label: "corral_side_items", factory: factory)
    learning = LearningMetrics(factory)
  }

  /// Notes how long a stage took.
  func stage(_ stage: Stage, milliseconds: Double) {
    stages[stage]?.recordNanoseconds(Int64(max(0, milliseconds) * 1e6))
  }

  /// Notes how many candidates a stage handed on.
  func candidates(_ stage: Stage, _ count: Int) { candidates[stage]?.record(count) }

  /// Notes an answer that another source than the model's had to give or to fill.
  func fallback(_ reason: AnswerPlan.Fallback) { fallbacks[reason]?.increment() }

  /// Notes an answer without the stage that was late.
  func degraded(_ stage: Answer.Degradation) { degraded[stage]?.increment() }

  /// Notes an answer without items.
  func emptyAnswer() { empty.increment() }

  /// How many types of events are told apart; senders can make up any number.
  private static let mostTypes = 64

  /// Notes events that were stored.
  func events(_ types: [String: Int]) {
    for (type, count) in types {
      let counter = eventTypes.withLock { known in
        let type = known[type] == nil && known.count >= Self.mostTypes ? "other" : type
        let counter =
          known[type]
          ?? Counter(
            label: "corral_stream_events_total", dimensions: [("type", type)], factory: factory)
        known[type] = counter
        return counter
      }
      counter.increment(by: count)
    }
  }

  /// Notes an answer of an arm.
  func exposure(arm: String) {
    Counter(
      label: "corral_experiment_exposures_total", dimensions: [("arm", arm)], factory: factory
    ).increment()
  }

  /// Notes what became of a new model.
  func reload(_ result: String) {
    Counter(label: "corral_reload_total", dimensions: [("result", result)], factory: factory)
      .increment()
  }

  /// Notes which models serve, the one for everybody first; those of before that are gone are 0 from now
  /// on.
  func models(_ served: [ServedModel], after old: [ServedModel] = []) {
    func info(_ version: String) -> Gauge {
      Gauge(label: "corral_model_info", dimensions: [("version", version)], factory: factory)
    }
    for model in old { info(model.version).record(0) }
    for model in served { info(model.version).record(1) }
    indexItems.record(served[0].recommender.items.count)
  }

  /// Notes what holds now: how old the model is, in seconds, how many requests wait, how many items are
  /// searched beside the index, and how learning stands.
  func refresh(
    age seconds: Double, waiting count: Int, sideItems items: Int, learning status: LearningStatus?
  ) {
    age.record(seconds)
    waiting.record(count)
    sideItems.record(items)
    learning.refresh(status)
  }
}
