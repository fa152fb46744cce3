package import CorralData
package import CorralVectors
import Torch

extension FrozenRetriever {
  /// Whether it can place an item that it does not have by the item's features.
  package var placesByFeatures: Bool {
    isInnerProduct && settings.model.placesItemsByFeatures && !catalogue.items.columns.isEmpty
      && network { $0 is any PlacingRetriever }
  }

  /// The vectors of some items as a table describes them, `[items, dimension]`, as an index holds them.
  ///
  /// An item's own id is read beside its features; an item that the model does not have is its features
  /// alone. With a prior, it counts as often as the rarest item. Traps unless `placesByFeatures`.
  ///
  /// - Parameters:
  ///   - items: the item of each row; `nil` for one that the model does not have.
  ///   - features: a table that `FeatureTable.described` made of the catalogue's.
  /// - Returns: one vector for each.
  package func itemVectors(_ items: [ItemIndex?], describedBy features: FeatureTable) -> Matrix {
    let vectors = network(isAlone: true) { network -> Matrix in
      guard let network = network as? any PlacingRetriever else {
        fatalError("itemVectors: \(settings.name) places no items by their features")
      }
      return network.items(items, describedBy: features, .inference).matrix()
    }
    guard let prior else { return vectors }
    let rarest = prior.coordinates.min() ?? 0
    return vectors.appending(
      column: items.map { $0.map { prior.coordinates[$0.position] } ?? rarest })
  }
}
