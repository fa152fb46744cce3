import CorralStore
import Foundation
import Testing

@Suite struct SeedTests {
  private let users = ["ada", "bob", "eve"]
  private let items = ["tea", "milk", "cake"]
  private let histories = [[2, 0, 2], [], [1]]

  @Test func `histories become events without time, once`() async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    #expect(try !store.isSeeded)
    let seeded = try store.seed(users: users, items: items) { histories[$0] }
    #expect(seeded == Store.Seeded(users: 3, items: 3, events: 4))
    let expected = [("ada", "cake"), ("ada", "tea"), ("ada", "cake"), ("eve", "milk")]
      .map { event($0, $1, type: "history") }
    #expect(try await store.events(after: 0, limit: 9).map(\.event) == expected)
    #expect(try await store.keys(ofUsers: users).map(\.number) == [1, 2, 3])
    #expect(try await store.keys(ofItems: items).map(\.number) == [1, 2, 3])
    #expect(try store.seed(users: ["late"], items: items) { _ in [0] } == nil)
    try store.close()

    let reopened = try Store(folder)
    #expect(try reopened.isSeeded)
    #expect(try reopened.seed(users: users, items: items) { histories[$0] } == nil)
    #expect(try await reopened.counts().events == 4)
    try reopened.close()
  }

  @Test func `what was stored before keeps its keys, and a forgotten user gets no history`()
    async throws
  {
    try await withStore { store in
      _ = try await store.append([event("eve", "cake"), event("ada", "milk")])
      _ = try await store.forget(user: "ada")
      let seeded = try store.seed(users: users, items: items) { histories[$0] }
      #expect(seeded == Store.Seeded(users: 2, items: 3, events: 1))
      #expect(try await store.events(of: "eve", limit: 9).map(\.event.item) == ["cake", "milk"])
      #expect(try await store.knownKeys(ofUsers: ["ada", "eve"]) == [nil, UserKey(1)])
    }
  }

  @Test func `a seed that fails leaves nothing, and can be tried again`() async throws {
    var settings = StoreSettings()
    settings.largestFile = 1 << 20
    try await withStore(settings) { store in
      let many = (0..<100_000).map { "user-\($0)" }
      #expect(throws: StoreError.diskFull(path: store.directory.path)) {
        try store.seed(users: many, items: items) { _ in [0, 1] }
      }
      let stored = try await store.counts()
      #expect(stored == Store.Counts(users: 0, items: 0, events: 0, exposures: 0))
      let seeded = try store.seed(users: users, items: items) { histories[$0] }
      #expect(seeded?.events == 4)
    }
  }
}
