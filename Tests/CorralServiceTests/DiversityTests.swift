import CorralData
import CorralService
import CorralServing
import CorralTesting
import Testing

@Suite struct DiversityTests {
  /// Maximal marginal relevance as it is written down: every place looks at every pair again.
  private func twin(
    _ ids: [String], dial: Float, _ recommender: Recommender
  ) throws -> [String] {
    let similarity = try #require(recommender.retriever.similarity)
    let items = ids.compactMap { recommender.items.position(of: $0).map { ItemIndex($0) } }
    var chosen: [Int] = []
    while chosen.count < items.count {
      let rest = items.indices.filter { !chosen.contains($0) }
      let values = rest.map { candidate in
        let near = chosen.map { similarity.between(items[$0], items[candidate]) }.max() ?? 0
        let relevance = 1 - Float(candidate) / Float(items.count)
        return (1 - dial) * relevance - dial * near
      }
      let best = try #require(values.max())
      chosen.append(rest[values.firstIndex(of: best) ?? 0])
    }
    return chosen.map { ids[$0] }
  }

  @Test(arguments: [false, true])
  func `a list is as diverse as its definition says`(_ isRanked: Bool) async throws {
    try await withService(SmallCatalogue(ranker: isRanked ? LastFirst() : nil)) { made in
      let recommender = try made.recommender()
      for user in ["u1", "u4", "u5"] {
        var request = ServiceRequest(user: user, count: 60)
        request.diversity = 0
        let plain = try await made.service.recommend(request).ids
        #expect(
          try await made.service.recommend(ServiceRequest(user: user, count: 60)).ids == plain)
        // A list that is put in a new order is made of one block of candidates more.
        for dial in [0.2, 0.5, 0.9, 1] {
          request.diversity = dial
          let diverse = try await made.service.recommend(request).ids
          #expect(diverse == (try twin(plain, dial: Float(dial), recommender)))
          #expect(diverse[0] == plain[0])
          #expect(dial < 0.5 || diverse != plain)
          request.count = 10
          #expect(try await made.service.recommend(request).ids == Array(diverse.prefix(10)))
          request.count = 60
        }
      }
    }
  }
}
