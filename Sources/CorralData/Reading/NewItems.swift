/// What becomes of rows of the item file whose item has no interaction: new items.
///
/// A new item stands behind the items with interactions in the vocabulary, with its features and its
/// title. An item whose interactions a filter dropped is no new item. Only a model that places items
/// by their features can tell one new item from another.
public enum NewItems: String, Sendable, Codable, CaseIterable {
  /// They are kept where the model can place them, and dropped where a data set is read for anything
  /// else.
  case automatic = "auto"
  /// They are kept.
  case keep
  /// They are dropped, and counted.
  case drop
}
