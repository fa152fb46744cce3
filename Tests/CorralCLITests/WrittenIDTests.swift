import CorralCLI
import CorralData
import CorralServing
import CorralVectors
import Testing

/// How identifiers are written in lists, in files and as words of a command.
@Suite struct WrittenIDTests {
  @Test(arguments: [
    ("1,2,3", ["1", "2", "3"]),
    ("", []),
    (" , ,", []),
    ("Love\\, Actually,6", ["Love, Actually", "6"]),
    ("\"Love, Actually\",6", ["Love, Actually", "6"]),
    ("6, \"Love, Actually\" ,7", ["6", "Love, Actually", "7"]),
    ("\"say \"\"hi\"\"\"", ["say \"hi\""]),
    ("\"two\nlines\"", ["two\nlines"]),
    ("-1,--json", ["-1", "--json"]),
    ("🎬,عنوان", ["🎬", "عنوان"]),
    ("1,1,1", ["1", "1", "1"]),
  ])
  func `a list holds identifiers with commas, quotes and line ends`(text: String, ids: [String]) {
    let known = Set(ids)
    let found = WrittenID.list(text).map { id in id.readings.first { known.contains($0) } }
    #expect(found == ids)
  }

  @Test(arguments: [
    (" lead", [" lead", "lead"]),
    ("trail ", ["trail ", "trail"]),
    ("a\\b", ["a\\b"]),
    ("one\\ntwo", ["one\\ntwo", "one\ntwo"]),
    ("tab\\there", ["tab\\there", "tab\there"]),
    ("\"open", ["\"open"]),
    ("12\" single", ["12\" single"]),
    ("\"a\"b", ["\"a\"b"]),
  ])
  func `the text as it stands is tried first, then its escapes, then without spaces`(
    text: String, readings: [String]
  ) {
    #expect(WrittenID.list(text).map(\.readings) == [readings])
  }

  @Test func `spellings that are equal as text and not in bytes are two readings`() {
    let id = WrittenID.list("\"e\u{301}\"")[0]
    #expect(id.readings.map { Array($0.utf8) }.contains(Array("e\u{301}".utf8)))
    let words = WrittenID.list("caf\u{E9},cafe\u{301}")
    #expect(
      words.map { Array($0.text.utf8) } == [Array("caf\u{E9}".utf8), Array("cafe\u{301}".utf8)])
  }

  @Test func `a list of random identifiers is read back as it was written`() {
    var rng = SeededGenerator(seed: 11)
    let alphabet: [Character] = [
      "a", "B", "7", ",", "\"", "\\", " ", "\t", "\n", "-", "'", "n", "é", "\u{301}", "🎬", "$",
    ]
    for _ in 0..<500 {
      let ids = (0..<Int.random(in: 1...4, using: &rng)).map { _ in
        String(
          (0..<Int.random(in: 1...6, using: &rng)).map { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &rng)]
          })
      }
      let text = ids.map(WrittenID.listed).joined(separator: ",")
      let found = WrittenID.list(text).map { Array(($0.readings.first ?? "").utf8) }
      #expect(found == ids.map { Array($0.utf8) }, "\(text.debugDescription)")
    }
  }

  @Test func `a file holds one identifier on each line`() {
    let text = "\u{FEFF}1\r\nLove, Actually\n\n  \n lead\none\\ntwo\n\"q\""
    let ids = WrittenID.lines(Array(text.utf8))
    #expect(ids.map(\.text) == ["1", "Love, Actually", " lead", "one\\ntwo", "\"q\""])
    #expect(ids[2].readings == [" lead", "lead"])
    #expect(ids[3].readings == ["one\\ntwo", "one\ntwo"])
    #expect(WrittenID.lines([]).isEmpty)
    #expect(WrittenID.lines([0x63, 0xE9]).map(\.text) == ["c\\xE9"])
  }

  @Test(
    arguments: [
      ([0x63, 0x61, 0x66, 0xE9], "caf\\xE9"),
      ([0xFF, 0x0A], "\\xFF\n"),
      ([0xC3, 0xA9, 0xE9, 0xF0, 0x9F, 0x8E, 0xAC], "é\\xE9🎬"),
      ([0xF0, 0x9F, 0x8E], "\\xF0\\x9F\\x8E"),
      ([], ""),
    ] as [([UInt8], String)])
  func `bytes that are not UTF-8 are spelled`(bytes: [UInt8], text: String) {
    #expect(String(spelling: bytes) == text)
  }
}
