import CorralData
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct RotationTests {
  @Test(arguments: Style.allCases)
  func `a log that was rotated keeps the contract of sources, from any of its files`(
    style: Style
  ) throws {
    try withTemporaryFolder { folder in
      let events = madeUpEvents(300, seed: 1)
      let file = folder.appendingPathComponent("events.csv")
      let first = LogWriter(file)
      first.write(style.text(Array(events[..<90])))
      let start = try FileSource(file).position
      for (number, range) in [90..<91, 91..<200, 200..<300].enumerated() {
        for older in stride(from: number, to: 0, by: -1) {
          rename(numbered(file, older), numbered(file, older + 1))
        }
        rename(file, numbered(file, 1))
        LogWriter(file).write(style.text(Array(events[range])))
      }
      try expectSourceContract(of: events, seed: 2) {
        let source = try FileSource(file)
        try source.seek(to: start)
        return source
      }
    }
  }

  @Test(arguments: Style.allCases, Rotation.allCases)
  func `each line is read once while a thread writes and rotates`(
    style: Style, rotation: Rotation
  ) async throws {
    // `CORRAL_ROTATIONS=100` in the environment tries so many logs.
    let logs = ProcessInfo.processInfo.environment["CORRAL_ROTATIONS"].flatMap(UInt64.init) ?? 4
    for seed in 0..<logs {
      try await withTemporaryFolder { folder in
        let events = madeUpEvents(1_500, seed: seed)
        let file = folder.appendingPathComponent("events.csv")
        let log = RotatingLog(file, style: style, rotation: rotation, seed: seed)
        log.write(events[0])
        let source = try FileSource(file)
        #expect(try source.next(1, waiting: patience).map(\.event) == [events[0]])
        let place = try saved(source.position)
        async let written: Void = onThread { for event in events[1...] { log.write(event) } }
        let read = try await onThread {
          var random = SeededGenerator(seed: seed, stream: 1)
          var source = try FileSource(file, at: place)
          var read: [StreamEvent] = []
          while read.count < events.count - 1 {
            let batch = try source.next(1 + random.next(below: 50), waiting: patience)
            read += batch.map(\.event)
            if batch.isEmpty { break }
            // A header alone is no beginning by which a copy could be told.
            if random.next(below: 10) == 0, case .file(let here) = source.position,
              here.line > (style.header.isEmpty ? 0 : 1)
            {
              let position = try saved(source.position)
              source = try FileSource(file, at: position)
            }
          }
          #expect(try source.next(10).isEmpty)
          return read
        }
        try await written
        #expect(read == Array(events[1...]), "\(style), \(rotation), seed \(seed)")
      }
    }
  }

  @Test func `what is written to the old file before the new one holds something comes first`()
    throws
  {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\n")
      let source = try FileSource(file)
      #expect(try source.rest().map(\.event.item) == ["1"])
      rename(file, numbered(file, 1))
      writer.write("a,2\n")
      #expect(try source.rest().map(\.event.item) == ["2"])
      let next = LogWriter(file)
      writer.write("a,3\n")
      #expect(try source.rest().map(\.event.item) == ["3"])
      writer.write("a,4\n")
      next.write("item,user\n5,b\n")
      #expect(try source.rest().map(\.event.item) == ["4", "5"])
    }
  }

  @Test func `several rotations between two readings are followed one after the other`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      // An old file, from before the source began, is not read.
      LogWriter(numbered(file, 9)).write("user,item\na,old\n")
      LogWriter(file).write("user,item\na,1\na,2\n")
      let source = try FileSource(file)
      #expect(try source.next(1).map(\.event.item) == ["1"])
      for item in 3...5 {
        for older in stride(from: item - 3, to: 0, by: -1) {
          rename(numbered(file, older), numbered(file, older + 1))
        }
        rename(file, numbered(file, 1))
        LogWriter(file).write("user,item\na,\(item)\n")
      }
      #expect(try source.rest().map(\.event.item) == ["2", "3", "4", "5"])
    }
  }

  @Test func `the names of a log's files may hold dates, before or behind the extension`() throws {
    for names in [
      ["events.csv-20240529", "events.csv-20240530"], ["events-2024-05-29.csv", "events.1.csv"],
      ["events.csv.2024-05-29T10:00:00Z", "events.csv.old"],
    ] {
      try withTemporaryFolder { folder in
        let file = folder.appendingPathComponent("events.csv")
        LogWriter(file).write("user,item\na,1\n")
        let source = try FileSource(file)
        #expect(try source.rest().map(\.event.item) == ["1"])
        rename(file, folder.appendingPathComponent(names[0]))
        LogWriter(file).write("user,item\na,2\n")
        rename(file, folder.appendingPathComponent(names[1]))
        setTime(of: folder.appendingPathComponent(names[0]), secondsAgo: 20)
        setTime(of: folder.appendingPathComponent(names[1]), secondsAgo: 10)
        LogWriter(file).write("user,item\na,3\n")
        for other in ["events.csv.bad", "events.csv.lock", "other.csv", "events.json"] {
          LogWriter(folder.appendingPathComponent(other)).write("user,item\na,no\n")
        }
        #expect(try source.rest().map(\.event.item) == ["2", "3"], "\(names)")
      }
    }
  }

  @Test func `a file that is deleted when it is rotated is read to its end`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\na,2\n")
      let source = try FileSource(file)
      #expect(try source.next(1).map(\.event.item) == ["1"])
      try FileManager.default.removeItem(at: file)
      writer.write("a,3\n")
      LogWriter(file).write("user,item\na,4\n")
      #expect(try source.rest().map(\.event.item) == ["2", "3", "4"])
    }
  }

  @Test func `a compressed file that is next is named, and read when it is unpacked`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      LogWriter(file).write("user,item\na,1\n")
      let source = try FileSource(file)
      #expect(try source.rest().map(\.event.item) == ["1"])
      rename(file, numbered(file, 2))
      setTime(of: numbered(file, 2), secondsAgo: 20)
      let packed = folder.appendingPathComponent("events.csv.1.gz")
      LogWriter(packed).write("packed")
      LogWriter(file).write("user,item\na,3\n")
      for _ in 0..<2 {
        #expect(
          throws: StreamError.unreadable(
            path: packed.path,
            reason:
              "it holds the events behind \(source.position) and is compressed: unpack it there")
        ) { try source.next(1) }
      }
      LogWriter(numbered(file, 1)).write("user,item\na,2\n")
      #expect(try source.rest().map(\.event.item) == ["2", "3"])
    }
  }

  @Test func `a file that is truncated begins anew, shorter or longer than before`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\na,2\n")
      let source = try FileSource(file)
      #expect(try source.rest().map(\.event.item) == ["1", "2"])
      writer.truncate()
      #expect(try source.rest().isEmpty)
      writer.write("user,item\na,3\n")
      #expect(try source.rest().map(\.event.item) == ["3"])
      writer.truncate()
      writer.write("user,item\na,4\na,5\na,6\na,7\n")
      #expect(try source.rest().map(\.event.item) == ["4", "5", "6", "7"])
    }
  }

  @Test func `what was copied before a truncation is read from the copy`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\na,2\na,3\n")
      let source = try FileSource(file)
      #expect(try source.next(1).map(\.event.item) == ["1"])
      let place = try saved(source.position)
      writer.write("a,4\n")
      try FileManager.default.copyItem(at: file, to: numbered(file, 1))
      writer.truncate()
      writer.write("user,item\na,5\n")
      #expect(try source.rest().map(\.event.item) == ["2", "3", "4", "5"])
      let again = try FileSource(file)
      try again.seek(to: place)
      #expect(try again.rest().map(\.event.item) == ["2", "3", "4", "5"])
    }
  }

  @Test func `a copy that is not yet followed by the truncation is not read twice`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\n")
      let source = try FileSource(file)
      #expect(try source.rest().map(\.event.item) == ["1"])
      // The reader is two copies behind; the second is half made.
      rename(file, numbered(file, 2))
      setTime(of: numbered(file, 2), secondsAgo: 20)
      writer.reopen()
      writer.write("user,item\na,2\na,3\na,4\n")
      let copy = LogWriter(numbered(file, 1))
      copy.write("user,item\na,2\na,")
      #expect(try source.rest().map(\.event.item) == ["2", "3", "4"])
      copy.write("3\na,4\n")
      writer.truncate()
      writer.write("user,item\na,5\n")
      #expect(try source.rest().map(\.event.item) == ["5"])
    }
  }

  @Test func `half a line at the end of a file that was renamed is a bad record`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\na,2")
      let source = try FileSource(file)
      #expect(try source.rest().map(\.event.item) == ["1"])
      rename(file, numbered(file, 1))
      writer.reopen()
      writer.write("user,item\na,3\n")
      for _ in 0..<2 {
        #expect(
          throws: StreamError.badRecord(
            source: file.path, place: "line 3 (byte 14)",
            reason: "the file was renamed, and ends in the middle of the line")
        ) { try source.next(1) }
      }
      let letters = folder.appendingPathComponent("letters")
      let other = try FileSource(file, deadLetter: letters)
      try other.seek(to: saved(source.position))
      #expect(try other.rest().map(\.event.item) == ["3"])
      #expect(other.deadLetters == 1)
      #expect(try DeadLetter.contents(of: letters).letters.map(\.text) == ["a,2"])
    }
  }

  @Test func `a checkpoint in a file that is gone is refused with its place`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let writer = LogWriter(file)
      writer.write("user,item\na,1\na,2\n")
      let source = try FileSource(file)
      _ = try source.next(1)
      let position = try saved(source.position)
      guard case .file(let place) = position else {
        Issue.record("\(position) is not in a file")
        return
      }
      // The file is held open, so that its number is not given again.
      try FileManager.default.removeItem(at: file)
      LogWriter(file).write("user,item\na,9\na,9\na,9\n")
      let again = try FileSource(file)
      let error = #expect(throws: StreamError.self) { try again.seek(to: position) }
      #expect(
        error.map { "\($0)" } == """
          the stream cannot go on from its checkpoint, \(file.path), behind line 2 (byte 14 of inode \
          \(place.inode)): no file beside \(file.path) is the one with inode \(place.inode). Put the \
          file back, or begin from another position and accept that events between are not learned
          """)
      // It stays where it was.
      #expect(try again.rest().count == 3)
    }
  }

  @Test func `a checkpoint in a file that was truncated or written anew is refused`() throws {
    for text in ["", "user,item\n", "user,item\na,7\na,8\na,9\n", "user,item\na,1 a,2\n"] {
      try withTemporaryFolder { folder in
        let file = folder.appendingPathComponent("events.csv")
        let writer = LogWriter(file)
        writer.write("user,item\na,1\na,2\n")
        let source = try FileSource(file)
        _ = try source.next(1)
        let position = try saved(source.position)
        writer.truncate()
        writer.write(text)
        let again = try FileSource(file)
        #expect(
          throws: StreamError.gone(
            position: position, reason: "\(file.path) has been truncated or written anew")
        ) { try again.seek(to: position) }
      }
    }
  }
}

/// A name such as `events.csv.1`.
private func numbered(_ file: URL, _ number: Int) -> URL {
  URL(fileURLWithPath: "\(file.path).\(number)")
}

/// Makes a file seem to have been written last some seconds ago.
private func setTime(of file: URL, secondsAgo: Double) {
  let time = timeval(tv_sec: Int(Date().timeIntervalSince1970 - secondsAgo), tv_usec: 0)
  precondition(utimes(file.path, [time, time]) == 0)
}

/// How a log is rotated.
enum Rotation: CaseIterable, Sendable { case numbered, dated, copied }

/// A log that rotates itself now and then, and writes its lines in pieces.
private final class RotatingLog: @unchecked Sendable {
  private let file: URL
  private let style: Style
  private let rotation: Rotation
  private let writer: LogWriter
  private var random: SeededGenerator
  private var (count, rotations) = (0, 0)
  private var isNew = true

  init(_ file: URL, style: Style, rotation: Rotation, seed: UInt64) {
    self.file = file
    self.style = style
    self.rotation = rotation
    writer = LogWriter(file)
    random = SeededGenerator(seed: seed)
  }

  /// Appends an event; from one thread at a time.
  func write(_ event: StreamEvent) {
    let line = Array(style.line(event).utf8)
    if isNew {
      // The first line of a file comes at once: it is what tells copies apart.
      writer.write(Array(style.header.utf8) + line)
      isNew = false
    } else {
      let cut = random.next(below: line.count)
      writer.write(Array(line[..<cut]))
      if random.next(below: 20) == 0 { Thread.sleep(forTimeInterval: 0.0005) }
      writer.write(Array(line[cut...]))
    }
    if random.next(below: 40) == 0, count > 0 { rotate() }
    count += 1
  }

  private func rotate() {
    rotations += 1
    isNew = true
    if rotation == .dated {
      let number = String("00000\(rotations)".suffix(6))
      rename(file, URL(fileURLWithPath: "\(file.path)-\(number)"))
      return writer.reopen()
    }
    for older in stride(from: rotations - 1, to: 0, by: -1) {
      rename(numbered(file, older), numbered(file, older + 1))
    }
    if rotation == .numbered {
      rename(file, numbered(file, 1))
      return writer.reopen()
    }
    do { try FileManager.default.copyItem(at: file, to: numbered(file, 1)) } catch {
      preconditionFailure("\(error)")
    }
    writer.truncate()
  }
}
