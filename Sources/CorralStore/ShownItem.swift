package import Foundation

/// An item of an exposure as a store keeps it: all of an exposure's are the bytes of one column.
///
/// A row of its own for each item would cost ten times as much to write, and answers come by thousands
/// a second.
package struct ShownItem: Equatable {
  /// The bytes of one item: six numbers of four bytes, the lowest byte first.
  package static let byteCount = 24

  /// The key of the item.
  package var item: Int32
  /// Its place in the whole list.
  package var place: Int32
  /// The keys of the names of its source and its stage.
  package var source: Int32
  package var stage: Int32
  package var score: Float?
  package var logProbability: Float?

  /// An item of an exposure.
  package init(
    item: Int32, place: Int32, source: Int32, stage: Int32, score: Float?, logProbability: Float?
  ) {
    self.item = item
    self.place = place
    self.source = source
    self.stage = stage
    self.score = score
    self.logProbability = logProbability
  }

  /// The bytes of some items.
  package static func bytes(of items: [ShownItem]) -> Data {
    var bytes = Data(capacity: items.count * byteCount)
    func append(_ number: UInt32) {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    for item in items {
      for number in [item.item, item.place, item.source, item.stage] {
        append(UInt32(bitPattern: number))
      }
      append((item.score ?? .nan).bitPattern)
      append((item.logProbability ?? .nan).bitPattern)
    }
    return bytes
  }

  /// The items that some bytes hold.
  package static func items(in bytes: UnsafeRawBufferPointer) -> [ShownItem] {
    (0..<bytes.count / byteCount).map { number in
      func word(_ place: Int) -> UInt32 {
        UInt32(
          littleEndian: bytes.loadUnaligned(
            fromByteOffset: number * byteCount + 4 * place, as: UInt32.self))
      }
      func float(_ place: Int) -> Float? {
        let value = Float(bitPattern: word(place))
        return value.isNaN ? nil : value
      }
      return ShownItem(
        item: Int32(bitPattern: word(0)), place: Int32(bitPattern: word(1)),
        source: Int32(bitPattern: word(2)), stage: Int32(bitPattern: word(3)), score: float(4),
        logProbability: float(5))
    }
  }
}
