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
