import CorralData
import Testing

@Suite struct `the meaning of events` {
  private func weight(
    _ type: String?, _ value: Double? = nil, by rules: EventRules, worthless: [String] = []
  ) throws -> Float? {
    try EventMeaning(rules, worthless: worthless)
      .weight(of: StreamEvent(user: "u", item: "i", type: type, value: value))
  }

  @Test func `is 1 without rules, and 0 for worthless types`() throws {
    #expect(try weight("click", by: [:]) == 1)
    #expect(try weight(nil, by: [:]) == 1)
    #expect(try weight("skip", by: [:], worthless: ["skip"]) == 0)
  }

  @Test func `is the largest weight of the rules that hold, and nothing if none does`() throws {
    let rules: EventRules = ["click": 1, "buy": 4, "buy>=100": 9]
    #expect(try weight("click", by: rules) == 1)
    #expect(try weight("buy", 5, by: rules) == 4)
    #expect(try weight("buy", 100, by: rules) == 9)
    #expect(try weight("view", by: rules) == nil)
    // A rule that names a worthless type is heard.
    #expect(try weight("skip", by: ["skip": 2], worthless: ["skip"]) == 2)
  }

  @Test func `compares the values of events of a type, and of those without one`() throws {
    let rules: EventRules = ["rating>=4": 1, "rating==3": 0.3]
    #expect(try weight("rating", 5, by: rules) == 1)
    #expect(try weight(nil, 3, by: rules) == 0.3)
    #expect(try weight("rating", 2, by: rules) == nil)
    #expect(try weight("rating", nil, by: rules) == nil)
    #expect(try weight("price", 5, by: rules) == nil)
    #expect(try weight("price", 5, by: ["value>4": 2]) == 2)
    #expect(try weight("click", nil, by: ["type==click": 3, "event!=click": 5]) == 3)
  }

  @Test func `can be the value, at least 0, or at most 1 as a share`() throws {
    let value = EventRules([.init("watch", .value)])
    #expect(try weight("watch", 2.5, by: value) == 2.5)
    #expect(try weight("watch", -1, by: value) == 0)
    #expect(try weight("watch", nil, by: value) == 1)
    #expect(try weight("watch", 2.5, by: EventRules([.init("watch", .fraction)])) == 1)
  }

  @Test func `refuses conditions that no event can meet`() throws {
    let error = try #require(throws: DataError.self) {
      try EventMeaning(["tab==home": 1])
    }
    #expect("\(error)".contains("an event of a stream has a type and a value"))
  }
}
