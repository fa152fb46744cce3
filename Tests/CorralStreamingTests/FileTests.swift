import CorralData
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct FileTests {
  @Test(arguments: Style.allCases)
  func `a file keeps the contract of sources`(style: Style) throws {
    try withTemporaryFolder { folder in
      let events = madeUpEvents(400, seed: 1)
      let file = folder.appendingPathComponent("events.log")
      LogWriter(file).write(style.text(events))
      try expectSourceContract(of: events, seed: 2) { try FileSource(file) }
      try expectSourceContract(of: events, seed: 3) { try FileSource(file, end: .closed) }
    }
  }

  @Test func `a file that waits is given what comes`() async throws {
    try await withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.jsonl")
      LogWriter(file).write("")
      try await expectWaiting(for: madeUpEvents(40, seed: 3)) {
        try FileSource(file)
      } send: { event in
        LogWriter(file).write(Style.jsonl.line(event))
      }
    }
  }

  @Test(arguments: Style.allCases)
  func `half a line is never read, wherever it is cut`(style: Style) throws {
    try withTemporaryFolder { folder in
      let events = madeUpEvents(6, seed: 4)
      let file = folder.appendingPathComponent("events.log")
      let writer = LogWriter(file)
      let source = try FileSource(file)
      let text = Array(style.text(events).utf8)
      var read: [StreamEvent] = []
      for place in text.indices {
        writer.write([text[place]])
        read += try source.next(10).map(\.event)
        let ends = text[...place].count { $0 == UInt8(ascii: "\n") }
        #expect(read.count == max(0, ends - (style.header.isEmpty ? 0 : 1)))
      }
      #expect(read == events)
    }
  }

  @Test func `a file that nobody writes ends, and one that is written does not`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      LogWriter(file).write(Style.csv.text(madeUpEvents(3, seed: 5)))
      let closed = try FileSource(file, end: .closed)
      #expect(!closed.hasEnded)
      #expect(try closed.rest().count == 3)
      #expect(closed.hasEnded)
      let open = try FileSource(file)
      #expect(try open.rest().count == 3)
      #expect(!open.hasEnded)
    }
  }

  @Test func `the lag is what is written and not given`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\nada,tea\n")
      let source = try FileSource(file)
      #expect(try source.lag() == StreamLag(bytes: 18))
      #expect(try source.rest().count == 1)
      #expect(try source.lag() == StreamLag(bytes: 0))
      writer.write("ada,milk\nb")
      #expect(try source.lag() == StreamLag(bytes: 10))
      rename(file, folder.appendingPathComponent("events.csv.1"))
      writer.reopen()
      writer.write("user,item\n")
      #expect(try source.lag() == StreamLag(bytes: 20))
    }
  }

  @Test func `no file, a folder and a pipe are refused by name`() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("no.csv")
      let error = #expect(throws: StreamError.self) { _ = try FileSource(missing) }
      #expect(
        error.map { "\($0)" } == "\(missing.path): there is no such file or folder")
      let pipe = folder.appendingPathComponent("pipe")
      #expect(mkfifo(pipe.path, 0o600) == 0)
      for place in [folder, pipe] {
        #expect(
          throws: StreamError.unreadable(
            path: place.path, reason: "only a file can be followed; give a pipe as standard input")
        ) { _ = try FileSource(place) }
      }
    }
  }

  @Test func `a first line without a user or an item is refused each time`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      LogWriter(file).write("1,2,3\n")
      let source = try FileSource(file)
      for _ in 0..<2 { #expect(throws: DataError.self) { try source.next(1) } }
      #expect(try source.lag() == StreamLag(bytes: 6))
    }
  }
}
