/// The items of a catalogue that a model can score.
///
/// A model can score the items that training met and those that it knows by their features. For any
/// other item the score would be noise. Such unplaced items come after all others, in order of
/// position, in evaluation, in recommendations and in every index.
public struct PlacedItems: Sendable, Equatable {
  /// The items that the model cannot score, in order of position.
  package let unplaced: [ItemIndex]
  /// One entry per item; empty if the model can score all.
  private let isPlaced: [Bool]

  /// The model can score every item.
  public static let all = PlacedItems([])

  /// Creates the set of items whose entry is true; items beyond the entries belong to it.
  package init(_ isPlaced: [Bool]) {
    unplaced = isPlaced.indices.lazy.filter { !isPlaced[$0] }.map(ItemIndex.init)
    self.isPlaced = unplaced.isEmpty ? [] : isPlaced
  }

  /// Whether the model can score every item.
  package var areAll: Bool { unplaced.isEmpty }

  /// Whether the model can score an item.
  package func contains(_ item: ItemIndex) -> Bool {
    item.position >= isPlaced.count || isPlaced[item.position]
  }

  /// Returns the unplaced items that fill a list of `count` after `found` placed ones: the allowed
  /// ones, in order of position.
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

  /// Restricts the set to the first `count` items of the catalogue.
  package func prefix(_ count: Int) -> PlacedItems {
    count >= isPlaced.count ? self : PlacedItems(Array(isPlaced[..<count]))
  }

  /// Returns one entry for each of `count` items: whether the model can score it.
  package func flags(count: Int) -> [Bool] {
    (0..<count).map { contains(ItemIndex($0)) }
  }
}
