import CorralData
import Testing

@Suite struct VocabularyTests {
  @Test func `identifiers of all lengths are found at their positions`() {
    // Lengths around seven bytes, where the key stops being the token itself, and common prefixes.
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

  @Test func `an identifier that is there twice is a programmer's error`() async {
    await #expect(processExitsWith: .failure) { _ = Vocabulary(["a", "b", "a"]) }
  }
}
