import CorralService
import CorralServing
import CorralStore
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct ExplanationTests {
  @Test(arguments: [false, true], [0.0, 0.5])
  func `an explanation agrees with the answer`(
    _ isRanked: Bool, _ diversity: Double
  ) async throws {
    var settings = ServiceSettings()
    settings.diversity = diversity
    for others in [0.0, 0.3] {
      settings.sources.popular = others
      settings.sources.latest = others
      let catalogue = SmallCatalogue(unplacedEvery: 8, ranker: isRanked ? LastFirst() : nil)
      try await withService(catalogue, settings: settings) { made in
        try await made.service.put(
          (0..<5).map { number in
            var record = ItemRecord(id: "own\(number)")
            record.isHidden = number == 0
            return record
          })
        var random = SeededGenerator(seed: 5)
        for _ in 0..<120 {
          var request = ServiceRequest(
            user: "u\(random.next(below: 44))", count: 1 + random.next(below: 20))
          request.offset = random.next(below: 3) * 7
          if random.next(below: 3) == 0 {
            request.filter = Filter(["genre": .oneOf([["drama", "war"][random.next(below: 2)]])])
          }
          request.excluded = ["i\(random.next(below: 60))"]
          let answer = try await made.service.recommend(request)
          let item =
            random.next(below: 4) == 0
            ? "own\(random.next(below: 5))" : "i\(random.next(below: 60))"
          for item in [item, answer.ids.first ?? item, request.excluded[0]] {
            let explanation = try await made.service.explain(item, for: request)
            #expect(explanation.isShown == answer.ids.contains(item))
            let last = try #require(explanation.steps.last)
            if let place = answer.ids.firstIndex(of: item) {
              #expect(last.rank == request.offset + place + 1)
              #expect(last.score == answer.items[place].score)
              #expect(explanation.steps[0].passed)
            }
          }
        }
      }
    }
  }

  @Test func `what keeps an item out is named`() async throws {
    try await withService { made in
      func filter(
        _ item: String, _ change: (inout ServiceRequest) -> Void = { _ in }
      ) async throws -> String {
        var request = ServiceRequest(user: "u1", count: 5)
        change(&request)
        return try await made.service.explain(item, for: request).steps[0].reason
      }
      let shown = try await made.service.recommend(ServiceRequest(user: "u1", count: 5)).ids
      #expect(try await filter(shown[0]) == "nothing keeps it out")
      #expect(try await filter(shown[0]) { $0.excluded = [shown[0]] } == "the request excludes it")
      let met = try #require(try made.recommender().history(of: "u1")?.first)
      #expect(try await filter(met) == "the user has met it")
      #expect(
        try await filter(shown[0]) { $0.filter = Filter(["year": .range(min: 0, max: 1)]) }
          == "it does not meet the filter's condition of 'year'")
      var record = ItemRecord(id: shown[0])
      record.isHidden = true
      record.publishedAt = made.clock.now + 60
      try await made.service.put([record])
      #expect(try await filter(shown[0]) == "it is hidden; it is not yet published")
      record.isHidden = false
      record.publishedAt = nil
      record.expiresAt = made.clock.now
      try await made.service.put([record])
      #expect(try await filter(shown[0]) == "it has expired")
      _ = try await made.service.accept([Event(user: "u1", item: shown[1], type: "dislike")])
      #expect(try await filter(shown[1]) == "the user does not want it")
      await #expect(throws: ServiceError.notFound("no item 'gone'")) {
        _ = try await made.service.explain("gone", for: ServiceRequest())
      }
    }
  }
}
