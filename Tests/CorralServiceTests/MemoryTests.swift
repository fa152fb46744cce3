import CorralService
import CorralServing
import CorralStore
import CorralTesting
import Foundation
import Synchronization
import Testing

@Suite struct MemoryTests {
  @Test func `what happened is known again after a new start`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "corral-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: folder) }
    func state(_ made: MadeUpService) async throws -> [[String]] {
      var state: [[String]] = []
      for user in ["u1", "u2", "new"] {
        state.append(try await made.service.recommend(ServiceRequest(user: user, count: 30)).ids)
      }
      for source in [Source.popular, .trending, .latest] {
        let list = try made.service.list(source, count: 70, offset: 0, filter: Filter())
        // Equally popular items may change their places.
        state.append(list.map { "\($0.id) \($0.score ?? 0)" }.sorted())
      }
      state.append(try await made.service.items(after: nil, limit: 100).map(\.id))
      state.append(try await made.service.users(after: nil, limit: 100).map(\.id))
      state.append(["\(made.service.status.lastPosition)"])
      return state
    }
    let first = try MadeUpService(["model": SmallCatalogue()], in: folder)
    _ = try await first.service.accept([
      Event(user: "new", item: "i5", type: "click"), Event(user: "new", item: "own", type: "buy"),
      Event(user: "u1", item: "i8", type: "dislike"), Event(user: "u2", item: "i7", type: "skip"),
      Event(user: "away", item: "i7", type: "impression"),
    ])
    var record = ItemRecord(id: "dated")
    record.publishedAt = first.clock.now - 5
    try await first.service.put([record])
    #expect(try await first.service.deleteItem("i9"))
    #expect(try await first.service.forget("u1"))
    #expect(try await first.service.forget("away"))
    _ = try await first.service.accept([Event(user: "u1", item: "i20", type: "click")])
    let before = try await state(first)
    await first.service.close()
    let second = try MadeUpService(["model": SmallCatalogue()], in: folder)
    let after = try await state(second)
    #expect(after == before)
    await second.service.close()
  }

  @Test func `an event with an id counts once`() async throws {
    try await withService { made in
      let event = Event(id: "e1", user: "new", item: "own", type: "click")
      let first = try await made.service.accept([event, event])
      let second = try await made.service.accept([event])
      #expect(first.map(\.isRepeat) == [false, true] && second[0].isRepeat)
      #expect(try await made.service.events(of: "new", after: 0, limit: 9).map(\.event) == [event])
      #expect(made.service.status.lastPosition == first[0].position)
    }
  }

  @Test func `a forgotten user is a new one`() async throws {
    try await withService { made in
      let service = made.service
      let stranger = try await service.recommend(ServiceRequest(user: "nobody", count: 9)).ids
      for user in ["u1", "u2"] {
        if user == "u1" {
          _ = try await service.accept([Event(user: user, item: "i3", type: "click")])
        }
        #expect(try await service.recommend(ServiceRequest(user: user, count: 9)).ids != stranger)
        #expect(try await service.user(user) != nil)
        #expect(try await service.forget(user))
        let answer = try await service.recommend(ServiceRequest(user: user, count: 9))
        #expect(answer.items.allSatisfy { $0.stage == .fallback })
        #expect(try await service.user(user) == nil)
        #expect(!(try await service.users(after: nil, limit: 100).map(\.id).contains(user)))
        #expect(try await service.events(of: user, after: 0, limit: 9).isEmpty)
        #expect(!(try await service.forget(user)))
      }
      // A swap of models brings nothing back.
      _ = try await service.reload()
      _ = try await service.accept([Event(user: "u1", item: "i30", type: "click")])
      let own = try made.recommender().recommend(Request(history: ["i30"], count: 9)).ids
      #expect(try await service.recommend(ServiceRequest(user: "u1", count: 9)).ids == own)
    }
  }

  @Test func `a deleted item is gone until it is put again`() async throws {
    try await withService { made in
      let service = made.service
      let ids = try await service.recommend(ServiceRequest(user: "u1", count: 6)).ids
      #expect(try await service.deleteItem(ids[0]))
      #expect(try await service.deleteItem(ids[0]) == false)
      #expect(try await service.deleteItem("gone") == false)
      #expect(try service.item(ids[0]) == nil)
      #expect(service.status.items == 59)
      _ = try await service.accept([Event(user: "u2", item: ids[0], type: "click")])
      #expect(
        try await service.recommend(ServiceRequest(user: "u1", count: 5)).ids
          == Array(ids.dropFirst()))
      #expect(!(try await service.items(after: nil, limit: 100).map(\.id).contains(ids[0])))
      try await service.put([ItemRecord(id: ids[0])])
      #expect(try await service.recommend(ServiceRequest(user: "u1", count: 6)).ids == ids)
    }
  }

  @Test func `pages of items and users hold everybody once`() async throws {
    try await withService { made in
      let service = made.service
      try await service.put((0..<7).map { ItemRecord(id: "own\($0)") })
      try await service.put([UserRecord(id: "told")])
      _ = try await service.accept([Event(user: "met", item: "i1", type: "click")])
      #expect(try await service.deleteItem("i30"))
      #expect(try await service.deleteItem("own3"))
      // Somebody who was only shown something is not known, whether that is written yet or not.
      _ = try await service.recommend(ServiceRequest(user: "shown", count: 2))
      _ = try await service.report(since: nil)
      #expect(try await service.user("shown") == nil)
      let items = ((0..<60).map { "i\($0)" } + (0..<7).map { "own\($0)" })
        .filter { $0 != "i30" && $0 != "own3" }.sorted()
      let users = ((0..<40).map { "u\($0)" } + ["told", "met"]).sorted()
      for size in [1, 4, 100] {
        var (ids, last) = ([String](), String?.none)
        while true {
          let page = try await service.items(after: last, limit: size).map(\.id)
          ids += page
          guard page.count == size, let end = page.last else { break }
          last = end
        }
        #expect(ids == items, "\(size)")
        (ids, last) = ([], nil)
        while true {
          let page = try await service.users(after: last, limit: size).map(\.id)
          ids += page
          guard page.count == size, let end = page.last else { break }
          last = end
        }
        #expect(ids == users, "\(size)")
      }
    }
  }

  @Test func `what is shown is recorded`() async throws {
    try await withService { made in
      var request = ServiceRequest(user: "u1", count: 4)
      request.offset = 3
      let answers = [
        try await made.service.recommend(request),
        try await made.service.recommend(ServiceRequest(history: ["i3"], count: 2)),
      ]
      #expect(answers[0].request != answers[1].request)
      await made.service.close()
      let store = try Store(made.folder.appending(path: "store"))
      defer { try? store.close() }
      var exposures: [Exposure] = []
      try store.forEachExposure { exposures.append($0.exposure) }
      #expect(exposures.map(\.user) == ["u1", nil])
      for (exposure, answer) in zip(exposures, answers) {
        #expect(exposure.request == answer.request && exposure.model == answer.model)
        #expect(exposure.items.map(\.id) == answer.ids)
        #expect(exposure.items.map(\.score) == answer.items.map(\.score))
        #expect(exposure.items.allSatisfy { $0.source == "retriever" && $0.stage == "retriever" })
      }
      #expect(exposures[0].items.map(\.position) == [3, 4, 5, 6])
    }
  }
}
