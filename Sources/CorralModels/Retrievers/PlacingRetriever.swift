package import CorralData
package import Torch

/// A retriever that places an item by what is known of it, although training never met it.
package protocol PlacingRetriever: Retriever {
  /// The vectors of some items, `[items, width]`, as a table describes them.
  ///
  /// - Parameters:
  ///   - items: the item whose id is read beside each row; `nil` for an item without one, of which the
  ///     features alone speak.
  ///   - features: one row for each, with the columns and vocabularies of the catalogue's items.
  ///   - phase: what the vectors are made for.
  /// - Returns: one vector for each.
  func items(_ items: [ItemIndex?], describedBy features: FeatureTable, _ phase: Phase) -> Tensor
}
