import CorralData
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct RedisFailureTests {
  @Test func `a server that is started again is read on, with every event once`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let events = madeUpEvents(60, seed: 1)
      try server.add(events[..<40])
      let source = try server.source()
      var read = try source.next(25).map(\.event)
      let here = source.position
      server.stop()
      for _ in 0..<3 {
        let error = #expect(throws: StreamError.self) { try source.next(10) }
        guard case .unreachable(server.address().name, _) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        source.wait(0)
      }
      #expect(throws: StreamError.self) { try source.lag() }
      #expect(source.position == here)
      try server.start()
      try server.add(events[40...])
      read += try source.rest().map(\.event)
      #expect(read == events)
    }
  }

  @Test func `a connection that is cut is made anew without a word`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let events = madeUpEvents(50, seed: 2)
      try server.add(events)
      let source = try server.source()
      var read: [StreamEvent] = []
      for _ in 0..<5 {
        read += try source.next(10).map(\.event)
        try server.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
      }
      #expect(read == events)
    }
  }

  @Test func `a server that is silent is given up in time, and read on when it speaks`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let events = madeUpEvents(30, seed: 3)
      try server.add(events)
      let source = try untilReached { try RedisSource(server.address(), patience: 0.2) }
      var read = try untilReached { try source.next(10).map(\.event) }
      server.freeze()
      #expect(
        throws: StreamError.unreachable(
          source: server.address().name, reason: "no answer came within 0.2 s")
      ) { try source.next(10) }
      server.thaw()
      while read.count < events.count {
        read += try untilReached { try source.next(7).map(\.event) }
      }
      #expect(read == events)
    }
  }

  @Test func `a password is needed, and is in no message`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder, password: "sesame@1/2")
      try server.add(entries: [["user", "ada", "item", "tea"]])
      for (password, code) in [(String?.none, "NOAUTH"), ("open-up", "WRONGPASS")] {
        let error = #expect(throws: StreamError.self) {
          _ = try server.source(password: password)
        }
        guard case .refused(_, let reason) = error else {
          Issue.record("\(String(describing: error))")
          continue
        }
        #expect(reason.hasPrefix("it answers '\(code) "))
        #expect(error.map { "\($0)".contains("open-up") } == false)
      }
      let text = "redis://:sesame%401%2F2@127.0.0.1:\(server.port)/0?stream=events"
      let source = try RedisSource(RedisAddress(text), patience: patience)
      #expect(try source.rest().count == 1)
      #expect(source.name == "redis://127.0.0.1:\(server.port)/0?stream=events")
    }
  }

  @Test func `nothing that listens, no Redis, and another kind of key are named`() throws {
    try withTemporaryFolder { folder in
      let nobody = RedisAddress(host: "127.0.0.1", port: try freePort(), stream: "events")
      #expect(
        throws: StreamError.unreachable(source: nobody.name, reason: "Connection refused")
      ) { _ = try RedisSource(nobody, patience: patience) }
      let server = try RedisServer(folder)
      try server.ask("SET", "text", "x")
      let error = #expect(throws: StreamError.self) {
        _ = try server.source("text")
      }
      guard case .refused(_, let reason) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reason.contains("WRONGTYPE"))
    }
  }

  @Test func `entries that were trimmed before they were read are missed, each time`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      let events = madeUpEvents(100, seed: 4)
      let ids = try server.add(events)
      let source = try server.source()
      let start = source.position
      let records = try source.next(60)
      try server.ask("XTRIM", "events", "MAXLEN", "50")
      // What was read was trimmed, and no more.
      for read in [50, 55, 60] {
        try source.seek(to: saved(records[read - 1].position))
        #expect(try source.rest().map(\.event) == Array(events[read...]))
      }
      let end = source.position
      for lost in [49, 1] {
        let place = try saved(records[lost - 1].position)
        #expect(
          throws: StreamError.gone(
            position: place,
            reason: "\(50 - lost) entries behind it were trimmed away, and the first that is left"
              + " is \(ids[50])")
        ) { try source.seek(to: place) }
      }
      #expect(throws: StreamError.self) { try source.seek(to: start) }
      #expect(source.position == end)
      // While it reads, too.
      let other = try server.source()
      #expect(try other.next(10).map(\.event) == Array(events[50..<60]))
      let here = other.position
      try server.ask("XTRIM", "events", "MAXLEN", "0")
      for _ in 0..<2 {
        #expect(
          throws: StreamError.gone(
            position: here, reason: "40 entries behind it were trimmed away")
        ) { try other.next(5) }
      }
      #expect(other.position == here)
      #expect(try source.rest().isEmpty)
    }
  }

  @Test func `a stream that was deleted or begun anew is another one`() throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      try server.add(madeUpEvents(5, seed: 5))
      let source = try server.source()
      #expect(try source.next(3).count == 3)
      let here = source.position
      try server.ask("DEL", "events")
      #expect(
        throws: StreamError.gone(position: here, reason: "there is no stream events any more")
      ) { try source.next(1) }
      try server.add(madeUpEvents(9, seed: 6))
      #expect(
        throws: StreamError.gone(
          position: here, reason: "the stream was deleted and begun anew")
      ) { try source.next(1) }
      try server.ask("DEL", "events")
      try server.ask("XADD", "events", "5-0", "user", "ada", "item", "tea")
      #expect(
        throws: StreamError.gone(
          position: here,
          reason: "the last entry that the stream was given is 5-0, so it was begun anew or an"
            + " older copy was put in its place")
      ) { try source.next(1) }
      #expect(
        throws: StreamError.foreign(position: here, source: server.address("other").name)
      ) { try server.source("other").seek(to: here) }
    }
  }

  /// A writer that adds, trims and deletes as it likes, beside a reader that a plain list stands for.
  @Test(arguments: UInt64(0)..<6)
  func `whatever is trimmed and deleted, no entry is passed in silence`(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      let server = try RedisServer(folder)
      var random = SeededGenerator(seed: seed)
      var (added, trimmed, read) = (0, 0, 0)
      var deleted: Set<Int> = []
      var isDeletedAhead = false
      var source = try server.source()
      for _ in 0..<400 {
        switch random.next(below: 5) {
        case 0, 1:
          for _ in 0...random.next(below: 6) {
            added += 1
            try server.ask("XADD", "events", "\(added)-0", "user", "u", "item", "\(added)")
          }
        case 2:
          let first = trimmed + random.next(below: max(1, min(added, read + 2) - trimmed + 1))
          try server.ask("XTRIM", "events", "MINID", "\(first + 1)-0")
          trimmed = max(trimmed, first)
        case 3:
          guard added > 0, random.next(below: 3) == 0 else { continue }
          let number = 1 + random.next(below: added)
          if try server.ask("XDEL", "events", "\(number)-0") == "1" {
            deleted.insert(number)
            isDeletedAhead = isDeletedAhead || number > read
          }
        default:
          if random.next(below: 4) == 0 {
            let place = try saved(source.position)
            source = try server.source()
            do { try source.seek(to: place) } catch StreamError.gone {
              let lost = read < trimmed && (read + 1...trimmed).contains { !deleted.contains($0) }
              #expect(lost || isDeletedAhead)
              return
            }
          }
          let waiting = (read < added ? Array(read + 1...added) : []).filter {
            !deleted.contains($0)
          }
          do {
            let batch = try source.next(1 + random.next(below: 8))
            #expect(batch.map(\.event.item) == waiting.prefix(batch.count).map { "\($0)" })
            #expect(batch.isEmpty == waiting.isEmpty)
            if let last = batch.last { read = Int(last.event.item) ?? 0 }
          } catch StreamError.gone {
            let lost = waiting.contains { $0 <= trimmed }
            #expect(lost || isDeletedAhead)
            return
          }
        }
      }
    }
  }
}
