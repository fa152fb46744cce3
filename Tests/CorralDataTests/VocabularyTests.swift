import CorralData
import CorralVectors
import Testing

@Suite struct VocabularyTests {
  @Test func `identifiers of all lengths are found at their positions`() {
    // Lengths around seven bytes, up to which the key is the token itself, and common prefixes.
    let ids =
      (0..<3000).map(String.init)
      + (0..<500).map { "user-with-a-long-name-\($0)" }
      + (1...40).map { String(repeating: "x", count: $0) } + ["", "é", "\u{1F600}", "a\0", "a\0\0"]
    let vocabulary = Vocabulary(ids)
    #expect(vocabulary.count == ids.count)
    #expect(vocabulary.ids == ids)
    for (position, id) in ids.enumerated() {
      #expect(vocabulary.position(of: id) == position)
      #expect(vocabulary[position] == id)
    }
    for id in ["3001", "user-with-a-long-name-500", String(repeating: "x", count: 41), "a\0\0\0"] {
      #expect(vocabulary.position(of: id) == nil)
    }
  }

  @Test func `vocabularies are equal when their identifiers are`() {
    #expect(Vocabulary(["a", "b"]) == Vocabulary(["a", "b"]))
    #expect(Vocabulary(["a", "b"]) != Vocabulary(["b", "a"]))
    #expect(Vocabulary([]).ids.isEmpty)
    #expect(Vocabulary([]).position(of: "") == nil)
  }

  /// Ids that Unicode regards as equal and that differ in their bytes.
  static let twins: [(String, [[UInt8]])] = [
    ("composed and decomposed accents", [[0xC3, 0xA9], [0x65, 0xCC, 0x81]]),
    ("a Latin-1 byte and its UTF-8", [[0xE9], [0xC3, 0xA9]]),
    ("Kelvin sign and K", [[0xE2, 0x84, 0xAA], [0x4B]]),
    ("Angstrom sign and letter", [[0xE2, 0x84, 0xAB], [0xC3, 0x85]]),
    ("a syllable and its letters", [[0xED, 0x95, 0x9C], Array("\u{1112}\u{1161}\u{11AB}".utf8)]),
  ]

  @Test(arguments: twins)
  func `ids are the same only when their bytes are`(_ name: String, _ ids: [[UInt8]]) throws {
    var texts = Texts()
    for id in ids { id.withUnsafeBufferPointer { texts.append($0) } }
    let vocabulary = try Vocabulary(texts)
    for (position, id) in ids.enumerated() {
      #expect(vocabulary.position(of: id) == position)
      // The printed id finds the position again.
      #expect(vocabulary.position(of: vocabulary[position]) == position)
    }
  }

  @Test(
    arguments: [
      ([0xE9], "\\xE9"), ([0x63, 0x61, 0x66, 0xE9], "caf\\xE9"), ([0xFF, 0x5C], "\\xFF\\\\"),
      ([0xC3], "\\xC3"), ([0xE2, 0x84, 0x4B], "\\xE2\\x84K"), ([0x5C, 0x78, 0x41], "\\xA"),
      ([0xC3, 0xA9, 0x80, 0x0A], "é\\x80\n"), ([], ""),
    ] as [([UInt8], String)])
  func `an id of any bytes has a text that names it`(_ id: [UInt8], _ text: String) throws {
    let texts = Texts(bytes: id, offsets: [0, id.count])
    #expect(texts[0] == text)
    #expect(try Vocabulary(texts).position(of: text) == 0)
  }

  @Test func `random bytes are named by their text`() throws {
    var generator = SeededGenerator(seed: 4)
    let bytes: [UInt8] = [0x5C, 0x78, 0x45, 0x39, 0xE9, 0xC3, 0xA9, 0xF0, 0x9F, 0x0A, 0x41]
    for _ in 0..<2000 {
      let id = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        bytes.randomElement(using: &generator) ?? 0
      }
      let vocabulary = try Vocabulary(Texts(bytes: id, offsets: [0, id.count]))
      #expect(vocabulary.position(of: vocabulary[0]) == 0)
    }
  }

  @Test func `the escapes of exported ids are understood`() throws {
    let vocabulary = Vocabulary(["a\nb", "c\td", "e\\f", "g"])
    for (position, text) in ["a\\nb", "c\\td", "e\\\\f", "\\x67"].enumerated() {
      #expect(vocabulary.position(of: text) == position)
    }
    #expect(vocabulary.position(of: "g\\") == nil && vocabulary.position(of: "\\xZZ") == nil)
  }

  @Test func `a repeated text is found with both positions`() {
    let error = #expect(throws: Vocabulary.Repetition.self) {
      try Vocabulary(
        Texts(["a", "a name of more than seven bytes", "b", "a name of more than seven bytes"]))
    }
    #expect(error?.first == 1 && error?.second == 3)
  }

  @Test func `an identifier that is there twice is a programmer's error`() async {
    await #expect(processExitsWith: .failure) { _ = Vocabulary(["a", "b", "a"]) }
  }
}
