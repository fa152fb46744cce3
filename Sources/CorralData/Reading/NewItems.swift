/// What happens to new items: rows of the item file whose item has no interaction.
///
/// New items come after the items with interactions in the vocabulary, with their features and
/// titles. An item whose interactions a filter dropped is not a new item. Only a model that places
/// items by their features can distinguish new items.
public enum NewItems: String, Sendable, Codable, CaseIterable {
  /// They are kept if the model can place them.
  case automatic = "auto"
  /// They are kept.
  case keep
  /// They are dropped and counted.
  case drop
}
