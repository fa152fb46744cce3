import CorralService
import CorralStore
import CorralVectors
import Foundation
import Testing

struct `the report of engagement` {
  @Test func `has Wilson's interval`() {
    // From R: prop.test(x, n, correct = FALSE)$conf.int.
    for (engaged, shown, low, high) in [
      (15, 50, 0.19103, 0.43751), (1, 10, 0.01787, 0.40415), (0, 20, 0, 0.16113),
      (20, 20, 0.83887, 1),
    ] {
      let rate = EngagementReport.Rate(shown: shown, engaged: engaged)
      #expect(abs(rate.low - low) < 1e-5 && abs(rate.high - high) < 1e-5, "\(rate)")
      #expect(rate.rate == Double(engaged) / Double(shown))
    }
    let empty = EngagementReport.Rate(shown: 0, engaged: 0)
    #expect(empty.rate == 0 && empty.low == 0 && empty.high == 1)
  }

  @Test func `holds the true rate 95 times in 100, also for rare events`() {
    var rng = SeededGenerator(seed: 1)
    for p in [0.5, 0.05] {
      let covered = (0..<2000).count { _ in
        let engaged = (0..<200).count { _ in rng.uniform() < p }
        let rate = EngagementReport.Rate(shown: 200, engaged: engaged)
        return rate.low <= p && p <= rate.high
      }
      #expect((1860...1960).contains(covered), "\(p): \(covered)")
    }
  }

  @Test func `counts the models of an arm together, and compares arms by answers`() {
    typealias Group = ExposureReport.Group
    func count(_ requests: Int, _ items: Int) -> ExposureReport.Count {
      ExposureReport.Count(requests: requests, users: 1, items: items, events: items)
    }
    var counts = ExposureReport()
    for (arm, model, factor) in [("a", "m1", 1), ("a", "m2", 2), ("b", "m1", 3)] {
      counts.shown[Group(arm: arm, model: model, source: nil)] = count(100 * factor, 1000 * factor)
      counts.shown[Group(arm: arm, model: model, source: "popular")] = count(
        90 * factor, 400 * factor)
      counts.engaged[Group(arm: arm, model: model, source: nil)] = [
        "click": count(10 * factor, 12 * factor)
      ]
      counts.engaged[Group(arm: arm, model: model, source: "popular")] = [
        "click": count(5 * factor, 6 * factor)
      ]
    }
    let report = EngagementReport(counts)
    #expect(
      report.rows.map { "\($0.arm ?? "") \($0.source?.rawValue ?? "all") \($0.type)" } == [
        "a all click", "a popular click", "b all click", "b popular click",
      ])
    #expect(report.rows.map(\.rate.shown) == [3000, 1200, 3000, 1200])
    #expect(report.rows.map(\.rate.engaged) == [36, 18, 36, 18])
    #expect(report.comparisons.count == 1)
    let test = SequentialTest().compare(
      EngagementReport.Rate(shown: 300, engaged: 30), EngagementReport.Rate(shown: 300, engaged: 30)
    )
    #expect(report.comparisons[0].low == test.low && report.comparisons[0].p == 1)
  }

  @Test func `says nothing of nothing`() {
    let report = EngagementReport(ExposureReport())
    #expect(report.rows.isEmpty && report.comparisons.isEmpty)
  }
}
