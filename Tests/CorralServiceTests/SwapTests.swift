import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Testing

@Suite struct SwapTests {
  @Test func `answers during swaps are of one model each`() async throws {
    let models = [
      "model": SmallCatalogue(title: "Old"),
      // The same items in the same places, other vectors, titles and more items.
      "new": SmallCatalogue(items: 75, seed: 8, ranker: LastFirst(), title: "New"),
    ]
    try await withService(models) { made in
      let service = made.service
      let titles = ["model": "Old ", "new": "New "]
      try await withThrowingTaskGroup(of: Int.self) { group in
        for worker in 0..<4 {
          group.addTask {
            var answers = 0
            for round in 0..<600 {
              let user = "w\(worker)"
              let answer = try await service.recommend(ServiceRequest(user: user, count: 8))
              let name = String(answer.model.prefix { $0 != "-" })
              let title = try #require(titles[name])
              #expect(answer.items.count == 8)
              #expect(answer.items.allSatisfy { $0.title?.hasPrefix(title) ?? false })
              #expect(
                answer.items.allSatisfy {
                  $0.stage != .ranker || name == "new"
                })
              if round % 50 == 0 {
                let event = Event(user: user, item: answer.ids[0], type: "click")
                _ = try await service.accept([event])
                let next = try await service.recommend(ServiceRequest(user: user, count: 8))
                #expect(!next.ids.contains(answer.ids[0]))
              }
              answers += 1
            }
            return answers
          }
        }
        group.addTask {
          for round in 0..<200 {
            let name = round % 2 == 0 ? "new" : "model"
            let version = try await service.reload(made.folder.appending(path: name))
            #expect(version.hasPrefix("\(name)-"))
            #expect(service.status.model == version)
          }
          return 0
        }
        let answers = try await group.reduce(0, +)
        #expect(answers == 2400)
      }
    }
  }

  @Test func `another catalogue and a model that does not open are refused`() async throws {
    let models = ["model": SmallCatalogue(), "other": SmallCatalogue(prefix: "j")]
    try await withService(models) { made in
      let version = made.service.status.model
      let before = try await made.service.recommend(ServiceRequest(user: "u1", count: 5))
      for name in ["other", "missing"] {
        await #expect(throws: ServiceError.self) {
          _ = try await made.service.reload(made.folder.appending(path: name))
        }
      }
      #expect(made.service.status.model == version)
      let after = try await made.service.recommend(ServiceRequest(user: "u1", count: 5))
      #expect(after.ids == before.ids)
    }
  }

  @Test func `items of a new model can be recommended after the swap`() async throws {
    let models = ["model": SmallCatalogue(), "new": SmallCatalogue(items: 90)]
    try await withService(models) { made in
      try await made.service.put([ItemRecord(id: "own")])
      _ = try await made.service.reload(made.folder.appending(path: "new"))
      var request = ServiceRequest(history: ["i3"], count: 100)
      request.seen = .include
      let own = try made.recommender("new").recommend(Request(history: ["i3"], count: 80))
      let answer = try await made.service.recommend(request)
      #expect(answer.items.count == 91 && answer.ids.filter { $0 != "i3" }.starts(with: own.ids))
      request.filter = Filter(["genre": .oneOf(["war"])])
      #expect(try await made.service.recommend(request).items.count == 30)
    }
  }
}
