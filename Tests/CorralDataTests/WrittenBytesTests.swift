import CorralData
import CorralTesting
import CorralVectors
import Foundation
import Testing

/// Random bytes with a meaning in one of the formats, around a letter, so that none spells a
/// missing value.
private func randomID(using generator: inout SeededGenerator, among bytes: [UInt8]) -> [UInt8] {
  func some() -> [UInt8] {
    (0..<generator.next(below: 4)).map { _ in bytes[generator.next(below: bytes.count)] }
  }
  return some() + [UInt8(ascii: "a")] + some()
}

private let anyBytes: [UInt8] =
  Array(",;|\"'\\ :{}[]\t\n\r/u0\u{E9}\u{1F600}".utf8) + [0x01, 0x7F, 0x80, 0xE9, 0xC3, 0xFF]

private func quoted(_ field: [UInt8]) -> [UInt8] {
  [UInt8(ascii: "\"")]
    + field.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] } + [UInt8(ascii: "\"")]
}

/// Writes a log with every field in quotes, without the writer under test.
private func write(_ rows: [(user: [UInt8], item: [UInt8])], into folder: URL) throws -> Dataset {
  var text = Array("user_id,item_id\n".utf8)
  for row in rows { text += quoted(row.user) + [0x2C] + quoted(row.item) + [0x0A] }
  let path = try folder.write(Data(text), as: "log.csv")
  return try Dataset.load(DataSettings(path: path)).dataset
}

/// Returns the bytes of the users and items of a log, row by row.
private func rows(_ dataset: Dataset) -> [[[UInt8]]] {
  func bytes(_ vocabulary: Vocabulary, _ position: Int) -> [UInt8] {
    vocabulary.texts.withBytes(at: position) { Array($0) }
  }
  return (0..<dataset.log.count).map { row in
    [
      bytes(dataset.users, dataset.log.users[row].position),
      bytes(dataset.items, dataset.log.items[row].position),
    ]
  }
}

@Suite struct WrittenBytesTests {
  @Test(arguments: [DataFormat.csv, .jsonl, .atomic], [1, 2, 3])
  func `ids of any bytes survive writing and reading`(format: DataFormat, seed: UInt64) throws {
    try withTemporaryFolder { folder in
      var generator = SeededGenerator(seed: seed)
      let bytes =
        format == .atomic ? anyBytes.filter { ![0x09, 0x0A, 0x0D].contains($0) } : anyBytes
      let expected = (0..<400).map { _ in
        (
          user: randomID(using: &generator, among: bytes),
          item: randomID(using: &generator, among: bytes)
        )
      }
      let dataset = try write(expected, into: folder)
      #expect(rows(dataset) == expected.map { [$0.user, $0.item] })
      let copy = folder.appendingPathComponent("copy").path
      let report = try dataset.write(to: copy, as: format)
      #expect((report.escapedTokens > 0) == (format == .jsonl))
      let read = try Dataset.load(DataSettings(path: copy)).dataset
      #expect(rows(read) == expected.map { [$0.user, $0.item] })
    }
  }

  @Test(arguments: ["a\tb", "a\nb", "a\rb", "\n a", "a\t"])
  func `atomic files refuse ids that they cannot hold, before anything is written`(
    id: String
  ) throws {
    try withTemporaryFolder { folder in
      let dataset = try write([(Array("u".utf8), Array(id.utf8))], into: folder)
      let place = folder.appendingPathComponent("copy").path
      let text = message { try dataset.write(to: place, as: .atomic) }
      let shown = id.replacing("\t", with: "\\t").replacing("\n", with: "\\n")
        .replacing("\r", with: "\\r")
      #expect(
        text == "setting 'format' is 'atomic': 1 id or category holds a tab or a line end, as"
          + " '\(shown)', which would have to be replaced; write 'csv' or 'jsonl', which keep them")
      #expect(!FileManager.default.fileExists(atPath: place))
    }
  }

  @Test(arguments: [DataFormat.csv, .jsonl])
  func `names of columns and titles survive`(format: DataFormat) throws {
    try withTemporaryFolder { folder in
      let path = try folder.write(
        "{\"user\": \"u\", \"item\": \"i\", \"a, \\\"b\\\"; c\": \"x\\ty\"}\n", as: "log.jsonl")
      try folder.write(
        "{\"item\": \"i\", \"title\": \"two\\nlines, \\\"\"}\n", as: "log.items.jsonl")
      var settings = DataSettings(path: path)
      settings.context = ["a, \"b\"; c"]
      let dataset = try Dataset.load(settings).dataset
      #expect(dataset.titles == ["two\nlines, \""])
      settings.path = folder.appendingPathComponent("copy").path
      let report = try dataset.write(to: settings.path, as: format)
      let read = try Dataset.load(settings).dataset
      #expect(read.log.columns.context == dataset.log.columns.context)
      #expect(read.titles == dataset.titles)
      #expect(report.flattenedTitles == 0)
      #expect(
        message { try dataset.write(to: settings.path, as: .atomic) }.contains("holds a tab"))
    }
  }

  @Test(arguments: ["log.csv", "log.items.csv"])
  func `a file that cannot be written is an error, and nothing is left beside it`(
    name: String
  ) throws {
    try withTemporaryFolder { folder in
      let planted = try Dataset.synthesized(
        SyntheticSettings(users: 12, items: 12, interactions: 40))
      let taken = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
      let failure = message { try planted.write(to: folder.path, as: .csv, name: "log") }
      #expect(failure.hasPrefix("\(taken.path): the file cannot be written: "))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left.allSatisfy { !$0.hasSuffix("partial") })
    }
  }

  @Test func `a folder below a file cannot be made`() throws {
    try withTemporaryFolder { folder in
      let file = try folder.write("x", as: "file")
      let planted = try Dataset.synthesized(
        SyntheticSettings(users: 12, items: 12, interactions: 40))
      #expect(
        message { try planted.write(to: file + "/sub") }.hasPrefix(
          "\(file)/sub: the file cannot be written: "))
    }
  }
}
