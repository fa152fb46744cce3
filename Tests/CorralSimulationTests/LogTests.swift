import CorralData
import CorralSimulation
import CorralTesting
import Foundation
import Testing

@Suite struct LogTests {
  @Test func `a log is written and read back, with topics and titles`() async throws {
    let log = try await SimulatedLog(smallWorld(), days: 3, withImpressions: true, measures: true)
    let data = log.dataset(named: "small")
    #expect(data.items.count == 240 && data.log.count + data.impressions.count == log.events.count)
    #expect(data.log.count == DayReport(log.reports, policy: SimulatedLog.policy).clicks)
    try withTemporaryFolder { folder in
      try data.write(to: folder.path)
      let (read, report) = try Dataset.load(DataSettings(path: folder.path))
      #expect(report.problems.isEmpty && read.log.count == data.log.count)
      // A reader keeps one impression of a user and an item.
      #expect(report.rows >= log.events.count && read.impressions.count > 0)
      #expect(read.itemFeatures["topic"] != nil && read.log.times == data.log.times)
      let item = try #require(read.items.position(of: "i7"))
      #expect(read.title(of: ItemIndex(item))?.hasSuffix(", item 7") == true)
    }
  }

  @Test func `the mixture is better than random lists and worse than the best`() async throws {
    let log = try await SimulatedLog(smallWorld(), days: 3, measures: true)
    let total = DayReport(log.reports, policy: SimulatedLog.policy)
    #expect(total.random < total.expected && total.expected < total.best)
    #expect(total.missing == 0 && total.unknown == 0 && total.repeated == 0)
    #expect(log.events.allSatisfy { $0.kind == .click } && log.events.count == total.clicks)
  }

  @Test func `a simulation goes on where the log ends`() async throws {
    let log = try await SimulatedLog(smallWorld(), days: 3)
    let past = try #require(log.past)
    #expect(log.world.day == 3 && past.items.count == 200 && past.gone.count == 40)
    #expect(past.events == log.events)
    let born = Set(log.world.arrivals.map(\.id))
    #expect(
      born.isDisjoint(with: past.items.map(\.id)) && born.isDisjoint(with: past.gone.map(\.id)))
    var options = Simulation.Options()
    options.keepsEvents = true
    var simulation = Simulation(
      log.world, policies: [("oracle", OraclePolicy()), ("popular", PopularPolicy())],
      past: past, options: options)
    let day = try await simulation.next()
    #expect(day.day == 3 && day.reports.allSatisfy { $0.day == 3 })
    let before = Set(past.events.map { "\($0.user) \($0.item)" })
    for (report, events) in zip(day.reports, day.events) {
      #expect(report.repeated == 0 && report.unknown == 0)
      #expect(before.isDisjoint(with: events.map { "\($0.user) \($0.item)" }))
    }
    // What was popular in the log is shown, not only what is new.
    #expect(day.reports[1].newShare < 0.5)
    let longer = try await SimulatedLog(smallWorld(), days: 4)
    #expect(longer.events.starts(with: log.events))
  }

  @Test func `a log of no days has nothing behind it`() async throws {
    let log = try await SimulatedLog(smallWorld(), days: 0)
    #expect(log.past == nil && log.events.isEmpty && log.world.day == 0)
  }

  @Test func `a rate has Wilson's interval`() {
    let rate = DayReport.Rate(10, of: 100)
    #expect(rate.rate == 0.1 && abs(rate.low - 0.05523) < 1e-5 && abs(rate.high - 0.17437) < 1e-5)
    let none = DayReport.Rate(0, of: 0)
    #expect(none.low == 0 && none.high == 1)
    #expect(DayReport.Rate(0, of: 10).low == 0 && DayReport.Rate(10, of: 10).high == 1)
  }
}
