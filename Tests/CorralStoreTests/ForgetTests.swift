import CorralStore
import Foundation
import GRDB
import Testing

@Suite struct ForgetTests {
  @Test func `a forgotten user leaves no byte in the files, and nobody else loses any`()
    async throws
  {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = SeededNumbers(state: 3)
    // Long ids in random order: pages of the index split and merge, and leave copies in their gaps.
    let ids = (0..<3000).map { _ in
      "user-"
        + (0..<Int.random(in: 2...12, using: &random))
        .map { _ in String(UInt64.random(in: 1 << 60 ... .max, using: &random), radix: 36) }
        .joined()
    }
    let store = try Store(folder)
    for start in stride(from: 0, to: ids.count, by: 50) {
      _ = try await store.put(
        users: ids[start..<start + 50].map { id in
          var record = UserRecord(id: id)
          record.features["name"] = .categories(["the \(id) of \(id)"])
          return record
        })
    }
    _ = try await store.append(
      ids.flatMap { id in
        (0..<3).map { event(id, "i-\($0)", id: "\(id)-\($0)", request: "r \(id)") }
      })
    store.record(exposure("r-1", user: ids[0], ["i-0"]))
    store.record(exposure("r-2", user: ids[1], ["i-0"]))

    let gone = Array(ids[..<40])
    #expect(try bytes(of: folder).range(of: Data(gone[0].utf8)) != nil)
    for (number, id) in gone.enumerated() {
      let forgotten = try await store.forget(user: id)
      #expect(
        forgotten
          == Store.Forgotten(
            key: UserKey(Int32(number + 1)), events: 3, exposures: number < 2 ? 1 : 0))
      #expect(try bytes(of: folder).range(of: Data(id.utf8)) == nil)
    }
    #expect(try await store.users(startingWith: "user-", limit: 9999).count == 2960)
    #expect(try await store.counts().events == 2960 * 3)
    #expect(try await store.events(of: gone[0], limit: 9).isEmpty)
    #expect(try await store.user(gone[0]) == nil)
    var exposed: [String?] = []
    try store.forEachExposure { exposed.append($0.exposure.user) }
    #expect(exposed == [nil, nil])
    try store.close()
    try expectWhole(folder)
  }

  @Test func `a forgotten user is known as such until an event comes, and then is new`()
    async throws
  {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    _ = try await store.append([event("ada", "tea", id: "e-1"), event("bob", "tea")])
    #expect(try await !store.isForgotten("ada"))
    #expect(try await store.forget(user: "ada").events == 1)
    // Also somebody whom only a model knows.
    #expect(
      try await store.forget(user: "eve") == Store.Forgotten(key: nil, events: 0, exposures: 0))
    try store.close()

    let reopened = try Store(folder)
    #expect(try await reopened.isForgotten("ada"))
    #expect(try await reopened.isForgotten("eve"))
    #expect(try await !reopened.isForgotten("bob"))
    #expect(try reopened.everForgotten(among: ["ada", "bob", "eve"]) == ["ada", "eve"])
    // What an answer shows somebody forgotten is anonymous.
    reopened.record(exposure("r-1", user: "ada", ["tea"]))
    try await reopened.flush()
    #expect(try await reopened.knownKeys(ofUsers: ["ada"]) == [nil])

    let receipt = try await reopened.append([event("ada", "milk", id: "e-1")])[0]
    #expect(
      receipt == EventReceipt(position: 3, isRepeat: false, user: UserKey(3), item: ItemKey(2)))
    #expect(try await !reopened.isForgotten("ada"))
    #expect(try reopened.everForgotten(among: ["ada", "bob"]) == ["ada"])
    try reopened.close()
  }

  @Test func `events that wait when a user is forgotten are forgotten too`() async throws {
    try await withStore { store in
      try await withThrowingTaskGroup(of: Int.self) { group in
        try await whileLocked(store.directory) {
          group.addTask { try await store.append([event("ada", "tea")]).count }
          try await wait { store.statistics.waiting == 1 }
          store.record(exposure("r", user: "ada", ["tea"]))
          group.addTask { try await store.forget(user: "ada").events }
          try await wait { store.statistics.waiting == 2 }
        }
        #expect(try await group.reduce(0, +) == 2)
      }
      #expect(try await store.knownKeys(ofUsers: ["ada"]) == [nil])
      #expect(try await store.counts().events == 0)
    }
  }

  @Test func `the files of a store whose process died while it forgot are written anew`()
    async throws
  {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    _ = try await store.append([event("ada-lovelace", "tea"), event("bob", "tea")])
    _ = try await store.forget(user: "ada-lovelace")
    try store.close()
    // As if it had died before it searched.
    try await leaveTrace("ada-lovelace", in: folder)
    let other = try DatabaseQueue(path: databasePath(folder))
    try await other.write { try $0.execute(sql: "UPDATE forgotten SET erased = 0") }
    try other.close()
    #expect(try bytes(of: folder).range(of: Data("ada-lovelace".utf8)) != nil)
    let reopened = try Store(folder)
    #expect(try bytes(of: folder).range(of: Data("ada-lovelace".utf8)) == nil)
    #expect(try await reopened.events(after: 0, limit: 9).map(\.position) == [2])
    #expect(try await reopened.append([event("bob", "milk")])[0].position == 3)
    try reopened.close()
  }

  @Test func `a copy that SQLite left in a gap is found, and the file is written anew`()
    async throws
  {
    try await withStore { store in
      let id = "ada-lovelace"
      _ = try await store.append([event(id, "tea"), event("bob", "tea"), event(id, "milk")])
      try await leaveTrace(id, in: store.directory)
      _ = try await store.forget(user: id)
      #expect(try bytes(of: store.directory).range(of: Data(id.utf8)) == nil)
      #expect(try await store.events(after: 0, limit: 9).map(\.position) == [2])
      #expect(try await store.append([event("bob", "milk")])[0].position == 4)
    }
  }

  /// Leaves a text on a page of a store's file that nothing points at.
  private func leaveTrace(_ text: String, in folder: URL) async throws {
    let other = try DatabaseQueue(path: databasePath(folder))
    try await other.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          PRAGMA secure_delete = OFF;
          CREATE TABLE trace (text); INSERT INTO trace VALUES ('\(text)'); DROP TABLE trace;
          """)
    }
    try other.close()
  }
}
