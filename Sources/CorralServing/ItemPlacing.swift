package import CorralData
package import CorralVectors

/// Makes vectors of items by their features, with the weights of the model that serves: an item that came
/// after training has a place at once.
package protocol ItemPlacing: Sendable {
  /// The vectors of some items as a table describes them, `[items, dimension]`, as an index holds them.
  ///
  /// - Parameters:
  ///   - items: the item of each row; `nil` for one that the model does not have.
  ///   - features: a table that `FeatureTable.described` made of that of the recommender.
  /// - Returns: one vector for each.
  func itemVectors(_ items: [ItemIndex?], describedBy features: FeatureTable) -> Matrix
}

extension Recommender {
  /// Where the model places an item that is described anew.
  package enum Placement: Sendable, Equatable {
    /// What is told differs in nothing from what the model has.
    case asBefore
    /// The model knows nothing of what is told.
    case nowhere
    /// At a vector.
    case at([Float])
  }

  /// Where the model places some items as they are described: one pass of its item tower.
  ///
  /// `nil` for a model that places no items by their features.
  package func placements(of items: [DescribedItem]) -> [Placement]? {
    guard let placing = retriever.placing else { return nil }
    if items.isEmpty { return [] }
    let table = itemFeatures.described(items)
    let rows = items.indices.filter { row in
      if let item = items[row].item {
        return !table.row(row, equals: item.position, of: itemFeatures)
          && (retriever.placed.contains(item) || table.isKnown(row))
      }
      return table.isKnown(row)
    }
    var placements = items.enumerated().map { row, described -> Placement in
      guard let item = described.item else { return .nowhere }
      return table.row(row, equals: item.position, of: itemFeatures) ? .asBefore : .nowhere
    }
    if rows.isEmpty { return placements }
    let vectors = placing.itemVectors(
      rows.map { items[$0].item },
      describedBy: rows.count == items.count
        ? table : itemFeatures.described(rows.map { items[$0] }))
    for (place, row) in rows.enumerated() {
      let vector = Array(vectors[place])
      // A vector of zeros scores everything alike: of this item nothing was learned.
      let isSomewhere = vector.allSatisfy(\.isFinite) && vector.contains { $0 != 0 }
      placements[row] = isSomewhere ? .at(vector) : .nowhere
    }
    return placements
  }
}
