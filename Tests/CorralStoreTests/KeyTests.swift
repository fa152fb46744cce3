import CorralStore
import Foundation
import Testing

@Suite struct KeyTests {
  @Test func `keys count from one, in the order in which ids are first met`() async throws {
    try await withStore { store in
      #expect(try await store.knownKeys(ofUsers: ["b", "a"]) == [nil, nil])
      #expect(
        try await store.keys(ofUsers: ["b", "a", "b"]) == [UserKey(1), UserKey(2), UserKey(1)])
      #expect(try await store.keys(ofItems: ["a"]) == [ItemKey(1)])
      #expect(
        try await store.knownKeys(ofUsers: ["c", "a", "b"]) == [nil, UserKey(2), UserKey(1)])
      _ = try await store.append([event("c", "z")])
      #expect(try await store.keys(ofUsers: ["d", "c"]) == [UserKey(4), UserKey(3)])
      var users: [String] = []
      try store.forEachUser { key, id in
        users.append(id)
        #expect(key.number == users.count)
      }
      #expect(users == ["b", "a", "c", "d"])
      var items: [String] = []
      try store.forEachItem { items.append("\($0.number) \($1)") }
      #expect(items == ["1 a", "2 z"])
    }
  }

  @Test func `tasks that make the same keys at once get the same ones`() async throws {
    try await withStore { store in
      let ids = (0..<500).map { "i-\($0)" }
      let answers = try await withThrowingTaskGroup(of: [String: ItemKey].self) { group in
        for seed in 0..<8 {
          group.addTask {
            var random = SeededNumbers(state: UInt64(seed))
            let mine = ids.shuffled(using: &random)
            return Dictionary(
              uniqueKeysWithValues: zip(mine, try await store.keys(ofItems: mine)))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers).count == 1)
      #expect(Set(answers[0].values.map(\.number)) == Set(1...500))
    }
  }

  @Test func `a key is not given again after its user was forgotten`() async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    _ = try await store.append([event("ada", "tea"), event("bob", "tea")])
    #expect(try await store.forget(user: "bob").key == UserKey(2))
    try store.close()
    let reopened = try Store(folder)
    let receipt = try await reopened.append([event("bob", "tea")])[0]
    #expect(receipt.user == UserKey(3) && receipt.position == 3)
    try reopened.close()
  }

  @Test func `users are found by the beginning of their ids`() async throws {
    try await withStore { store in
      _ = try await store.keys(ofUsers: ["bob", "ada", "al", "é", "a%", "b"])
      #expect(try await store.users(startingWith: "a", limit: 9) == ["a%", "ada", "al"])
      #expect(try await store.users(startingWith: "a", limit: 2) == ["a%", "ada"])
      #expect(try await store.users(startingWith: "é", limit: 9) == ["é"])
      #expect(try await store.users(startingWith: "", limit: 9).count == 6)
      #expect(try await store.users(startingWith: "a%x", limit: 9).isEmpty)
    }
  }
}
