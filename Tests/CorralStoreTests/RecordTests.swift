import CorralStore
import Foundation
import GRDB
import Testing

@Suite struct RecordTests {
  private func tea() -> ItemRecord {
    var tea = ItemRecord(id: "tea")
    tea.title = "Tea, <b>green</b>"
    tea.categories = ["drinks", "héiß"]
    tea.features = ["price": .number(3.25), "brand": .categories(["a/b", "\"c\""])]
    tea.isHidden = true
    tea.publishedAt = Date(timeIntervalSince1970: 1_700_000_000)
    tea.expiresAt = Date(timeIntervalSince1970: 1_800_000_000.5)
    return tea
  }

  @Test func `an item comes back as it was put, and a second one replaces it`() async throws {
    try await withStore { store in
      #expect(try await store.item("tea") == nil)
      let key = try await store.put(items: [tea()])
      #expect(try await store.item("tea") == tea())
      let plain = ItemRecord(id: "tea")
      #expect(try await store.put(items: [plain]) == key)
      #expect(try await store.item("tea") == plain)
    }
  }

  @Test func `a deleted item keeps its key and its events`() async throws {
    try await withStore { store in
      let receipt = try await store.append([event("ada", "tea")])[0]
      // Items that only events named have no record.
      #expect(try await store.item("tea") == nil)
      #expect(try await store.deleteItem("tea") == nil)
      _ = try await store.put(items: [tea()])
      #expect(try await store.deleteItem("tea") == receipt.item)
      #expect(try await store.item("tea") == nil)
      #expect(try await store.items(after: "", limit: 9).isEmpty)
      #expect(try await store.knownKeys(ofItems: ["tea"]) == [receipt.item])
      #expect(try await store.events(of: "ada", limit: 9).count == 1)
      _ = try await store.put(items: [ItemRecord(id: "tea")])
      #expect(try await store.item("tea") == ItemRecord(id: "tea"))
    }
  }

  @Test func `users are put, read, replaced and deleted`() async throws {
    try await withStore { store in
      var ada = UserRecord(id: "ada")
      ada.features = ["age": .number(36), "likes": .categories([])]
      let key = try await store.put(users: [ada, UserRecord(id: "bob")])
      #expect(try await store.user("ada") == ada)
      #expect(try await store.user("bob") == UserRecord(id: "bob"))
      ada.features["age"] = .number(37)
      #expect(try await store.put(users: [ada]) == [key[0]])
      #expect(try await store.user("ada") == ada)
      #expect(try await store.deleteUser("ada") == key[0])
      #expect(try await store.deleteUser("ada") == nil)
      #expect(try await store.user("ada") == nil)
      #expect(try await store.users(after: "", limit: 9).map(\.id) == ["bob"])
    }
  }

  @Test func `pages are in order of id, and hold every record once`() async throws {
    try await withStore { store in
      var random = SeededNumbers(state: 5)
      let ids = (0..<57).map { "i-\($0)" }
      // Others that have a key and no record are on no page.
      _ = try await store.keys(ofItems: ["a", "i-3x", "z"])
      _ = try await store.put(items: ids.shuffled(using: &random).map { ItemRecord(id: $0) })
      var (paged, last) = ([String](), "")
      while true {
        let page = try await store.items(after: last, limit: 10)
        guard let end = page.last else { break }
        #expect(page.count <= 10)
        paged += page.map(\.id)
        last = end.id
      }
      #expect(paged == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
      let all = try store.allItems()
      #expect(Set(all.map(\.record.id)) == Set(ids))
      #expect(all.map(\.key) == all.map(\.key).sorted())
      #expect(
        try await store.knownKeys(ofItems: all.map(\.record.id)) == all.map { Optional($0.key) })
    }
  }

  @Test func `users are those who were put or did something, each on one page`() async throws {
    try await withStore { store in
      _ = try await store.put(users: [UserRecord(id: "put"), UserRecord(id: "é")])
      _ = try await store.append([
        event("met", "tea"), event("put", "tea"), event("pruned", "tea"), event("gone", "tea"),
      ])
      _ = try await store.delete(eventsOf: "pruned", with: "tea")
      _ = try await store.forget(user: "gone")
      // Others have a key, and nothing is known of them.
      store.record(exposure("r-1", user: "shown", ["tea"]))
      _ = try await store.keys(ofUsers: (0..<50).map { "key-\($0)" })
      #expect(try await store.knownKeys(ofUsers: ["shown"]) != [nil])
      let expected = ["met", "pruned", "put", "é"]
      for limit in 1...5 {
        var (paged, last) = ([String](), "")
        while let end = try await store.users(after: last, limit: limit).last {
          paged += try await store.users(after: last, limit: limit).map(\.id)
          last = end.id
        }
        #expect(paged == expected, "\(limit)")
      }
      try store.close()
      let queue = try DatabaseQueue(path: databasePath(store.directory))
      let plan = try await queue.read { db in
        try Row.fetchAll(
          db, sql: "EXPLAIN QUERY PLAN SELECT id, features FROM users \(Store.knownUsers)",
          arguments: ["a", 3]
        ).map { $0["detail"] as String }
      }
      try queue.close()
      // No table is walked and nothing is sorted.
      #expect(plan.contains { $0.hasPrefix("SEARCH users USING INDEX") && $0.contains("id>?") })
      #expect(
        !plan.contains {
          $0.hasPrefix("SCAN users") || $0.contains("SCAN events") || $0.contains("TEMP")
        }, "\(plan)")
    }
  }

  @Test func `a batch with an id that cannot be stored stores nothing`() async throws {
    try await withStore { store in
      await #expect(throws: StoreError.invalid(what: "the id of an item")) {
        _ = try await store.put(items: [tea(), ItemRecord(id: "")])
      }
      await #expect(throws: StoreError.invalid(what: "the id of a user")) {
        _ = try await store.put(users: [UserRecord(id: "a\0")])
      }
      let stored = try await store.counts().items
      #expect(stored == 0)
    }
  }
}
