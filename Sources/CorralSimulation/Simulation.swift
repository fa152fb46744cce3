/// Lets the people of a world come, be shown lists, and click: day by day, under several policies
/// side by side.
///
/// Each policy has a history of its own. The visits are the same for all of them, and so are the
/// coins of a visit, an item and a place.
package struct Simulation: Sendable {
  /// How a simulation is run.
  package struct Options: Sendable, Equatable {
    /// How many visitors come at the same time: their lists are asked for together, and what they did
    /// is heard afterwards.
    package var atOnce = 1
    /// Whether policies hear of what was shown and not clicked.
    package var tellsImpressions = false
    /// Whether events are in the result of a day.
    package var keepsEvents = false
    /// Whether the best, a popular and a random list are looked for at each visit.
    package var measures = true

    /// One visitor after the other, and clicks alone.
    package init() {}
  }

  /// What happened on a day.
  package struct Day: Sendable {
    /// The day, from 0.
    package let day: Int
    /// A report for each policy.
    package let reports: [DayReport]
    /// The events of each policy, if they are kept.
    package let events: [[SimulatedEvent]]
    /// What policies had to say, each with the name of its policy.
    package let notes: [(policy: String, text: String)]
  }

  /// A policy with what people clicked under it.
  private struct Arm: Sendable {
    let name: String
    var policy: any Recommending
    var clicked: ClickedItems
  }

  /// The world on the day that `next` lives.
  package private(set) var world: SimulatedWorld
  private let options: Options
  private var arms: [Arm]
  private var past: SimulatedPast?

  /// A simulation from a day of a world on, under named policies.
  ///
  /// `past` is what came before that day, which is in everybody's history.
  package init(
    _ world: SimulatedWorld, policies: [(name: String, policy: any Recommending)],
    past: SimulatedPast? = nil, options: Options = Options()
  ) {
    var clicked = ClickedItems()
    if let past { clicked.hear(past.events) }
    self.world = world
    self.options = options
    self.past = past
    arms = policies.map { Arm(name: $0.name, policy: $0.policy, clicked: clicked) }
  }

  /// Lives a day, and leaves the world on the morning of the next one.
  ///
  /// `told` is called with the visits that are done, of each policy one.
  package mutating func next(_ told: (Int) -> Void = { _ in }) async throws -> Day {
    let visits = world.settings.visits
    var reports: [DayReport] = []
    var events: [[SimulatedEvent]] = []
    var notes: [(policy: String, text: String)] = []
    for place in arms.indices {
      var arm = arms[place]
      if let past { try await arm.policy.remember(past) }
      arm.policy.wake(in: world)
      if !world.arrivals.isEmpty { try await arm.policy.meet(world.arrivals) }
      if !world.faded.isEmpty { try await arm.policy.lose(world.faded) }
      var report = DayReport(policy: arm.name, day: world.day)
      var kept: [SimulatedEvent] = []
      for first in stride(from: 0, to: visits, by: max(1, options.atOnce)) {
        let range = first..<min(first + max(1, options.atOnce), visits)
        kept += try await live(range, under: &arm, into: &report)
        told(place * visits + range.upperBound)
      }
      notes += arm.policy.notes().map { (arm.name, $0) }
      arms[place] = arm
      reports.append(report)
      events.append(kept)
    }
    past = nil
    let day = Day(day: world.day, reports: reports, events: events, notes: notes)
    world.pass()
    return day
  }

  /// Lives visits of today that happen at the same time; returns their events if they are kept.
  private func live(
    _ range: Range<Int>, under arm: inout Arm, into report: inout DayReport
  ) async throws -> [SimulatedEvent] {
    let count = world.settings.list
    let visitors = range.map(world.visitor)
    let lists = try await arm.policy.lists(for: visitors, count: count)
    var events: [SimulatedEvent] = []
    for (visitor, list) in zip(visitors, lists) {
      let outcome = world.outcome(
        of: list, for: visitor, count: count, clicked: arm.clicked,
        isMeasured: options.measures)
      for click in outcome.clicked { arm.clicked.insert(click.item, of: visitor.number) }
      report.add(outcome, count: count)
      events += outcome.events(of: visitor, withImpressions: options.tellsImpressions)
    }
    if !events.isEmpty { try await arm.policy.hear(events) }
    return options.keepsEvents ? events : []
  }
}
