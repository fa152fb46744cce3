import CorralVectors

/// The order of an epoch's examples, determined by seed and epoch.
///
/// It uses constant memory and can be read from any place, so that a resumed run continues exactly
/// as it would have.
package struct ExampleOrder: Sendable, Equatable {
  /// The number of examples.
  package var count: Int { permutation.count }
  /// The epoch, from 0.
  package let epoch: Int
  private let permutation: Permutation
  /// The key of all other draws of this epoch.
  let key: UInt64

  /// Creates the order of an epoch.
  package init(count: Int, seed: UInt64, epoch: Int) {
    self.epoch = epoch
    key = mixed(mixed(seed) &+ UInt64(epoch))
    permutation = Permutation(count: count, key: key)
  }

  /// Returns the example at a place.
  package subscript(place: Int) -> Int { permutation[place] }

  /// Returns the examples at a range of places.
  package subscript(places: Range<Int>) -> [Int] { places.map { permutation[$0] } }
}

/// A random order of `0..<count` in constant memory: each place is computed on access.
///
/// A Feistel network permutes a grid of at least `count` cells. A place that falls outside follows
/// its cycle until it falls inside, so that the result is a permutation again.
struct Permutation: Sendable, Equatable {
  let count: Int
  private let rows: UInt64
  private let columns: UInt64
  private let key: UInt64

  init(count: Int, key: UInt64) {
    self.count = count
    self.key = key
    // The grid is nearly square, at least 2 x 2, with less than one spare row.
    let side = UInt64(max(2, Int(Double(count).squareRoot().rounded(.up))))
    rows = side
    columns = max(2, (UInt64(count) + side - 1) / side)
  }

  /// Returns the element at a place.
  @inline(__always)
  subscript(place: Int) -> Int {
    var cell = UInt64(place)
    repeat { cell = stepped(cell) } while cell >= UInt64(count)
    return Int(cell)
  }

  @inline(__always)
  private func stepped(_ cell: UInt64) -> UInt64 {
    var (left, right) = (cell / columns, cell % columns)
    for round in 0..<UInt64(4) {
      // Both summands are below the bound, so that one subtraction brings the sum back.
      left &+= drawn(right, round * 2, below: rows)
      if left >= rows { left &-= rows }
      right &+= drawn(left, round * 2 + 1, below: columns)
      if right >= columns { right &-= columns }
    }
    return left * columns + right
  }

  @inline(__always)
  private func drawn(_ value: UInt64, _ round: UInt64, below bound: UInt64) -> UInt64 {
    mixed(value &+ key &+ round &* 0xD1B5_4A32_D192_ED03).multipliedFullWidth(by: bound).high
  }
}
