import CorralStore
import Foundation
import Testing

@Suite struct EventTests {
  @Test func `an event comes back as it was sent, at its position`() async throws {
    try await withStore { store in
      let sent = [
        Event(
          id: "e-1", user: "ada", item: "tea", type: "rating", value: 4.5,
          time: Date(timeIntervalSince1970: 1_700_000_000.123456), request: "r-1"),
        event("ada", "☕️ \"q\" '; DROP TABLE events; --"),
        event("bob", "tea", type: "buy"),
      ]
      let receipts = try await store.append(sent)
      #expect(receipts.map(\.position) == [1, 2, 3])
      #expect(receipts.allSatisfy { !$0.isRepeat })
      let all = try await store.events(after: 0, limit: 10)
      #expect(all == zip(1..., sent).map { StoredEvent(position: $0, event: $1) })
      #expect(try await store.events(of: "ada", limit: 10) == Array(all[..<2]))
      #expect(try await store.events(of: "nobody", limit: 10).isEmpty)
    }
  }

  @Test func `reading begins after a position and ends at a limit`() async throws {
    try await withStore { store in
      _ = try await store.append((0..<20).map { event($0 % 2 == 0 ? "ada" : "bob", "i-\($0)") })
      #expect(try await store.events(after: 5, limit: 3).map(\.position) == [6, 7, 8])
      #expect(try await store.events(of: "ada", after: 3, limit: 2).map(\.position) == [5, 7])
      #expect(try await store.latestEvents(of: "bob", limit: 2).map(\.position) == [20, 18])
      #expect(
        try await store.latestEvents(of: "bob", before: 18, limit: 2).map(\.position) == [16, 14])
      #expect(try await store.lastPosition() == 20)
      var walked: [Int64] = []
      try store.forEachEvent(after: 17) { walked.append($0.position) }
      #expect(walked == [18, 19, 20])
    }
  }

  @Test func `receipts and the walk name the same keys`() async throws {
    try await withStore { store in
      let time = Date(timeIntervalSince1970: 12.5)
      let events = [
        event("ada", "tea"), Event(user: "bob", item: "tea", type: "stars", value: 3, time: time),
        event("ada", "milk", type: "buy"),
      ]
      let receipts = try await store.append(events)
      let users = try await store.keys(ofUsers: ["ada", "bob"])
      let items = try await store.keys(ofItems: ["tea", "milk"])
      #expect(receipts.map(\.user) == [users[0], users[1], users[0]])
      #expect(receipts.map(\.item) == [items[0], items[0], items[1]])
      var walked: [Store.EventKeys] = []
      try store.forEachEvent { walked.append($0) }
      #expect(walked.map(\.user) == receipts.map(\.user))
      #expect(walked.map(\.item) == receipts.map(\.item))
      #expect(walked.map(\.type) == ["click", "stars", "buy"])
      #expect(walked.map(\.value) == [nil, 3, nil])
      #expect(walked.map(\.time) == [nil, time, nil])
    }
  }

  @Test func `a repeated id is answered with the first event, and stores nothing`() async throws {
    try await withStore { store in
      let first = try await store.append([
        event("ada", "tea", id: "x"), event("ada", "milk", id: "x"), event("ada", "tea", id: "y"),
      ])
      #expect(first.map(\.isRepeat) == [false, true, false])
      #expect(first[1].position == 1 && first[1].item == first[0].item)
      let second = try await store.append([event("eve", "cake", id: "y"), event("ada", "tea")])
      #expect(second.map(\.isRepeat) == [true, false])
      #expect(second[0].position == first[2].position && second[0].user == first[2].user)
      // Whom and what only the repeat names are not known.
      #expect(try await store.knownKeys(ofUsers: ["eve"]) == [nil])
      #expect(try await store.knownKeys(ofItems: ["cake", "milk"]) == [nil, nil])
      #expect(try await store.counts().events == 3)
    }
  }

  @Test func `ids that differ in bytes are different, also where Swift calls them equal`()
    async throws
  {
    try await withStore { store in
      let (composed, apart) = ("caf\u{E9}", "cafe\u{301}")
      #expect(composed == apart)
      let keys = try await store.keys(ofItems: [composed, apart, composed])
      #expect(keys[0] != keys[1] && keys[0] == keys[2])
    }
  }

  @Test func `what cannot be stored is refused, with everything beside it`() async throws {
    try await withStore { store in
      let bad = [
        (event("a\0b", "tea"), "the user of an event"), (event("ada", ""), "the item of an event"),
        (event("ada", "tea", id: ""), "the id of an event"),
        (event("ada", "tea", type: "\0"), "the type of an event"),
        (event("ada", "tea", request: ""), "the request of an event"),
      ]
      for (event, what) in bad {
        await #expect(throws: StoreError.invalid(what: what)) {
          _ = try await store.append([Event(user: "ada", item: "tea", type: "click"), event])
        }
      }
      let stored = try await store.counts().events
      #expect(stored == 0)
      #expect(
        "\(StoreError.invalid(what: "the id of an event"))"
          == "the id of an event is empty or holds the character NUL, which cannot be stored")
    }
  }

  @Test func `times and values beyond all bounds are stored, and none stops the store`()
    async throws
  {
    try await withStore { store in
      let times = [1e300, -1e300, .infinity, .nan, 0, 253_402_300_799]
      _ = try await store.append(
        times.map {
          Event(
            user: "ada", item: "tea", type: "t", value: $0, time: Date(timeIntervalSince1970: $0))
        })
      let stored = try await store.events(after: 0, limit: 10).map(\.event)
      #expect(stored.map(\.value) == [1e300, -1e300, .infinity, nil, 0, 253_402_300_799])
      #expect(stored[4].time == Date(timeIntervalSince1970: 0))
      #expect(stored[5].time == Date(timeIntervalSince1970: 253_402_300_799))
    }
  }

  @Test func `positions and keys stay when the store is opened again`() async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var seen: [StoredEvent] = []
    for round in 0..<3 {
      let store = try Store(folder)
      #expect(try await store.events(after: 0, limit: 100) == seen)
      let receipts = try await store.append([
        event("ada", "i-\(round)", id: "e-\(round)"), event("ada", "i-0", id: "e-0"),
      ])
      #expect(receipts[0].user == UserKey(1) && receipts[1].position == 1)
      seen = try await store.events(after: 0, limit: 100)
      #expect(seen.map(\.position) == (0...round).map { Int64($0 + 1) })
      try store.close()
      try store.close()
      await #expect(throws: StoreError.closed(path: folder.path)) {
        _ = try await store.append([event("ada", "tea")])
      }
      await #expect(throws: StoreError.closed(path: folder.path)) {
        _ = try await store.events(after: 0, limit: 1)
      }
    }
  }
}
