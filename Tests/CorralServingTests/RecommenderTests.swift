import CorralData
import CorralIndex
import CorralServing
import CorralTesting
import Dispatch
import Synchronization
import Testing

@Suite struct RecommenderTests {
  /// Every way of finding candidates.
  static let catalogues: [SmallCatalogue] = [
    SmallCatalogue(), SmallCatalogue(unplacedEvery: 5), SmallCatalogue(index: .hnsw),
    SmallCatalogue(index: .multiIndex), SmallCatalogue(index: .hnsw, unplacedEvery: 4),
    SmallCatalogue(unplacedEvery: 5, ranker: LastFirst()), SmallCatalogue(clusters: 4),
    SmallCatalogue(index: .hnsw, clusters: 3, unplacedEvery: 5),
    SmallCatalogue(clusters: 4, ranker: LastFirst()),
  ]

  @Test(arguments: catalogues.indices)
  func `many requests at once get what each gets alone`(_ number: Int) throws {
    let recommender = try Self.catalogues[number].recommender()
    var requests = (0..<40).map { Request(user: "u\($0)", count: 1 + $0 % 12) }
    requests[3].includesMet = true
    requests[9].allowed = try recommender.items("genre", are: "comedy")
    requests[11].excluded = try recommender.items(["i1", "i2", "i3"])
    requests.append(Request(history: ["i5", "i9"], count: 60))
    requests.append(Request(user: "nobody"))
    let together = try recommender.recommend(requests)
    for (request, answer) in zip(requests, together) {
      let alone = try recommender.recommend(request)
      #expect(answer.ids == alone.ids, "\(request)")
      #expect(
        zip(answer.items, alone.items).allSatisfy {
          abs(($0.score ?? 0) - ($1.score ?? 0)) < 1e-5 && $0.stage == $1.stage
        })
      #expect(answer.fallback == alone.fallback && answer.shortage == alone.shortage)
    }
  }

  @Test func `an exact list is what brute force finds among the allowed items`() throws {
    let recommender = try SmallCatalogue().recommender()
    for user in 1..<30 {
      let request = Request(user: "u\(user)", count: 8)
      let met = Set(recommender.history(of: "u\(user)") ?? [])
      guard !met.isEmpty else { continue }
      let all = (0..<60).map { "i\($0)" }
      let scores = try recommender.score(all, for: request)
      let best = zip(all, scores).filter { !met.contains($0.0) }
        .sorted { ($0.1 ?? 0) > ($1.1 ?? 0) }.prefix(8).map(\.0)
      #expect(try recommender.recommend(request).ids == Array(best))
    }
  }

  @Test func `met items are left out unless they are asked for`() throws {
    let recommender = try SmallCatalogue().recommender()
    var request = Request(history: ["i4", "i8"], count: 60)
    let without = try recommender.recommend(request)
    #expect(without.items.count == 58 && !without.ids.contains("i4"))
    let shortage = try #require(without.shortage)
    #expect(shortage.found == 58 && shortage.catalogue == 60 && shortage.isMet)
    request.includesMet = true
    let with = try recommender.recommend(request)
    #expect(with.items.count == 60 && with.shortage == nil)
  }

  @Test func `a filter is part of the search, so that a list is as long as it can be`() throws {
    for catalogue in Self.catalogues {
      let recommender = try catalogue.recommender()
      var request = Request(history: ["i1"], count: 20)
      request.allowed = try recommender.items("genre", are: "war")
      let found = try recommender.recommend(request)
      #expect(found.items.count == 20)
      #expect(
        found.ids.allSatisfy { id in Int(id.dropFirst()).map { $0 % 3 == 2 } ?? false })
      request.allowed = try recommender.items("year", in: 1990...1999)
      #expect(try recommender.recommend(request).items.count == 19)
    }
  }

  @Test func `what is popular answers where nothing is known, and the answer says why`() throws {
    let recommender = try SmallCatalogue().recommender()
    let stranger = try recommender.recommend(Request(user: "u1x", count: 5))
    #expect(stranger.fallback == .unknownUser("u1x", nearest: nil))
    #expect(stranger.items.allSatisfy { $0.stage == .popular })
    let counts = stranger.items.compactMap(\.score)
    #expect(counts == counts.sorted(by: >) && counts[0] > 0)
    #expect(try recommender.recommend(Request(history: [])).fallback == .emptyHistory)
    // User u0 has no history, and the model reads nothing else.
    #expect(try recommender.recommend(Request(user: "u0")).fallback == .emptyHistory)
    let unplaced = try SmallCatalogue(unplacedEvery: 5).recommender()
    #expect(try unplaced.recommend(Request(history: ["i5"])).fallback == .nothingKnown)
  }

  @Test func `items that training never met come last, without a score`() throws {
    for catalogue in Self.catalogues where catalogue.unplacedEvery > 0 {
      let found = try catalogue.recommender().recommend(Request(history: ["i1"], count: 59))
      let numbers = found.ids.compactMap { Int($0.dropFirst()) }
      let isUnplaced = numbers.map { $0 % catalogue.unplacedEvery == 0 }
      let first = try #require(isUnplaced.firstIndex(of: true))
      #expect(isUnplaced[first...].allSatisfy { $0 })
      #expect(numbers[first...].sorted() == Array(numbers[first...]))
      #expect(found.unscored == found.items.count - first)
    }
  }

  @Test func `a ranker orders the candidates of the retriever, and no others`() throws {
    let alone = try SmallCatalogue().recommender()
    let pair = try SmallCatalogue(ranker: LastFirst()).recommender()
    let candidates = try alone.recommend(Request(history: ["i3"], count: 20)).ids
    let ranked = try pair.recommend(Request(history: ["i3"], count: 5))
    let expected = candidates.compactMap { Int($0.dropFirst()) }.sorted(by: >).prefix(5)
    #expect(ranked.ids == expected.map { "i\($0)" })
    #expect(ranked.items.allSatisfy { $0.stage == .ranker })
  }

  @Test func `reasons are the nearest items of the history`() throws {
    let recommender = try SmallCatalogue().recommender()
    var request = Request(history: ["i1", "i2", "i3", "i4", "i5"], count: 6)
    request.isExplained = true
    for item in try recommender.recommend(request).items {
      let reasons = try #require(item.because)
      #expect(reasons.count <= 3 && reasons.allSatisfy { $0.similarity > 0 })
      #expect(reasons.map(\.similarity) == reasons.map(\.similarity).sorted(by: >))
      // A reason is as near to the item as the item is to the reason.
      for reason in reasons {
        let near = try recommender.similar(to: reason.id, count: 59)
        let back = try #require(near.first { $0.id == item.id }?.score)
        #expect(abs(back - reason.similarity) < 1e-5)
      }
    }
    request.isExplained = false
    #expect(try recommender.recommend(request).items.allSatisfy { $0.because == nil })
  }

  @Test func `requests that cannot be read are refused in words`() throws {
    let recommender = try SmallCatalogue().recommender()
    func refusal(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      refusal { _ = try recommender.recommend(Request(history: ["Title 4"])) }
        == "no item 'Title 4' in this model; did you mean 'i4'?")
    #expect(
      refusal { _ = try recommender.recommend(Request(history: ["x", "y"])) }
        == "none of the 2 items of the history is in this model: 'x', 'y'")
    #expect(
      refusal { _ = try recommender.recommend(Request(user: "u1", count: 0)) }
        == "the number of recommendations is 0; ask for 1 or more")
    #expect(
      refusal { _ = try recommender.recommend(Request(user: "u1", count: 61)) }
        == "61 recommendations are more than the catalogue holds: 60 items")
    var request = Request(user: "u1")
    request.context = ["tab": "1"]
    #expect(
      refusal { _ = try recommender.recommend(request) }
        == "this model reads no context; name its columns with data.context and train a ranker")
    #expect(
      refusal { _ = try recommender.items("colour", are: "red") }
        == "items have no feature 'colour'; they have genre, year")
    #expect(
      refusal { _ = try recommender.items("genre", are: "western") }
        == "no item has 'western' in the feature genre")
  }

  @Test func `what of a request was ignored is noted`() throws {
    let recommender = try SmallCatalogue().recommender()
    let found = try recommender.recommend(Request(user: "u5", history: ["i1", "gone"]))
    #expect(
      found.notices == [
        .unknownHistory(["gone"]), .replacesHistory(given: 1, saved: 6, scoredBy: .history),
      ])
    #expect(found.ids == (try recommender.recommend(Request(history: ["i1"]))).ids)
  }

  @Test func `many threads get the same answers`() throws {
    let recommender = try SmallCatalogue(index: .hnsw, ranker: LastFirst()).recommender()
    let expected = try (0..<40).map { try recommender.recommend(Request(user: "u\($0)")).ids }
    let wrong = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 400) { number in
      let found = try? recommender.recommend(Request(user: "u\(number % 40)")).ids
      if found != expected[number % 40] { wrong.wrappingAdd(1, ordering: .relaxed) }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
