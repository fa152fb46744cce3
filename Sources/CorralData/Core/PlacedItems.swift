/// Which items of a catalogue a model can place among the others.
///
/// A model can place the items that training met, and those that it knows by their features. About any
/// other item it knows nothing, so that a score would be noise. Such items come after all items that
/// the model can place, in order of position: in evaluation, in recommendation, and through every
/// index.
public struct PlacedItems: Sendable, Equatable {
  /// The items that the model cannot place, in order of position.
  package let unplaced: [ItemIndex]
  /// One entry an item; empty where all can be placed.
  private let isPlaced: [Bool]

  /// Every item can be placed.
  public static let all = PlacedItems([])

  /// The items for which the entry at their position is true; items beyond the entries can be placed.
  package init(_ isPlaced: [Bool]) {
    unplaced = isPlaced.indices.lazy.filter { !isPlaced[$0] }.map(ItemIndex.init)
    self.isPlaced = unplaced.isEmpty ? [] : isPlaced
  }

  /// Whether every item can be placed.
  package var areAll: Bool { unplaced.isEmpty }

  /// Whether the model can place an item.
  package func contains(_ item: ItemIndex) -> Bool {
    item.position >= isPlaced.count || isPlaced[item.position]
  }

  /// The items that come after `found` placed ones in a list of `count`: the allowed items that cannot
  /// be placed, in order of position, until the list is full.
  package func following(
    _ found: Int, of count: Int, where isAllowed: (ItemIndex) -> Bool
  ) -> [ItemIndex] {
    var following: [ItemIndex] = []
    for item in unplaced {
      if following.count >= count - found { break }
      if isAllowed(item) { following.append(item) }
    }
    return following
  }

  /// The same for the first items of the catalogue alone.
  package func prefix(_ count: Int) -> PlacedItems {
    count >= isPlaced.count ? self : PlacedItems(Array(isPlaced[..<count]))
  }

  /// One entry for each of `count` items: whether it can be placed.
  package func flags(count: Int) -> [Bool] {
    (0..<count).map { contains(ItemIndex($0)) }
  }
}
