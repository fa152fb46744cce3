import CorralData
import Testing

@Suite struct KnownItemsTests {
  @Test func `users are known to like what they took with a weight, and nothing else`() {
    let split = Split(
      itemCount: 9,
      training: Ragged([[5, 0, 8], [], [3, 7, 3]].map { $0.map { ItemIndex($0) } }),
      weights: [1, 2, 0.5, 1, 0, 1],
      validation: Ragged([[1], [2], [4]].map { $0.map { ItemIndex($0) } }),
      test: Ragged([[], [], []] as [[ItemIndex]]), rule: "made up")
    let known = KnownItems(split)
    let all = (0..<9).map { ItemIndex($0) }
    let users = [UserIndex(0), UserIndex(1), UserIndex(2), nil]
    let rows = known.contain(Array(repeating: all, count: 4).flatMap { $0 }, of: users)
    let found = (0..<4).map { row in (0..<9).filter { rows[row * 9 + $0] } }
    #expect(found == [[0, 5, 8], [], [3], []])
  }
}
