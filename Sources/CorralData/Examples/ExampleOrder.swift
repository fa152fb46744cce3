import CorralVectors

/// The order in which an epoch goes through its examples, by seed and epoch alone.
///
/// Constant memory, and any part can be asked for at any time: a run that is resumed at an epoch
/// and a place goes on exactly as it would have.
package struct ExampleOrder: Sendable, Equatable {
  /// The number of examples.
  package var count: Int { permutation.count }
  /// The epoch, from 0.
  package let epoch: Int
  private let permutation: Permutation
  /// What else is drawn in this epoch is drawn by this.
  let key: UInt64

  /// The order of an epoch.
  package init(count: Int, seed: UInt64, epoch: Int) {
    self.epoch = epoch
    key = mixed(mixed(seed) &+ UInt64(epoch))
    permutation = Permutation(count: count, key: key)
  }

  /// The example at a place.
  package subscript(place: Int) -> Int { permutation[place] }

  /// The examples at some places.
  package subscript(places: Range<Int>) -> [Int] { places.map { permutation[$0] } }
}
