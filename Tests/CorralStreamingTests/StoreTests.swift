import CorralData
import CorralStore
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import GRDB
import Testing

@Suite struct StoreTests {
  @Test func `a store keeps the contract of sources`() async throws {
    try await withTemporaryFolder { folder in
      let events = madeUpEvents(400, seed: 1)
      let store = try Store(folder)
      _ = try await store.append(stored(events))
      // Read beside the server that has it open, and after it has gone.
      try expectSourceContract(of: events, seed: 2) { try StoreSource(folder) }
      try store.close()
      try expectSourceContract(of: events, seed: 3) { try StoreSource(folder) }
    }
  }

  @Test func `deleted events leave gaps, and positions stay`() async throws {
    try await withTemporaryFolder { folder in
      let events = madeUpEvents(300, seed: 4)
      let store = try Store(folder)
      defer { try? store.close() }
      _ = try await store.append(stored(events))
      let source = try StoreSource(folder)
      let before = try source.next(200)
      let places = try before.map { try saved($0.position) }
      _ = try await store.forget(user: "ada")
      for number in stride(from: 0, to: 300, by: 7) {
        _ = try await store.delete(eventsOf: events[number].user, with: "i-\(number)")
      }
      let kept = events.enumerated().filter { number, event in
        event.user != "ada" && number % 7 != 0
      }
      #expect(kept.count < 250)
      #expect(try source.rest().map(\.event) == kept.filter { $0.offset >= 200 }.map(\.element))
      try expectSourceContract(of: kept.map(\.element), seed: 5) { try StoreSource(folder) }
      // Places behind events that are gone are places all the same.
      for (number, place) in places.enumerated() {
        try source.seek(to: place)
        let rest = try source.rest().map(\.event)
        #expect(rest == kept.filter { $0.offset > number }.map(\.element))
      }
    }
  }

  @Test func `the lag is an upper bound, and 0 when nothing is left to read`() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(folder)
      defer { try? store.close() }
      let source = try StoreSource(folder)
      #expect(try source.lag() == StreamLag(events: 0))
      _ = try await store.append(stored(madeUpEvents(9, seed: 6)))
      #expect(try source.lag() == StreamLag(events: 9))
      _ = try source.next(4)
      #expect(try source.lag() == StreamLag(events: 5))
      for item in 6..<9 {
        for user in ["ada", "bob", "eve", "Zoë", "a,b", "say \"hi\"", "☕️"] {
          _ = try await store.delete(eventsOf: user, with: "i-\(item)")
        }
      }
      #expect(try source.rest().count == 2)
      #expect(try source.lag() == StreamLag(events: 0))
    }
  }

  @Test func `a store is read while tasks append to it, each event once and in order`() async throws
  {
    try await withTemporaryFolder { folder in
      let store = try Store(folder)
      defer { try? store.close() }
      let events = madeUpEvents(1_200, seed: 7)
      async let read = onThread {
        var random = SeededGenerator(seed: 8)
        let source = try StoreSource(folder)
        return try source.read(events.count, random: &random)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for part in 0..<4 {
          group.addTask {
            for start in stride(from: part * 300, to: part * 300 + 300, by: 10) {
              _ = try await store.append(stored(Array(events[start..<start + 10])))
            }
          }
        }
        try await group.waitForAll()
      }
      let records = try await read
      let all = try await store.events(after: 0, limit: .max)
      #expect(records.map(\.event) == all.map { StreamEvent($0.event) })
      #expect(Set(records.map(\.event.item)).count == events.count)
    }
  }

  @Test func `a store is read while another process writes it`() async throws {
    try await withTemporaryFolder { folder in
      try Store(folder).close()
      async let read = onThread {
        var random = SeededGenerator(seed: 9)
        return try StoreSource(folder).read(200, random: &random)
      }
      await #expect(processExitsWith: .exitCode(0)) { [path = folder.path as String] in
        let store = try Store(URL(fileURLWithPath: path))
        for event in madeUpEvents(200, seed: 10) { _ = try await store.append(stored([event])) }
        try await store.closeAside()
      }
      #expect(try await read.map(\.event) == madeUpEvents(200, seed: 10))
    }
  }

  @Test func `a source that waits is given what comes`() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(folder)
      defer { try? store.close() }
      try await expectWaiting(for: madeUpEvents(30, seed: 11)) {
        try StoreSource(folder)
      } send: { event in
        Task { _ = try await store.append(stored([event])) }
      }
    }
  }

  @Test func `the lock of the store is left to its server`() throws {
    try withTemporaryFolder { folder in
      let first = try Store(folder)
      let source = try StoreSource(folder)
      try first.close()
      let second = try Store(folder)
      #expect(try source.next(1).isEmpty)
      try second.close()
    }
  }

  @Test func `a newer store is refused by name, also one that became newer`() async throws {
    try await withTemporaryFolder { folder in
      let store = try Store(folder)
      _ = try await store.append(stored(madeUpEvents(3, seed: 12)))
      try store.close()
      let source = try StoreSource(folder)
      #expect(try source.next(1).count == 1)
      try await change(folder) {
        try $0.execute(
          sql: "INSERT INTO grdb_migrations VALUES ('7: embeddings'); CREATE TABLE more (x)")
      }
      let error = StoreError.newer(path: folder.path, migration: "7: embeddings")
      #expect(throws: error) { try source.next(1) }
      #expect(throws: error) { _ = try StoreSource(folder) }
    }
  }

  @Test func `a folder without a store is refused, and nothing is made in it`() throws {
    try withTemporaryFolder { folder in
      #expect(throws: StoreError.failed(path: folder.path, reason: "it holds no events.sqlite")) {
        _ = try StoreSource(folder)
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(files.isEmpty)
    }
  }

  @Test func `a place of another store, or behind the end of an older copy, is refused`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let (here, copy, other) = (
        folder.appendingPathComponent("here"), folder.appendingPathComponent("copy"),
        folder.appendingPathComponent("other")
      )
      let store = try Store(here)
      _ = try await store.append(stored(madeUpEvents(5, seed: 13)))
      try store.close()
      try FileManager.default.copyItem(at: here, to: copy)
      let again = try Store(here)
      _ = try await again.append(stored(madeUpEvents(5, seed: 14)))
      try again.close()
      let source = try StoreSource(here)
      #expect(try source.rest().count == 10)
      let position = try saved(source.position)
      // A copy is the same store.
      let copied = try StoreSource(copy)
      let gone = StreamError.gone(
        position: position,
        reason: "the last event of \(copy.path) is 5, so an older copy was put in its place")
      #expect(throws: gone) { try copied.seek(to: position) }
      #expect(try copied.rest().count == 5)
      // Also one that is put there while the source reads.
      try FileManager.default.removeItem(at: here)
      try FileManager.default.copyItem(at: copy, to: here)
      #expect(throws: StreamError.self) { try source.next(1) }
      try Store(other).close()
      let foreign = try StoreSource(other)
      #expect(throws: StreamError.self) { try foreign.seek(to: position) }
      try FileManager.default.removeItem(at: here)
      try FileManager.default.copyItem(at: other, to: here)
      #expect(
        throws: StoreError.failed(
          path: here.path, reason: "another store was put in the place of this one")
      ) { try source.next(1) }
    }
  }

  @Test func `an event whose user is lost stops the source, or goes to the dead letter`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("store")
      let store = try Store(place)
      _ = try await store.append(
        ["ada", "bob", "eve"].map { Event(user: $0, item: "tea", type: "click") })
      try store.close()
      try await change(place) { try $0.execute(sql: "DELETE FROM users WHERE id = 'bob'") }
      let source = try StoreSource(place)
      #expect(try source.next(9).map(\.event.user) == ["ada"])
      for _ in 0..<2 {
        #expect(
          throws: StreamError.badRecord(
            source: place.path, place: "event 2", reason: "its user is not in the store")
        ) { try source.next(9) }
      }
      let letters = folder.appendingPathComponent("letters")
      let other = try StoreSource(place, deadLetter: letters)
      #expect(try other.rest().map(\.event.user) == ["ada", "eve"])
      #expect(other.deadLetters == 1)
      let contents = try DeadLetter.contents(of: letters)
      #expect(contents.letters.map(\.reason) == ["its user is not in the store"])
      #expect(contents.letters.map(\.position) == [source.position])
    }
  }

  /// Changes the file of a store from outside.
  private func change(
    _ folder: URL, _ body: @escaping @Sendable (Database) throws -> Void
  ) async throws {
    let other = try DatabaseQueue(path: folder.appendingPathComponent("events.sqlite").path)
    try await other.writeWithoutTransaction(body)
    try other.close()
  }
}
