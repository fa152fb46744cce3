import CorralIndex
import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Testing

@Suite struct AnswerTests {
  static let catalogues: [SmallCatalogue] = [
    SmallCatalogue(), SmallCatalogue(unplacedEvery: 5), SmallCatalogue(index: .hnsw),
    SmallCatalogue(ranker: LastFirst()), SmallCatalogue(unplacedEvery: 4, ranker: LastFirst()),
  ]

  @Test(arguments: catalogues.indices)
  func `by default a list is the model's list`(_ number: Int) async throws {
    try await withService(Self.catalogues[number]) { made in
      let recommender = try made.recommender()
      for user in 0..<42 {
        let own = try recommender.recommend(Request(user: "u\(user)", count: 7))
        let answer = try await made.service.recommend(ServiceRequest(user: "u\(user)", count: 7))
        #expect(answer.ids == own.ids, "u\(user)")
        #expect(answer.items.map(\.title) == own.items.map(\.title))
        #expect(answer.items.map(\.score) == own.items.map(\.score))
        #expect(
          answer.items.allSatisfy { ($0.stage == .fallback) == (own.fallback != nil) })
      }
    }
  }

  @Test func `an event changes the next answer of its user at once`() async throws {
    try await withService { made in
      let recommender = try made.recommender()
      // A known user, a known one without history, and one that training never met.
      for user in ["u1", "u0", "somebody"] {
        var history = recommender.history(of: user) ?? []
        for _ in 0..<3 {
          let before = try await made.service.recommend(ServiceRequest(user: user, count: 5))
          let met = before.items[2].id
          let receipts = try await made.service.accept([
            Event(user: user, item: met, type: "click", request: before.request)
          ])
          #expect(receipts.count == 1 && !receipts[0].isRepeat)
          history.append(met)
          let after = try await made.service.recommend(ServiceRequest(user: user, count: 5))
          #expect(!after.ids.contains(met))
          #expect(
            after.ids == (try recommender.recommend(Request(history: history, count: 5))).ids)
        }
      }
      let others = try await made.service.recommend(ServiceRequest(user: "u2", count: 5))
      #expect(others.ids == (try recommender.recommend(Request(user: "u2", count: 5))).ids)
    }
  }

  @Test func `a given history takes the place of what is known`() async throws {
    try await withService { made in
      let recommender = try made.recommender()
      let own = try recommender.recommend(Request(history: ["i3", "i9"], count: 8)).ids
      for user in [nil, "u1", "nobody"] {
        let request = ServiceRequest(user: user, history: ["i3", "i9"], count: 8)
        #expect(try await made.service.recommend(request).ids == own)
      }
      var request = ServiceRequest(history: ["i3", "gone", "i9"], count: 8)
      let answer = try await made.service.recommend(request)
      #expect(answer.ids == own)
      #expect(answer.notices == ["unknown items of the history were ignored: 'gone'"])
      request = ServiceRequest(history: ["gone"], count: 8)
      let stranger = try await made.service.recommend(request)
      #expect(stranger.items.count == 8 && stranger.items.allSatisfy { $0.stage == .fallback })
    }
  }

  @Test func `what somebody does not want is left out and changes nothing else`() async throws {
    try await withService { made in
      let before = try await made.service.recommend(ServiceRequest(user: "u1", count: 6))
      _ = try await made.service.accept([
        Event(user: "u1", item: before.ids[1], type: "dislike")
      ])
      var request = ServiceRequest(user: "u1", count: 5)
      let after = try await made.service.recommend(request)
      #expect(after.ids == before.ids.filter { $0 != before.ids[1] })
      #expect(after.items[0].score == before.items[0].score)
      request.seen = .include
      request.count = 60
      #expect(!(try await made.service.recommend(request).ids.contains(before.ids[1])))
      // An impression says nothing at all.
      _ = try await made.service.accept([
        Event(user: "u1", item: after.ids[0], type: "impression")
      ])
      let same = try await made.service.recommend(ServiceRequest(user: "u1", count: 5))
      #expect(same.ids == after.ids)
    }
  }

  @Test(arguments: catalogues.indices, [0.0, 0.6])
  func `pages of a list fit together`(_ number: Int, _ diversity: Double) async throws {
    var settings = ServiceSettings()
    settings.sources.popular = 0.2
    for sources in [SourceShares(), settings.sources] {
      settings.sources = sources
      settings.diversity = diversity
      try await withService(Self.catalogues[number], settings: settings) { made in
        for user in ["u0", "u1", "u5", "nobody"] {
          let whole = try await made.service.recommend(ServiceRequest(user: user, count: 70)).ids
          #expect(Set(whole).count == whole.count)
          for size in [1, 7, 20, 33] {
            var paged: [String] = []
            for page in 0..<(70 / size + 1) {
              var request = ServiceRequest(user: user, count: size)
              request.offset = page * size
              paged += try await made.service.recommend(request).ids
            }
            #expect(paged == whole, "\(user), pages of \(size)")
          }
        }
      }
    }
  }

  @Test func `a list longer than the catalogue is the whole catalogue`() async throws {
    try await withService(SmallCatalogue(unplacedEvery: 6, ranker: LastFirst())) { made in
      var request = ServiceRequest(user: "u1", count: 1000)
      request.seen = .include
      let whole = try await made.service.recommend(request)
      #expect(Set(whole.ids).count == 60)
      request.offset = 59
      let last = try await made.service.recommend(request)
      #expect(last.ids == [whole.ids[59]])
      request.offset = 60
      let beyond = try await made.service.recommend(request)
      #expect(beyond.items.isEmpty)
    }
  }

  @Test func `requests that cannot be meant are refused by their field`() async throws {
    try await withService { made in
      func field(_ change: (inout ServiceRequest) -> Void) async -> String? {
        var request = ServiceRequest(user: "u1", count: 5)
        change(&request)
        do {
          _ = try await made.service.recommend(request)
          return nil
        } catch ServiceError.badField(let field, _) {
          return field
        } catch {
          return "\(error)"
        }
      }
      #expect(await field { $0.count = 0 } == "k")
      #expect(await field { $0.offset = -1 } == "offset")
      #expect(await field { $0.offset = .max } == "offset")
      #expect(await field { $0.count = 10_001 } == "k")
      #expect(
        await field { $0.filter = Filter(["year": .range(min: .nan, max: nil)]) }
          == "filter.year")
      #expect(await field { $0.diversity = 1.5 } == "diversity")
      #expect(await field { $0.diversity = .nan } == "diversity")
      #expect(await field { $0.deadline = 0 } == "deadline_ms")
      #expect(await field { $0.context = ["tab": "1"] } == "context")
      #expect(
        await field { $0.filter = Filter(["colour": .oneOf(["red"])]) } == "filter.colour")
      #expect(await field { $0.filter = Filter(["genre": .oneOf(["western"])]) } == nil)
    }
  }

  @Test func `reasons are those of the model`() async throws {
    try await withService { made in
      var own = Request(user: "u5", count: 6)
      own.isExplained = true
      var request = ServiceRequest(user: "u5", count: 6)
      request.isExplained = true
      let answer = try await made.service.recommend(request)
      let expected = try made.recommender().recommend(own)
      #expect(answer.items.map(\.because) == expected.items.map(\.because))
      #expect(answer.items.contains { !($0.because ?? []).isEmpty })
    }
  }

  @Test func `given items are placed as the model scores them`() async throws {
    for catalogue in [SmallCatalogue(), SmallCatalogue(unplacedEvery: 7, ranker: LastFirst())] {
      try await withService(catalogue) { made in
        let items = (0..<60).filter { $0 % 4 == 1 }.map { "i\($0)" }
        let scores = try made.recommender().score(items, for: Request(user: "u1"))
        let expected = zip(items, scores).filter { $1 != nil }
          .sorted { ($0.1 ?? 0) > ($1.1 ?? 0) }.map(\.0)
        let answer = try await made.service.rank(
          items + ["gone", "i1"], for: ServiceRequest(user: "u1"))
        #expect(Array(answer.ids.prefix(expected.count)) == expected)
        #expect(Set(answer.ids) == Set(items))
        #expect(answer.notices.count == 1)
      }
    }
  }
}
