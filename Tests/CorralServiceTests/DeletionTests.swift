import CorralService
import CorralServing
import CorralStore
import CorralTesting
import CorralVectors
import Foundation
import Testing

/// What a service knows, as its answers show it.
private func state(of service: RecommendationService, users: [String]) async throws -> [[String]] {
  var state: [[String]] = []
  for user in users {
    var request = ServiceRequest(user: user, count: 60)
    for seen in [ServiceRequest.Seen.include, .exclude] {
      request.seen = seen
      let items = try await service.recommend(request).items
      let own = items.filter { $0.stage != .fallback }
      state.append(own.map { "\($0.id) \($0.score ?? 0)" })
      // Equally popular items may change their places.
      state.append(
        items.filter { $0.stage == .fallback }.map { "\($0.id) \($0.score ?? 0)" }.sorted())
    }
    state.append(["\(try await service.user(user) != nil)"])
  }
  let popular = try service.list(.popular, count: 60, offset: 0, filter: Filter())
  state.append(popular.map { "\($0.id) \($0.score ?? 0)" }.sorted())
  state.append(try await service.users(after: nil, limit: 100).map(\.id))
  return state
}

@Suite struct DeletionTests {
  @Test func `answers are those of a service that never heard of what was deleted`() async throws {
    let (users, types) = (["u1", "u2", "ann", "bob"], ["click", "buy", "dislike", "impression"])
    var random = SeededGenerator(seed: 4)
    let events = (0..<200).map { _ in
      Event(
        user: users[random.next(below: 4)], item: "i\(random.next(below: 9))",
        type: types[random.next(below: 4)])
    }
    let deletions: [(user: String, item: String, type: String?)] = [
      ("ann", "i3", nil), ("ann", "i3", nil), ("bob", "i4", "click"), ("bob", "i5", "dislike"),
      ("u1", "i2", nil), ("u2", "i1", "buy"), ("nobody", "i1", nil), ("u1", "i8", "impression"),
    ]
    func isDeleted(_ event: Event) -> Bool {
      deletions.contains {
        $0.user == event.user && $0.item == event.item && ($0.type ?? event.type) == event.type
      }
    }
    // u1 and u2 have histories of the model, of which some go too; here both begin with none of it.
    let expected = try await withService { made in
      for user in ["u1", "u2"] { try await empty(made.service, user) }
      _ = try await made.service.accept(events.filter { !isDeleted($0) })
      return try await state(of: made.service, users: users)
    }
    try await withTemporaryFolder { folder in
      let made = try MadeUpService(["model": SmallCatalogue()], in: folder)
      for user in ["u1", "u2"] { try await empty(made.service, user) }
      _ = try await made.service.accept(events)
      var deleted = 0
      for (user, item, type) in deletions {
        deleted += try await made.service.delete(eventsOf: user, with: item, type: type)
      }
      #expect(deleted == events.count(where: isDeleted))
      #expect(try await state(of: made.service, users: users) == expected)
      await made.service.close()
      let again = try MadeUpService(["model": SmallCatalogue()], in: folder)
      #expect(try await state(of: again.service, users: users) == expected)
      await again.service.close()
    }
  }

  /// Deletes all that there is of a user.
  private func empty(_ service: RecommendationService, _ user: String) async throws {
    for stored in try await service.events(of: user, after: 0, limit: 99) {
      _ = try await service.delete(eventsOf: user, with: stored.event.item)
    }
    #expect(try await service.events(of: user, after: 0, limit: 99).isEmpty)
  }

  @Test func `a history that was deleted does not come back from the model`() async throws {
    try await withTemporaryFolder { folder in
      let made = try MadeUpService(["model": SmallCatalogue()], in: folder)
      let before = try await made.service.recommend(ServiceRequest(user: "u1", count: 5))
      #expect(before.items.allSatisfy { $0.stage == .retriever })
      try await empty(made.service, "u1")
      func expectStranger(_ service: RecommendationService) async throws {
        let answer = try await service.recommend(ServiceRequest(user: "u1", count: 5))
        #expect(answer.items.allSatisfy { $0.stage == .fallback })
        #expect(try await service.user("u1") != nil)
      }
      try await expectStranger(made.service)
      _ = try await made.service.reload()
      try await expectStranger(made.service)
      await made.service.close()
      let again = try MadeUpService(["model": SmallCatalogue()], in: folder)
      try await expectStranger(again.service)
      _ = try await again.service.accept([Event(user: "u1", item: "i30", type: "click")])
      let own = try made.recommender().recommend(Request(history: ["i30"], count: 9)).ids
      #expect(try await again.service.recommend(ServiceRequest(user: "u1", count: 9)).ids == own)
      await again.service.close()
    }
  }

  @Test func `memory follows the log whatever is sent, deleted and forgotten at once`() async throws
  {
    let users = ["ann", "bob", "u1"]
    for seed in 0..<8 {
      try await withTemporaryFolder { folder in
        let made = try MadeUpService(["model": SmallCatalogue()], in: folder)
        let service = made.service
        try await withThrowingTaskGroup(of: Void.self) { group in
          for task in 0..<6 {
            group.addTask {
              var random = SeededGenerator(seed: UInt64(seed * 100 + task))
              for _ in 0..<40 {
                let (user, item) = (users[random.next(below: 3)], "i\(random.next(below: 5))")
                switch random.next(below: 20) {
                case 0..<13:
                  let type = ["click", "buy", "dislike"][random.next(below: 3)]
                  _ = try await service.accept([Event(user: user, item: item, type: type)])
                case 13..<19:
                  let type = random.next(below: 2) == 0 ? "click" : nil
                  _ = try await service.delete(eventsOf: user, with: item, type: type)
                default: _ = try await service.forget(user)
                }
              }
            }
          }
          try await group.waitForAll()
        }
        let live = try await state(of: service, users: users)
        await service.close()
        let again = try MadeUpService(["model": SmallCatalogue()], in: folder)
        #expect(try await state(of: again.service, users: users) == live, "\(seed)")
        await again.service.close()
      }
    }
  }
}
