import CorralStore
import Dispatch
import Foundation
import Synchronization
import Testing

@Suite struct CloseTests {
  @Test func `a store waits for who reads it, and lets nobody begin meanwhile`() async throws {
    let folder = newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try Store(folder)
    _ = try await store.append([event("ada", "tea"), event("bob", "tea")])
    let begun = Atomic<Bool>(false)
    let goOn = DispatchSemaphore(value: 0)
    let ended = Atomic<Bool>(false)
    async let read = withCheckedThrowingContinuation {
      (caller: CheckedContinuation<[String], any Error>) in
      Thread.detachNewThread {
        caller.resume(
          with: Result {
            var users: [String] = []
            try store.forEachUser { _, id in
              if users.isEmpty {
                begun.store(true, ordering: .sequentiallyConsistent)
                goOn.wait()
              }
              users.append(id)
            }
            return users
          })
      }
    }
    try await wait { begun.load(ordering: .sequentiallyConsistent) }
    async let closing: Void = {
      try await store.closeAside()
      ended.store(true, ordering: .sequentiallyConsistent)
    }()
    // Once the end has begun, whoever comes is refused.
    try await wait {
      do {
        _ = try await store.counts()
        return false
      } catch StoreError.closed(folder.path) { return true }
    }
    #expect(throws: StoreError.closed(path: folder.path)) { try store.forEachUser { _, _ in } }
    let isEnded = ended.load(ordering: .sequentiallyConsistent)
    #expect(!isEnded, "somebody reads")
    goOn.signal()
    #expect(try await read == ["ada", "bob"])
    try await closing
  }

  @Test func `reads that race with the end are answered or refused`() async throws {
    for round in 0..<60 {
      let folder = newFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let store = try Store(folder)
      _ = try await store.append((0..<20).map { event("u-\($0)", "i") })
      try await withThrowingTaskGroup(of: Void.self) { group in
        for reader in 0..<8 {
          group.addTask {
            do {
              while true {
                if reader % 2 == 0 {
                  let count = try await store.events(after: 0, limit: 99).count
                  #expect(count == 20)
                } else {
                  var users = 0
                  try store.forEachUser { _, _ in users += 1 }
                  #expect(users == 20)
                  await Task.yield()
                }
              }
            } catch StoreError.closed {}
          }
        }
        group.addTask {
          if round % 2 == 0 { await Task.yield() }
          try await store.closeAside()
        }
        try await group.waitForAll()
      }
      await #expect(throws: StoreError.closed(path: folder.path)) { _ = try await store.counts() }
      await #expect(throws: StoreError.closed(path: folder.path)) {
        _ = try await store.forget(user: "u-1")
      }
    }
  }
}
