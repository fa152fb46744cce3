import CorralStore
import Foundation
import GRDB
import Testing

@Suite struct DeleteTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func `exactly the events of a user, an item and a type go, and none of the others moves`(
    seed: UInt64
  ) async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = SeededNumbers(state: seed)
    let (users, items, types) = (["ada", "bob", "é"], ["tea", "milk", "☕️"], ["click", "buy"])
    var store = try Store(folder)
    var left: [StoredEvent] = []
    var position: Int64 = 0
    for round in 0..<40 {
      let sent = (0..<5).map { number in
        event(
          users.randomElement(using: &random)!, items.randomElement(using: &random)!,
          id: number == 0 ? "e-\(round)" : nil, type: types.randomElement(using: &random)!)
      }
      let receipts = try await store.append(sent)
      // Also a position whose event was the last one and is gone is given to no other.
      #expect(receipts.map(\.position) == Array((position + 1)...(position + 5)))
      position += 5
      left += zip(receipts, sent).map { StoredEvent(position: $0.position, event: $1) }
      let (user, item) = (
        users.randomElement(using: &random)!, items.randomElement(using: &random)!
      )
      let type = Bool.random(using: &random) ? types.randomElement(using: &random)! : nil
      func isMeant(_ stored: StoredEvent) -> Bool {
        stored.event.user == user && stored.event.item == item
          && (type == nil || stored.event.type == type)
      }
      #expect(
        try await store.events(of: user, with: item, type: type, limit: 999) == left.filter(isMeant)
      )
      let count = try await store.delete(eventsOf: user, with: item, type: type)
      #expect(count == left.count(where: isMeant))
      left.removeAll(where: isMeant)
      if round % 10 == 9 {
        try store.close()
        store = try Store(folder)
      }
      #expect(try await store.events(after: 0, limit: 999) == left)
      #expect(try await store.events(of: user, limit: 999) == left.filter { $0.event.user == user })
      #expect(try await store.lastPosition() == position)
    }
    try store.close()
    try expectWhole(folder)
  }

  @Test func `what is unknown has nothing to delete, and an id can be used again`() async throws {
    try await withStore { store in
      let sent = event("ada", "tea", id: "e-1")
      _ = try await store.append([sent])
      for (user, item, type) in [
        ("eve", "tea", nil), ("ada", "milk", nil), ("ada", "tea", "buy"),
      ] as [(String, String, String?)] {
        #expect(try await store.delete(eventsOf: user, with: item, type: type) == 0)
      }
      #expect(try store.prunedUsers().isEmpty)
      #expect(try await store.append([sent])[0].isRepeat)
      #expect(try await store.delete(eventsOf: "ada", with: "tea", type: "click") == 1)
      let again = try await store.append([sent])[0]
      #expect(!again.isRepeat && again.position == 2)
    }
  }

  @Test func `the log of a user says how far it goes, and whether something was deleted`()
    async throws
  {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    let sent = [
      event("ada", "tea"), event("bob", "tea"), event("ada", "milk"), event("bob", "pie"),
    ]
    let receipts = try await store.append(sent)
    #expect(try await store.log(of: "eve") == nil)
    let log = try #require(try await store.log(of: "ada"))
    #expect(log.user == receipts[0].user && log.through == 4 && !log.isPruned)
    #expect(log.events.map(\.event) == [sent[0], sent[2]])
    #expect(try await store.delete(eventsOf: "bob", with: "pie") == 1)
    try store.close()
    let reopened = try Store(folder)
    let pruned = try #require(try await reopened.log(of: "bob"))
    #expect(pruned.isPruned && pruned.through == 4 && pruned.events.map(\.position) == [2])
    #expect(try reopened.prunedUsers() == [receipts[1].user])
    // Whoever is forgotten and comes back is a new user.
    _ = try await reopened.forget(user: "bob")
    _ = try await reopened.append([event("bob", "tea")])
    #expect(try await reopened.log(of: "bob")?.isPruned == false)
    try reopened.close()
  }

  @Test func `a store of before gets what deleting needs, and keeps its events`() async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    let sent = (0..<9).map { event("u-\($0 % 3)", "i-\($0)") }
    _ = try await store.append(sent)
    try store.close()
    let older = try DatabaseQueue(path: databasePath(folder))
    try await older.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          DROP INDEX prunedUsers; ALTER TABLE users DROP COLUMN isPruned;
          DELETE FROM grdb_migrations WHERE identifier LIKE '2:%';
          """)
      #expect(db.changesCount == 1)
    }
    try older.close()
    let newer = try Store(folder)
    #expect(try await newer.events(after: 0, limit: 99).map(\.event) == sent)
    #expect(try await newer.delete(eventsOf: "u-1", with: "i-4") == 1)
    #expect(try newer.prunedUsers() == [UserKey(2)])
    try newer.close()
  }
}
