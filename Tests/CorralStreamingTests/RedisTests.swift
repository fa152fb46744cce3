import CorralData
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct RedisTests {
  @Test(arguments: [false, true])
  func `a stream of Redis keeps the contract of sources`(asJSON: Bool) throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let events = madeUpEvents(300, seed: 1)
      if asJSON {
        try server.add(entries: events.map { ["event", Style.jsonl.line($0)] })
      } else {
        try server.add(events)
      }
      try expectSourceContract(of: events, seed: 2) { try server.source() }
    }
  }

  @Test func `a stream that waits is given what comes, and need not be there yet`() async throws {
    try await withTemporaryFolder { folder in
      let server = Shared(try RedisServer(folder))
      let address = server.value.address()
      try await expectWaiting(for: madeUpEvents(40, seed: 3)) {
        try RedisSource(address, patience: patience)
      } send: { event in
        do { try server.value.add([event]) } catch {
          Issue.record(error)
        }
      }
    }
  }

  @Test func `entries that were deleted are not given, and positions stay`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let events = madeUpEvents(120, seed: 4)
      let ids = try server.add(events)
      let before = try server.source().next(120).map(\.position)
      let isKept = events.indices.map { $0 % 3 == 1 }
      for (id, isKept) in zip(ids, isKept) where !isKept { try server.ask("XDEL", "events", id) }
      let kept = zip(events, isKept).filter(\.1).map(\.0)
      try expectSourceContract(of: kept, seed: 5) { try server.source() }
      // Places of entries that are gone are places all the same, while an older one is there.
      for place in 1..<120 {
        let source = try server.source()
        try source.seek(to: saved(before[place]))
        let rest = try source.rest().map(\.event)
        #expect(rest == zip(events, isKept).dropFirst(place + 1).filter(\.1).map(\.0))
      }
    }
  }

  @Test func `the lag is the number of entries that were not given`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let source = try server.source()
      #expect(try source.lag() == StreamLag(events: 0))
      let ids = try server.add(madeUpEvents(9, seed: 6))
      #expect(try source.lag() == StreamLag(events: 9))
      #expect(try source.next(4).count == 4)
      #expect(try source.lag() == StreamLag(events: 5))
      #expect(try source.rest().count == 5)
      try server.add(entries: [["user", "ada", "item", "tea"]])
      #expect(try source.lag() == StreamLag(events: 1))
      try server.ask("XDEL", "events", try #require(ids.last))
      #expect(try source.rest().count == 1)
      #expect(try source.lag() == StreamLag(events: 0))
    }
  }

  @Test func `a bad entry stops the source with its id, or goes to the dead letter`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      try server.add(entries: [["user", "ada", "item", "tea"]])
      let bad = try server.add(entries: [
        ["user", "bob", "value", "1"], ["event", "{\"user\": \"b"], ["event", " "],
        ["user", "a\"b\\\n\u{1}", "item", "x", "value", "many"],
      ])
      try server.add(entries: [["user", "eve", "item", "a\"b\\\n\u{1}"]])
      let source = try server.source()
      #expect(try source.next(9).map(\.event.user) == ["ada"])
      let here = source.position
      for _ in 0..<2 {
        #expect(
          throws: StreamError.badRecord(
            source: server.address().name, place: "entry \(bad[0])",
            reason: "column 'item' is empty")
        ) { try source.next(9) }
      }
      #expect(source.position == here)
      let letters = folder.appendingPathComponent("letters")
      let other = try server.source(deadLetter: letters)
      #expect(try other.rest().map(\.event.item) == ["tea", "a\"b\\\n\u{1}"])
      #expect(other.deadLetters == 4)
      let contents = try DeadLetter.contents(of: letters)
      #expect(
        contents.letters.map(\.text) == [
          #"{"user":"bob","value":"1"}"#, "{\"user\": \"b", " ",
          #"{"user":"a\"b\\\u000a\u0001","item":"x","value":"many"}"#,
        ])
      #expect(contents.letters.first?.position == here)
      #expect(contents.letters[2].reason == "its field 'event' is empty")
    }
  }

  @Test func `the names of fields may be chosen, and databases are apart`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      try server.ask("SELECT", "3")
      try server.add(entries: [["who", "ada", "what", "tea", "extra", "1"]], to: "clicks")
      var columns = ColumnNames()
      (columns.user, columns.item) = ("who", "what")
      var address = server.address("clicks")
      address.database = 3
      #expect(
        try RedisSource(address, columns: columns, patience: patience).rest().map(\.event)
          == [StreamEvent(user: "ada", item: "tea")])
      address.database = 2
      #expect(try RedisSource(address, columns: columns, patience: patience).rest().isEmpty)
    }
  }

  @Test func `thousands of entries come in order`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      for number in 1...5_000 {
        try server.ask("XADD", "events", "\(number)-1", "user", "ada", "item", "\(number)")
      }
      let records = try server.source().next(10_000)
      #expect(records.map(\.event.item) == (1...records.count).map { "\($0)" })
      let source = try server.source()
      var items: [String] = []
      while case let batch = try source.next(10_000), !batch.isEmpty {
        items += batch.map(\.event.item)
      }
      #expect(items == (1...5_000).map { "\($0)" })
    }
  }
}

/// Something that threads use by turns.
final class Shared<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
