import CorralData
import CorralStreaming
import CorralTesting
import CorralVectors
import Foundation
import Testing

@Suite struct DeadLetterTests {
  @Test func `a bad record stops the source with its place and reason, each time`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      LogWriter(file).write("user,item,value\nada,tea,1\nbob,milk,many\neve,tea,2\n")
      let source = try FileSource(file)
      #expect(try source.next(10).map(\.event.user) == ["ada"])
      let here = source.position
      let error = StreamError.badRecord(
        source: file.path, place: "line 3 (byte 26)",
        reason: "column 'value' holds 'many', which is not a number")
      for _ in 0..<3 { #expect(throws: error) { try source.next(10) } }
      #expect(source.position == here)
      #expect(
        "\(error)" == """
          \(file.path), line 3 (byte 26): column 'value' holds 'many', which is not a number; \
          correct it, or name a file for bad records, the dead letter
          """)
    }
  }

  @Test(arguments: Style.allCases)
  func `with a dead letter every line is an event or a letter, whatever is damaged`(
    style: Style
  ) throws {
    for seed in UInt64(0)..<8 {
      try withTemporaryFolder { folder in
        var random = SeededGenerator(seed: seed)
        let log = DamagedLog(style, count: 400, random: &random)
        let file = folder.appendingPathComponent("events.log")
        LogWriter(file).write(log.text)
        let letters = folder.appendingPathComponent("letters")
        let source = try FileSource(file, deadLetter: letters)
        let records = try source.read(log.events.count, random: &random)
        #expect(try source.next(1).isEmpty)
        #expect(records.map(\.event) == log.events)
        #expect(source.deadLetters == log.damaged.count)
        let contents = try DeadLetter.contents(of: letters)
        #expect(contents.letters.map(\.text) == log.damaged)
        #expect((contents.repeats, contents.cut) == (0, 0))
        // The same lines on standard input.
        let input = pipe(holding: log.text)
        defer { close(input) }
        let others = folder.appendingPathComponent("others")
        let standard = StandardInput(deadLetter: others, descriptor: input)
        #expect(try standard.read(log.events.count, random: &random).map(\.event) == log.events)
        #expect(try standard.next(1, waiting: patience).isEmpty)
        #expect(try DeadLetter.contents(of: others).letters.map(\.text) == log.damaged)
      }
    }
  }

  /// Processes that end between a letter and the checkpoint, again and again.
  @Test func `after a crash no letter is missing, and repeats are known`() throws {
    var repeats = 0
    for seed in UInt64(0)..<8 {
      try withTemporaryFolder { folder in
        var random = SeededGenerator(seed: seed)
        let log = DamagedLog(.csv, count: 300, random: &random)
        let file = folder.appendingPathComponent("events.csv")
        LogWriter(file).write(log.text)
        let letters = folder.appendingPathComponent("letters")
        var checkpoint = try FileSource(file).position
        var learned: [StreamEvent] = []
        var cuts = 0
        while learned.count < log.events.count {
          let source = try FileSource(file, deadLetter: letters)
          try source.seek(to: saved(checkpoint))
          for _ in 0..<(1 + random.next(below: 4)) {
            let batch = try source.next(1 + random.next(below: 30))
            // A crash: what was read is not learned, and its letters are written.
            if random.next(below: 3) == 0 { break }
            learned += batch.map(\.event)
            checkpoint = source.position
          }
          // Or a crash in the middle of a letter.
          if random.next(below: 3) == 0, FileManager.default.fileExists(atPath: letters.path) {
            LogWriter(letters).write("{\"source\":\"ev")
            cuts += 1
          }
        }
        let source = try FileSource(file, deadLetter: letters)
        try source.seek(to: saved(checkpoint))
        #expect(try source.rest().isEmpty)
        #expect(learned == log.events)
        let contents = try DeadLetter.contents(of: letters)
        #expect(contents.letters.map(\.text) == log.damaged)
        #expect((contents.cut > 0) == (cuts > 0))
        repeats += contents.repeats
      }
    }
    #expect(repeats > 0)
  }

  @Test func `bytes that are no text are kept as they are`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      let bad: [UInt8] = [0xFF, 0x2C, 0x2C, 0xE9]
      LogWriter(file).write(Array("user,item\n".utf8) + bad + Array("\nada,tea\n".utf8))
      let letters = folder.appendingPathComponent("letters")
      let source = try FileSource(file, deadLetter: letters)
      #expect(try source.next(9).map(\.event.user) == ["ada"])
      let contents = try DeadLetter.contents(of: letters)
      #expect(contents.letters.map(\.bytes) == [Data(bad)])
      #expect(contents.letters.map(\.reason) == ["3 fields where there should be 2"])
    }
  }

  @Test func `a letter that cannot be written holds the source back`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      LogWriter(file).write("user,item\nada,tea\nbob\neve,tea\n")
      // A folder is in the place of the file.
      let source = try FileSource(file, deadLetter: folder)
      let start = source.position
      for _ in 0..<2 {
        #expect(
          throws: StreamError.unwritable(path: folder.path, reason: "it is a folder, not a file")
        ) { try source.next(9) }
      }
      #expect(source.position == start)
      #expect(source.deadLetters == 0)
    }
  }

  @Test func `thousands of bad records in a row are passed`() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.csv")
      LogWriter(file).write(
        "user,item\n" + String(repeating: "bad\n", count: 2_500) + "ada,tea\n")
      let letters = folder.appendingPathComponent("letters")
      let source = try FileSource(file, deadLetter: letters)
      #expect(try source.next(1).map(\.event.user) == ["ada"])
      #expect(source.deadLetters == 2_500)
      #expect(try DeadLetter.contents(of: letters).letters.count == 2_500)
    }
  }
}

/// A log some lines of which are damaged.
private struct DamagedLog {
  var text: String
  var events: [StreamEvent] = []
  var damaged: [String] = []

  init(_ style: Style, count: Int, random: inout SeededGenerator) {
    text = style.header
    for event in madeUpEvents(count, seed: random.next()) {
      // The first line tells the format.
      if events.isEmpty || random.next(below: 5) > 0 {
        events.append(event)
        text += style.line(event)
        continue
      }
      let whole = event.item
      let lines: [String] =
        switch style {
        case .csv: ["ada,\(whole),click", "\"ada,\(whole)", ",\(whole),click,1,1", "a,b,c,x,1"]
        case .tsv: ["ada\t\(whole)", "\t\(whole)\tclick\t1\t1", "a\tb\tc\t1\tsoon"]
        case .jsonl: ["{\"user\": \"ada\", \"it", "[1, 2]", "{\"user\": \"\(whole)\"}", "{}"]
        }
      let line = lines[random.next(below: lines.count)]
      damaged.append(line)
      text += line + "\n"
    }
  }
}
