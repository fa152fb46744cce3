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
  func destroyRecorder(_ handler: any RecorderHandler) {}
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
}
