import CorralData
import CorralStreaming
import CorralTesting
import Foundation
import Testing

@Suite struct StandardInputTests {
  @Test(arguments: Style.allCases)
  func `standard input keeps the contract of sources`(style: Style) throws {
    let events = madeUpEvents(300, seed: 1)
    var open: [Int32] = []
    defer { for end in open { close(end) } }
    try expectSourceContract(of: events, seed: 2, .forward) {
      let input = pipe(holding: style.text(events))
      open.append(input)
      return StandardInput(descriptor: input)
    }
  }

  @Test func `an input that waits is given what comes`() async throws {
    var ends: [Int32] = [0, 0]
    #expect(Foundation.pipe(&ends) == 0)
    let (input, output) = (ends[0], ends[1])
    defer {
      close(input)
      close(output)
    }
    try await expectWaiting(for: madeUpEvents(40, seed: 3)) {
      StandardInput(descriptor: input)
    } send: { event in
      let bytes = Array(Style.jsonl.line(event).utf8)
      _ = write(output, bytes, bytes.count)
    }
  }

  @Test func `an input ends, and says so when its end is found`() throws {
    let input = pipe(holding: Style.csv.text(madeUpEvents(2, seed: 4)))
    defer { close(input) }
    let source = StandardInput(descriptor: input)
    #expect(!source.hasEnded)
    #expect(try source.next(1, waiting: patience).count == 1)
    #expect(try source.next(9, waiting: patience).count == 1)
    #expect(try source.next(9, waiting: patience).isEmpty)
    #expect(source.hasEnded)
  }

  @Test(arguments: Style.allCases)
  func `lines that come after a position are read at once if the source is told`(
    style: Style
  ) throws {
    let events = madeUpEvents(20, seed: 5)
    let input = pipe(holding: style.text(Array(events[12...])))
    defer { close(input) }
    let source = StandardInput(resumption: .after, descriptor: input)
    try source.seek(to: .input(InputPlace(lines: 12)))
    #expect(source.position == .input(InputPlace(lines: 12)))
    let records = try source.next(100, waiting: patience)
    #expect(records.map(\.event) == Array(events[12...]))
    #expect(source.position == .input(InputPlace(lines: 20)))
  }

  @Test func `a checkpoint that is made before the lines are passed keeps its place`() throws {
    let input = pipe(holding: Style.csv.text(madeUpEvents(5, seed: 6)))
    defer { close(input) }
    let source = StandardInput(descriptor: input)
    try source.seek(to: .input(InputPlace(lines: 3)))
    #expect(source.position == .input(InputPlace(lines: 3)))
    #expect(try source.next(1, waiting: patience).map(\.event.item) == ["i-3"])
    #expect(throws: StreamError.cannotGoBack(position: .input(InputPlace(lines: 1)))) {
      try source.seek(to: .input(InputPlace(lines: 1)))
    }
  }

  @Test func `an input that is shorter than its position is another one`() throws {
    let input = pipe(holding: Style.csv.text(madeUpEvents(5, seed: 6)))
    defer { close(input) }
    let source = StandardInput(descriptor: input)
    try source.seek(to: .input(InputPlace(lines: 9)))
    let error = #expect(throws: StreamError.self) { try source.next(1, waiting: patience) }
    #expect(
      error.map { "\($0)" } == """
        the stream cannot go on from its checkpoint, standard input, behind line 9: the input ended \
        after 5 lines, so it is not the same one. Put the file back, or begin from another position \
        and accept that events between are not learned
        """)
  }

  @Test func `an input that ends in the middle of a line says so`() throws {
    let input = pipe(holding: "user,item\nada,tea\nbob,mil")
    defer { close(input) }
    let source = StandardInput(descriptor: input)
    #expect(try source.next(9, waiting: patience).map(\.event.user) == ["ada"])
    for _ in 0..<2 {
      #expect(
        throws: StreamError.badRecord(
          source: "standard input", place: "line 3",
          reason: "the input ends in the middle of the line")
      ) { try source.next(9, waiting: patience) }
    }
  }
}
