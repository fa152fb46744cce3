import CorralStore
import Foundation
import GRDB
import Testing

/// What happens while a transaction takes long: here, because another connection has the lock.
@Suite struct GroupCommitTests {
  @Test func `what waits is committed together`() async throws {
    try await withStore { store in
      let before = store.statistics.commits
      let receipts = try await withThrowingTaskGroup(of: EventReceipt.self) { group in
        try await whileLocked(store.directory) {
          for number in 0..<200 {
            group.addTask {
              try await store.append([event("u-\(number)", "i", id: "\(number)")])[0]
            }
          }
          try await wait { store.statistics.waiting == 200 }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(receipts.map(\.position)) == Set(1...200))
      // The one that was being written when the others came, and the others.
      #expect((1...2).contains(store.statistics.commits - before))
      #expect(store.statistics.waiting == 0)
    }
  }

  @Test func `past the bound an append is refused, and what was taken is stored`() async throws {
    var settings = StoreSettings()
    settings.waiting = 100
    try await withStore(settings) { store in
      try await withThrowingTaskGroup(of: Int.self) { group in
        try await whileLocked(store.directory) {
          for batch in 0..<10 {
            group.addTask {
              try await store.append((0..<10).map { event("u-\(batch)", "i-\($0)") }).count
            }
          }
          try await wait { store.statistics.waiting == 100 }
          await #expect(throws: StoreError.full) {
            _ = try await store.append([event("late", "i")])
          }
        }
        #expect(try await group.reduce(0, +) == 100)
      }
      #expect(try await store.counts().events == 100)
      // A batch longer than the bound is taken when nothing waits.
      #expect(try await store.append((0..<150).map { event("u", "i-\($0)") }).count == 150)
    }
  }

  @Test func `readers do not wait for the writer`() async throws {
    try await withStore { store in
      _ = try await store.append([event("ada", "tea")])
      try await withThrowingTaskGroup(of: Int64.self) { group in
        try await whileLocked(store.directory) {
          group.addTask { try await store.append([event("ada", "milk")])[0].position }
          try await wait { store.statistics.waiting == 1 }
          #expect(try await store.events(of: "ada", limit: 5).count == 1)
          var walked = 0
          try store.forEachEvent { _ in walked += 1 }
          #expect(walked == 1)
          #expect(store.statistics.waiting == 1)
        }
        #expect(try await group.reduce(into: []) { $0.append($1) } == [2])
      }
    }
  }

  @Test func `a lock that is held too long is an error, and the store goes on`() async throws {
    var settings = StoreSettings()
    settings.patience = 0.05
    try await withStore(settings) { store in
      try await whileLocked(store.directory) {
        await #expect(throws: StoreError.locked(path: store.directory.path)) {
          _ = try await store.append([event("ada", "tea")])
        }
      }
      #expect(try await store.append([event("ada", "tea")])[0].position == 1)
    }
  }

  @Test func `a full disk is an error, and leaves the store whole`() async throws {
    var settings = StoreSettings()
    settings.largestFile = 1 << 20
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var acknowledged: [EventReceipt] = []
    let store = try Store(folder, settings: settings)
    await #expect(throws: StoreError.diskFull(path: folder.path)) {
      for batch in 0..<1000 {
        acknowledged += try await store.append(
          (0..<100).map { event("u-\(batch)", "i-\($0)", id: "\(batch)-\($0)") })
      }
    }
    #expect(acknowledged.count > 1000)
    #expect(try await store.counts().events == acknowledged.count)
    try store.close()

    let larger = try Store(folder)
    #expect(
      try await larger.events(after: 0, limit: .max).map(\.position)
        == acknowledged.map(\.position))
    #expect(try await larger.append([event("late", "i")])[0].position > acknowledged.count)
    try larger.close()
    try expectWhole(folder)
  }
}
