import CorralService
import CorralServing
import CorralTesting
import Testing

@Suite struct ClusterAnswerTests {
  @Test func `alpha turns a list from all clusters to the best one, and reasons say so`()
    async throws
  {
    try await withService(SmallCatalogue(clusters: 4)) { made in
      func reasons(_ alpha: Double?, count: Int) async throws -> [ClusterReason] {
        var request = ServiceRequest(user: "u4", count: count)
        (request.alpha, request.isExplained) = (alpha, true)
        let answer = try await made.service.recommend(request)
        #expect(answer.notices.isEmpty && answer.items.count == count)
        let reasons = try answer.items.map { try #require($0.cluster) }
        for reason in reasons {
          #expect(reason.places == count && reason.name == "c\(reason.cluster)")
          #expect(reason.quota == reasons.count { $0.cluster == reason.cluster })
        }
        return reasons
      }
      #expect(try await reasons(0, count: 8).map(\.quota) == Array(repeating: 2, count: 8))
      let best = try await reasons(50, count: 8)
      #expect(Set(best.map(\.cluster)).count == 1)
      #expect(best[0].share == (try await reasons(0, count: 8).map(\.share).max()))
      #expect(try await reasons(nil, count: 11) == reasons(1, count: 11))
    }
  }

  @Test(arguments: [false, true])
  func `pages of a list fit together`(_ isRanked: Bool) async throws {
    let catalogue = SmallCatalogue(
      clusters: 3, ranker: isRanked ? LastFirst() : nil, candidates: 12)
    try await withService(catalogue) { made in
      for alpha in [0, 0.7, 2] {
        func page(_ offset: Int, _ count: Int) async throws -> Answer {
          var request = ServiceRequest(user: "u5", count: count)
          (request.alpha, request.offset, request.isExplained) = (alpha, offset, true)
          return try await made.service.recommend(request)
        }
        var ids: [String] = []
        for offset in [0, 6, 12, 18] {
          let next = try await page(offset, 6)
          #expect(next.items.count == 6)
          ids += next.ids
          if alpha == 0, !isRanked {
            for cluster in 0..<3 {
              #expect(next.items.count { $0.cluster?.cluster == cluster } == 2)
            }
          }
        }
        #expect(Set(ids).count == 24, "an item comes on two pages")
        // Ranked lists are shared out by what is ranked together, whatever the length of a page.
        if isRanked { #expect(try await page(0, 24).ids == ids) }
      }
    }
  }

  @Test func `the dial is that of the request, then of its arm, then of the model`() async throws {
    var settings = ServiceSettings()
    settings.experiment = Experiment(
      name: "dial", arms: [Experiment.Arm("one", alpha: 50), Experiment.Arm("own", share: 0)])
    try await withService(SmallCatalogue(clusters: 4), settings: settings) { made in
      var request = ServiceRequest(user: "u4", count: 8)
      request.isExplained = true
      func clusters() async throws -> Int {
        Set(try await made.service.recommend(request).items.map { $0.cluster?.cluster }).count
      }
      let ofArm = try await clusters()
      request.alpha = 0
      let ofRequest = try await clusters()
      (request.alpha, request.arm) = (nil, "own")
      let ofModel = try await clusters()
      #expect(ofArm == 1 && ofRequest == 4 && ofModel > 1)
    }
    settings.experiment = Experiment(name: "dial", arms: [Experiment.Arm("one", alpha: -1)])
    #expect(throws: ServiceError.self) { try settings.experiment?.validate() }
  }

  @Test func `a dial that nothing follows is refused or said`() async throws {
    try await withService { made in
      var request = ServiceRequest(user: "u4", count: 4)
      let plain = try await made.service.recommend(request)
      request.alpha = 2
      let answer = try await made.service.recommend(request)
      #expect(answer.ids == plain.ids)
      #expect(answer.notices == ["alpha was ignored: the model searches no clusters"])
      for alpha in [-0.5, .infinity, .nan] {
        request.alpha = alpha
        await #expect(
          throws: ServiceError.badField("alpha", reason: "a number from 0 is needed")
        ) { _ = try await made.service.recommend(request) }
      }
    }
  }

  @Test func `an explanation names the cluster of an item and its places`() async throws {
    try await withService(SmallCatalogue(clusters: 4)) { made in
      var request = ServiceRequest(user: "u4", count: 8)
      request.alpha = 50
      let shown = try await made.service.recommend(request)
      let last = try #require(Int(shown.ids[0].dropFirst())) % 4
      for item in ["i\(last)", "i\((last + 1) % 4)"] {
        let steps = try await made.service.explain(item, for: request).steps
        let step = try #require(steps.first { $0.stage == "retriever" })
        let has = item == "i\(last)" ? 8 : 0
        #expect(step.reason.contains("has \(has) of them"), "\(step.reason)")
      }
    }
  }
}
