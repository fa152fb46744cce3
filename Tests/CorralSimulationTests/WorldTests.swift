import CorralData
import CorralSimulation
import CorralVectors
import Testing

/// A small world, which lives a day in a moment.
func smallWorld(_ change: (inout WorldSettings) -> Void = { _ in }) -> WorldSettings {
  var settings = WorldSettings()
  (settings.users, settings.items, settings.visits) = (300, 200, 300)
  change(&settings)
  return settings
}

@Suite struct WorldTests {
  /// The hash of texts.
  private func hash(_ texts: [String]) -> UInt64 {
    var hash = FNVHash()
    for text in texts {
      for byte in text.utf8 { hash.combine(UInt64(byte)) }
      hash.combine(0)
    }
    return hash.value
  }

  @Test func `the first day of a world is the same everywhere and for ever`() async throws {
    var options = Simulation.Options()
    options.keepsEvents = true
    let world = try SimulatedWorld(smallWorld())
    var simulation = Simulation(
      world, policies: [("oracle", OraclePolicy()), ("random", RandomPolicy())], options: options)
    let day = try await simulation.next()
    let events = day.events.joined().map { "\($0.user) \($0.item) \($0.visit) \($0.time)" }
    #expect(hash(world.arrivals.map { $0.id + $0.title + $0.topic }) == 17_290_509_836_703_496_525)
    #expect(hash(events) == 13_544_542_790_372_347_109)
  }

  @Test func `the same seed makes the same days, another seed others`() throws {
    let (one, two) = (
      try SimulatedWorld(smallWorld(), day: 5), try SimulatedWorld(smallWorld(), day: 5)
    )
    let other = try SimulatedWorld(smallWorld { $0.seed = 7 }, day: 5)
    #expect(one.arrivals == two.arrivals && one.faded == two.faded && one.userIDs == two.userIDs)
    #expect((0..<300).map(one.visitor) == (0..<300).map(two.visitor))
    #expect((0..<300).map(one.visitor) != (0..<300).map(other.visitor))
    for user in one.userIDs.prefix(20) {
      #expect(one.oracle(for: user, count: 10) == two.oracle(for: user, count: 10))
    }
    #expect(one.arrivals.map(\.topic) != other.arrivals.map(\.topic))
  }

  @Test func `a tenth of the catalogue is new each day, and as many items fade`() throws {
    var world = try SimulatedWorld(smallWorld())
    var here = Set(world.arrivals.map(\.id))
    #expect(here.count == 200 && world.faded.isEmpty)
    for day in 1...12 {
      world.pass()
      #expect(world.day == day && world.arrivals.count == 20 && world.faded.count == 20)
      let (born, gone) = (Set(world.arrivals.map(\.id)), Set(world.faded.map(\.id)))
      #expect(gone.isSubset(of: here) && born.isDisjoint(with: here))
      here = here.subtracting(gone).union(born)
      #expect(here.allSatisfy { world.row(of: $0) != nil })
      #expect(gone.allSatisfy { world.row(of: $0) == nil })
    }
  }

  @Test func `people leave and come, and the others stay`() throws {
    var world = try SimulatedWorld(smallWorld { $0.newUsers = 0.1 })
    let first = Set(world.userIDs)
    world.pass()
    let second = Set(world.userIDs)
    #expect(second.count == 300 && first.intersection(second).count == 270)
  }

  @Test(arguments: ["", "i", "i-1", "i01", "i1 ", "1", "u1", "i99999999", "i9999999999999999999"])
  func `what is no item of the world has no row`(id: String) throws {
    let world = try SimulatedWorld(smallWorld())
    #expect(world.row(of: id) == nil)
    #expect(world.expectedRate(of: [id], for: "u0") == 0)
    #expect(world.oracle(for: "nobody", count: 3) == nil)
  }

  @Test func `items have titles that people can read`() throws {
    let world = try SimulatedWorld(smallWorld())
    for item in world.arrivals {
      #expect(item.title == "\(item.topic), item \(item.id.dropFirst())")
    }
    #expect(Set(world.arrivals.map(\.topic)).count == 12)
  }

  /// The share of the best ten that are still among the best ten a week later.
  private func kept(_ settings: WorldSettings) throws -> Double {
    let (before, after) = (try SimulatedWorld(settings), try SimulatedWorld(settings, day: 7))
    let users = before.userIDs.filter(Set(after.userIDs).contains)
    let shares = users.map { user in
      let lists = [before, after].map { Set($0.oracle(for: user, count: 10) ?? []) }
      return Double(lists[0].intersection(lists[1]).count) / 10
    }
    return shares.reduce(0, +) / Double(users.count)
  }

  @Test func `tastes drift and seasons pass, and without either the best lists stay`() throws {
    func world(drift: Double = 0, season: Double = 0) -> WorldSettings {
      smallWorld {
        ($0.newItems, $0.newUsers) = (0, 0)
        ($0.drift, $0.season) = (drift, season)
      }
    }
    let drifting = try kept(world(drift: 0.1))
    #expect(try kept(world()) == 1)
    #expect(drifting < 0.8 && drifting > 0.1)
    #expect(try kept(world(drift: 0.5)) < drifting)
    #expect(try kept(world(season: 0.5)) < 0.9)
  }

  @Test func `the best list is the best in its own truth, and its rate is as the settings say`()
    throws
  {
    let settings = smallWorld { $0.bestRate = 0.15 }
    let world = try SimulatedWorld(settings)
    var random = SeededGenerator(seed: 5)
    var sum = 0.0
    for user in world.userIDs {
      let best = try #require(world.oracle(for: user, count: 10))
      let rate = try #require(world.expectedRate(of: best, for: user))
      sum += rate
      let others = (0..<10).map { _ in world.arrivals[random.next(below: 200)].id }
      let lists = [Array(best.reversed()), others, Array(best.dropLast()) + ["i9999"]]
      for list in lists { #expect(world.expectedRate(of: list, for: user) ?? 1 <= rate + 1e-9) }
    }
    #expect(abs(sum / 300 - 0.15) < 0.01)
  }

  private static let bad: [(String, String, @Sendable (inout WorldSettings) -> Void)] = [
    ("users", "0", { $0.users = 0 }),
    ("items", "5", { $0.items = 5 }),
    ("list", "201", { $0.list = 201 }),
    ("newItems", "1.5", { $0.newItems = 1.5 }),
    ("drift", "nan", { $0.drift = .nan }),
    ("sharpness", "0.0", { $0.sharpness = 0 }),
    ("bestRate", "0.6", { $0.bestRate = 0.6 }),
    ("bias", "-1.0", { $0.bias = -1 }),
    ("start", "-1", { $0.start = -1 }),
  ]

  @Test(arguments: bad)
  func `a setting that no world can have is named`(
    key: String, value: String, change: @escaping @Sendable (inout WorldSettings) -> Void
  ) throws {
    let error = #expect(throws: SettingError.self) { try SimulatedWorld(smallWorld(change)) }
    #expect(error?.path == key && error?.value == value)
  }
}
