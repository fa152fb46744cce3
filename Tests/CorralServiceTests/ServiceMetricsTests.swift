import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Metrics
import Synchronization
import Testing

/// A factory that adds up what it is told, by label and dimensions.
final class Sums: MetricsFactory {
  private let values = Mutex<[String: Double]>([:])

  subscript(_ name: String) -> Double? { values.withLock { $0[name] } }

  /// The names of all metrics that have a value.
  var names: [String] { values.withLock { Array($0.keys) } }

  fileprivate func change(_ name: String, _ body: (Double) -> Double) {
    values.withLock { $0[name] = body($0[name] ?? 0) }
  }

  private func handler(
    _ label: String, _ dimensions: [(String, String)], isGauge: Bool = false
  ) -> Sum {
    let parts = dimensions.map { "\($0)=\($1)" }.joined(separator: ",")
    return Sum(
      name: parts.isEmpty ? label : "\(label){\(parts)}", isGauge: isGauge, sums: self)
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    handler(label, dimensions)
  }
  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler { handler(label, dimensions, isGauge: !aggregate) }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    handler(label, dimensions)
  }
  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    handler(label, dimensions)
  }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {
    if let sum = handler as? Sum { values.withLock { $0[sum.name] = nil } }
  }
  func destroyTimer(_ handler: any TimerHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
}

/// One metric: counters and recorders add up, timers count, gauges hold the last value.
private final class Sum: CounterHandler, RecorderHandler, TimerHandler, MeterHandler {
  let name: String
  let isGauge: Bool
  let sums: Sums

  init(name: String, isGauge: Bool, sums: Sums) {
    self.name = name
    self.isGauge = isGauge
    self.sums = sums
  }

  func increment(by amount: Int64) { sums.change(name) { $0 + Double(amount) } }
  func increment(by amount: Double) { sums.change(name) { $0 + amount } }
  func decrement(by amount: Double) { sums.change(name) { $0 - amount } }
  func reset() { sums.change(name) { _ in 0 } }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) { sums.change(name) { isGauge ? value : $0 + value } }
  func set(_ value: Int64) { sums.change(name) { _ in Double(value) } }
  func set(_ value: Double) { sums.change(name) { _ in value } }
  func recordNanoseconds(_ duration: Int64) { sums.change(name) { $0 + 1 } }
}

@Suite struct ServiceMetricsTests {
  @Test func `what happens is counted under the names of dashboards`() async throws {
    let sums = Sums()
    let catalogue = SmallCatalogue(ranker: LastFirst())
    try await withService(["model": catalogue], metrics: sums) { made in
      for user in ["u1", "u2", "nobody"] {
        _ = try await made.service.recommend(ServiceRequest(user: user, count: 3))
      }
      var request = ServiceRequest(user: "u1", count: 3)
      request.filter = Filter(["year": .range(min: 0, max: 1)])
      _ = try await made.service.recommend(request)
      _ = try await made.service.accept([
        Event(user: "u1", item: "i3", type: "click"), Event(user: "u1", item: "i4", type: "click"),
        Event(user: "u1", item: "i5", type: "buy"),
      ])
      for stage in ["queue", "encoding", "retrieve"] {
        #expect(sums["corral_stage_duration_seconds{stage=\(stage)}"] == 4)
      }
      #expect(sums["corral_stage_duration_seconds{stage=rank}"] == 2)
      #expect(sums["corral_candidates{stage=rank}"] == 40)
      #expect(sums["corral_fallback_total{reason=unknown_user}"] == 1)
      #expect(sums["corral_empty_responses_total"] == 1)
      #expect(sums["corral_stream_events_total{type=click}"] == 2)
      #expect(sums["corral_stream_events_total{type=buy}"] == 1)
      let version = made.service.status.model
      #expect(sums["corral_model_info{version=\(version)}"] == 1)
      made.clock.pass(90)
      made.service.refreshMetrics()
      #expect(sums["corral_model_age_seconds"] == 90)
      #expect(sums["corral_index_items"] == 60)
      #expect(sums["corral_queue_waiting"] == 0)
      _ = try? await made.service.reload(made.folder.appending(path: "missing"))
      #expect(sums["corral_reload_total{result=refused}"] == 1)
      // Senders cannot make up any number of names.
      for number in 0..<100 {
        _ = try await made.service.accept([Event(user: "u1", item: "i3", type: "t\(number)")])
      }
      #expect((sums["corral_stream_events_total{type=other}"] ?? 0) > 30)
    }
  }

  @Test func `how learning stands is measured while the service learns, and not otherwise`()
    async throws
  {
    let sums = Sums()
    try await withService(["model": SmallCatalogue()], metrics: sums) { made in
      func learned() -> [String] { sums.names.filter { $0.hasPrefix("corral_learn_") } }
      made.service.refreshMetrics()
      #expect(learned().isEmpty)

      var status = LearningStatus()
      made.service.note(status)
      made.service.refreshMetrics()
      #expect(sums["corral_learn_up"] == 1)
      // What nobody knows yet has no series.
      for name in ["loss", "recall{items=all}", "ndcg", "lag_events", "estimator_error"] {
        #expect(sums["corral_learn_" + name] == nil, "\(name)")
      }

      (status.events, status.examples, status.examplesPerSecond) = (9, 7, 3.5)
      (status.loss, status.ndcg, status.lag, status.modelAge) = (0.25, 0.125, 4, 60)
      (status.predictions, status.recall) = (5, 0.5)
      (status.headRecall, status.tailRecall) = (0.75, 0.25)
      (status.popularityShift, status.estimatorError) = (0.1, 0.2)
      (status.publications, status.refusals, status.users, status.items) = (2, 1, 30, 40)
      made.service.note(status)
      made.service.refreshMetrics()
      let expected: [String: Double] = [
        "up": 1, "events": 9, "examples": 7, "examples_per_second": 3.5, "loss": 0.25,
        "recall{items=all}": 0.5, "recall{items=head}": 0.75, "recall{items=tail}": 0.25,
        "ndcg": 0.125, "lag_events": 4, "model_age_seconds": 60, "popularity_shift": 0.1,
        "estimator_error": 0.2, "publications": 2, "refusals": 1, "users": 30, "items": 40,
      ]
      #expect(Set(learned()) == Set(expected.keys.map { "corral_learn_" + $0 }))
      for (name, value) in expected {
        #expect(sums["corral_learn_" + name] == value, "\(name)")
      }

      (status.failure, status.lag) = ("the disk is full", nil)
      made.service.note(status)
      made.service.refreshMetrics()
      #expect(sums["corral_learn_up"] == 0 && sums["corral_learn_lag_events"] == nil)

      made.service.note(nil)
      made.service.refreshMetrics()
      #expect(learned().isEmpty)
    }
  }
}
