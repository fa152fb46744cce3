/// What becomes of impressions: rows of a log that say an item was shown and not taken.
///
/// Such a row is one that meets a rule of `data.events` whose weight is 0, `{click: 1,
/// impression: 0}` or `{click: 1, "is_click==0": 0}`, and none with a weight above 0; of KuaiRand's
/// logs without rules, every row without a click; and in a file with a column of weights and no
/// rules, every row whose weight is 0.
///
/// Impressions stand beside the log, never in it. They are true negatives for a ranker, which orders
/// what was shown, and nothing to a retriever, which chooses among all there is: no history, target,
/// mask of seen items, vocabulary or count of popularity knows of them, and a log, its vocabularies
/// and its split are the same bytes with and without them. An item that was shown and not taken may
/// be recommended again. Impressions of users and items without any interaction are dropped and
/// counted. Each costs 20 bytes, 12 without times, and 4 for each column of labels.
public enum ImpressionUse: String, Sendable, Codable, CaseIterable {
  /// They are kept.
  case keep
  /// They are dropped, and counted as rows that do not count: where nothing ranks.
  case drop
}
