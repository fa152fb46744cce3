import CorralData
import CorralSimulation
import CorralTesting
import Foundation
import Testing

/// Shows the same list to everybody, whatever happens.
private struct FixedPolicy: Recommending {
  var shown: [ItemID]
  var heard: [SimulatedEvent] = []
  var met: [NewItem] = []
  var lost: [NewItem] = []

  mutating func lists(for visitors: [Visitor], count: Int) -> [[ItemID]] {
    visitors.map { _ in shown }
  }
  mutating func hear(_ events: [SimulatedEvent]) { heard += events }
  mutating func meet(_ items: [NewItem]) { met += items }
  mutating func lose(_ items: [NewItem]) { lost += items }
  mutating func notes() -> [String] {
    ["\(heard.count) \(met.count) \(lost.count) \(heard.count { $0.kind == .impression })"]
  }
}

@Suite struct SimulationTests {
  private func days(
    _ count: Int, of settings: WorldSettings,
    _ policies: [(name: String, policy: any Recommending)],
    _ change: (inout Simulation.Options) -> Void = { _ in }
  ) async throws -> [Simulation.Day] {
    var options = Simulation.Options()
    change(&options)
    var simulation = Simulation(
      try SimulatedWorld(settings), policies: policies, options: options)
    var days: [Simulation.Day] = []
    for _ in 0..<count { days.append(try await simulation.next()) }
    return days
  }

  private let builtIn: [(name: String, policy: any Recommending)] = [
    ("oracle", OraclePolicy()), ("popular", PopularPolicy()), ("random", RandomPolicy()),
  ]

  @Test func `the best lists beat popular ones, and those beat random ones`() async throws {
    let reports = try await days(3, of: smallWorld { $0.visits = 1_000 }, builtIn).flatMap(
      \.reports)
    for report in reports {
      #expect(report.best > report.popular && report.popular > report.random)
      #expect(report.expected <= report.best + 1e-12)
    }
    let totals = builtIn.map { DayReport(reports, policy: $0.name) }
    #expect(totals[0].expected == totals[0].best)
    #expect(totals[0].expected > 1.5 * totals[1].expected)
    #expect(totals[1].expected > totals[2].expected)
    #expect(totals[2].expected == totals[2].random)
    #expect(totals[0].visits == 3_000 && totals[0].places == 30_000 && totals[0].day == nil)
  }

  @Test func `over a long run the counted rate agrees with the expected one`() async throws {
    let settings = smallWorld { $0.visits = 4_000 }
    let reports = try await days(2, of: settings, builtIn) { $0.measures = false }
      .flatMap(\.reports)
    for (name, _) in builtIn {
      let total = DayReport(reports, policy: name)
      let rate = total.clickRate
      #expect(rate.low <= total.expected && total.expected <= rate.high, "\(name)")
      #expect(rate.high - rate.low < 0.01, "a narrow interval, or the above says little")
    }
  }

  @Test func `policies that show the same get the same clicks`() async throws {
    let list = (0..<10).map { "i\($0)" }
    let day = try await days(
      1, of: smallWorld(), [("one", FixedPolicy(shown: list)), ("two", FixedPolicy(shown: list))]
    ) { $0.keepsEvents = true }[0]
    #expect(!day.events[0].isEmpty && day.events[0] == day.events[1])
    #expect(day.reports[0].clicks == day.reports[1].clicks)
    // Another order has other places, and so other coins.
    let turned = try await days(1, of: smallWorld(), [("", FixedPolicy(shown: list.reversed()))]) {
      $0.keepsEvents = true
    }[0]
    #expect(turned.events[0] != day.events[0])
  }

  @Test func `what cannot be clicked is counted by its reason`() async throws {
    let list = ["i1", "i1", "nothing", "i5000", "i2"]
    let day = try await days(1, of: smallWorld(), [("fixed", FixedPolicy(shown: list))])[0]
    let report = day.reports[0]
    #expect(report.places == 3_000 && report.missing == 1_500 && report.unknown == 600)
    // Whoever clicked an item and comes again has seen it.
    #expect(report.repeated > 300 && report.repeated < 400)
    #expect(report.shown == 3_000 - 1_500 - 600 - report.repeated)
    #expect(report.clicks > 0 && report.clicks <= report.shown)
    let long = try await days(
      1, of: smallWorld(), [("long", FixedPolicy(shown: (0..<50).map { "i\($0)" }))])[0]
    #expect(long.reports[0].shown + long.reports[0].repeated == 3_000)
  }

  @Test func `nobody clicks an item twice`() async throws {
    let settings = smallWorld {
      $0.newItems = 0; $0.bestRate = 0.45
    }
    let events = try await days(3, of: settings, builtIn) { $0.keepsEvents = true }
    for place in builtIn.indices {
      let pairs = events.flatMap { $0.events[place] }.map { "\($0.user) \($0.item)" }
      #expect(pairs.count > 100 && Set(pairs).count == pairs.count)
    }
  }

  @Test func `a policy is told of items and events, and of impressions where asked`() async throws {
    let list = (0..<10).map { "i\($0)" }
    let plain = try await days(2, of: smallWorld(), [("", FixedPolicy(shown: list))])
    let words = plain.map { $0.notes[0].text.split(separator: " ").compactMap { Int($0) } }
    #expect(words[0][0] == plain[0].reports[0].clicks)
    #expect(words[0][1] == 200 && words[0][2] == 0 && words[0][3] == 0)
    #expect(words[1][1] == 220 && words[1][2] == 20)
    let told = try await days(1, of: smallWorld(), [("", FixedPolicy(shown: list))]) {
      $0.tellsImpressions = true
    }[0]
    let heard = told.notes[0].text.split(separator: " ").compactMap { Int($0) }
    #expect(heard[0] == told.reports[0].shown)
    #expect(heard[3] == told.reports[0].shown - told.reports[0].clicks)
  }

  @Test func `people who come at the same time change nothing for a policy that does not learn`()
    async throws
  {
    let list = (0..<10).map { "i\($0)" }
    let lists = try await [1, 7].asyncMap { atOnce in
      try await days(1, of: smallWorld(), [("", FixedPolicy(shown: list))]) {
        $0.atOnce = atOnce
        $0.keepsEvents = true
      }[0]
    }
    #expect(lists[0].events == lists[1].events && lists[0].reports == lists[1].reports)
  }

  @Test func `events are in the order of their times, within their day`() async throws {
    let all = try await days(2, of: smallWorld(), [("", OraclePolicy())]) { $0.keepsEvents = true }
    for day in all {
      let times = day.events[0].map { $0.time - Int64($0.place) }
      #expect(times == times.sorted())
      let start = WorldSettings().start + 86_400 * Int64(day.day)
      #expect(times.allSatisfy { (start..<start + 86_400).contains($0) })
    }
  }

  @Test func `the share of new items among random ones is a tenth`() async throws {
    let settings = smallWorld { $0.visits = 1_000 }
    let reports = try await days(3, of: settings, [("random", RandomPolicy())]).flatMap(\.reports)
    for report in reports.dropFirst() {
      #expect(abs(report.newShare - 0.1) < 0.01 && abs(report.tailShare - 0.8) < 0.02)
    }
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async throws
    -> [Result]
  {
    var results: [Result] = []
    for element in self { results.append(try await body(element)) }
    return results
  }
}
