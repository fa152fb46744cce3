import CorralStore
import Foundation
import Testing

@Suite struct ShownItemTests {
  private let items = [
    ShownItem(item: 1, place: 0, source: 2, stage: 3, score: -0.25, logProbability: nil),
    ShownItem(item: .max, place: 9_999, source: 4, stage: 3, score: nil, logProbability: -7.5),
  ]

  @Test func `what is written is read again`() {
    let bytes = ShownItem.bytes(of: items)
    #expect(bytes.count == 2 * ShownItem.byteCount)
    #expect(bytes.withUnsafeBytes(ShownItem.items(in:)) == items)
    #expect(ShownItem.bytes(of: []).isEmpty)
  }

  @Test func `the lowest byte comes first on every machine`() {
    #expect(Array(ShownItem.bytes(of: items).prefix(12)) == [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0])
  }
}
