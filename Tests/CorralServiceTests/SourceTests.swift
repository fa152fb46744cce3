import CorralService
import CorralServing
import CorralStore
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct SourceTests {
  private func ids(_ made: MadeUpService, _ source: Source, _ count: Int = 5) throws -> [String] {
    try made.service.list(source, count: count, offset: 0, filter: Filter()).map(\.id)
  }

  @Test func `popular items are those of the histories, then of the events`() async throws {
    try await withService { made in
      let own = try made.recommender().recommend(Request(user: "nobody", count: 20))
      #expect(try ids(made, .popular, 20) == own.ids)
      var counts: [String: Int] = [:]
      for user in 0..<40 {
        for item in try made.recommender().history(of: "u\(user)") ?? [] {
          counts[item, default: 0] += 1
        }
      }
      // An item that only the service knows becomes the most popular one, once somebody puts it.
      let most = counts.values.max() ?? 0
      _ = try await made.service.accept([Event(user: "new", item: "its own", type: "click")])
      #expect(!(try ids(made, .popular, 100).contains("its own")))
      #expect(try made.service.item("its own") == nil)
      try await made.service.put([ItemRecord(id: "its own")])
      #expect(try ids(made, .popular, 100).contains("its own"))
      for number in 0...most {
        let event = Event(user: "new\(number)", item: "its own", type: "click")
        _ = try await made.service.accept([event])
        #expect(try ids(made, .popular, 1)[0] == "its own" || number < most - 1)
      }
      let answer = try await made.service.recommend(ServiceRequest(user: "nobody", count: 3))
      #expect(answer.ids[0] == "its own")
      #expect(answer.items[0].source == .popular && answer.items[0].stage == .fallback)
    }
  }

  @Test func `trending follows a burst of events and forgets it`() async throws {
    try await withService { made in
      #expect(try ids(made, .trending).isEmpty)
      try await made.service.put([ItemRecord(id: "burst")])
      for round in 0..<40 {
        _ = try await made.service.accept([
          Event(user: "u\(round)", item: "i\(round % 10)", type: "click")
        ])
      }
      for round in 0..<30 {
        _ = try await made.service.accept([Event(user: "b\(round)", item: "burst", type: "click")])
      }
      #expect(try ids(made, .trending, 1) == ["burst"])
      _ = try await made.service.accept(
        (0..<600).map { Event(user: "c\($0)", item: "i\($0 % 6)", type: "click") })
      let later = try ids(made, .trending, 6)
      #expect(Set(later) == ["i0", "i1", "i2", "i3", "i4", "i5"])
    }
  }

  @Test func `latest items are in the order of their publication`() async throws {
    try await withService { made in
      let now = made.clock.now
      let ages = ["i5": 30.0, "i9": 10, "fresh": 5, "old": 400, "i2": -20]
      try await made.service.put(
        ages.map { id, age in
          var record = ItemRecord(id: id)
          record.publishedAt = now - age
          return record
        })
      #expect(try ids(made, .latest, 4) == ["fresh", "i9", "i5", "old"])
      made.clock.pass(21)
      #expect(try ids(made, .latest, 5) == ["i2", "fresh", "i9", "i5", "old"])
    }
  }

  @Test func `latest items stay in order whatever changes`() async throws {
    try await withService { made in
      var random = SeededGenerator(seed: 2)
      var times: [Int: Date] = [:]
      for round in 0..<60 {
        // Far more changes than there are items, and times that come back.
        let changes = (0..<150).map { _ in random.next(below: 300) }
        try await made.service.put(
          changes.map { number in
            var record = ItemRecord(id: "own\(number)")
            times[number] =
              random.next(below: 5) == 0
              ? nil : made.clock.now - Double(random.next(below: 400))
            record.publishedAt = times[number]
            return record
          })
        let dated = times.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
        let found = try ids(made, .latest, dated.count).map { id in
          Int(id.dropFirst(3)).flatMap { times[$0] }
        }
        #expect(found == dated.map(\.value), "round \(round)")
        let all = try ids(made, .latest, 1000)
        #expect(Set(all).count == all.count && all.count == made.service.status.items)
      }
    }
  }

  @Test func `each prefix of a list holds the shares of its sources`() async throws {
    var settings = ServiceSettings()
    settings.sources.retriever = 0.6
    settings.sources.popular = 0.2
    settings.sources.latest = 0.2
    for ranker in [nil, LastFirst()] as [LastFirst?] {
      try await withService(SmallCatalogue(ranker: ranker), settings: settings) { made in
        try await made.service.put((0..<20).map { ItemRecord(id: "own\($0)") })
        let answer = try await made.service.recommend(ServiceRequest(user: "u1", count: 20))
        #expect(answer.ids.count { $0.hasPrefix("own") } == 4)
        #expect(answer.items.count { $0.source == .retriever } >= 12)
        for item in answer.items where item.id.hasPrefix("own") {
          #expect(item.source == .latest && item.stage == .quota && item.score == nil)
        }
        if ranker != nil {
          let placed = answer.items.filter { !$0.id.hasPrefix("own") }
          #expect(placed.allSatisfy { $0.stage == .ranker })
          #expect(placed.compactMap(\.score) == placed.compactMap(\.score).sorted(by: >))
        } else {
          let own = try made.recommender().recommend(Request(user: "u1", count: 12)).ids
          #expect(answer.items.filter { $0.source == .retriever }.map(\.id).starts(with: own))
        }
      }
    }
  }

  @Test func `neighbours of the last items are a source`() async throws {
    var settings = ServiceSettings()
    settings.sources.retriever = 0
    settings.sources.similar = 1
    settings.similarTo = 1
    try await withService(settings: settings) { made in
      let near = try made.recommender().similar(to: "i4", count: 6).map(\.id)
      let request = ServiceRequest(history: ["i9", "i4"], count: 5)
      let answer = try await made.service.recommend(request)
      #expect(answer.ids == Array(near.filter { $0 != "i9" }.prefix(5)))
      #expect(answer.items.allSatisfy { $0.source == .similar })
      #expect(try made.service.similar(to: "i4", count: 6, filter: Filter()).map(\.id) == near)
      #expect(throws: ServiceError.notFound("no item 'gone'")) {
        try made.service.similar(to: "gone", count: 6, filter: Filter())
      }
    }
  }

  @Test func `a source without a list of its own is refused`() async throws {
    try await withService { made in
      for source in [Source.retriever, .similar] {
        #expect(throws: ServiceError.self) {
          try made.service.list(source, count: 1, offset: 0, filter: Filter())
        }
      }
    }
  }
}
