/// What happens to impressions: rows of a log that say an item was shown and not taken.
///
/// An impression is a row whose best rule of `data.events` has weight 0, as in `{click: 1,
/// impression: 0}` or `{click: 1, "is_click==0": 0}`. Without rules it is a row of KuaiRand without
/// a click, or a row with weight 0 in a file with a column of weights.
///
/// Impressions are stored beside the log, never in it. They are true negatives for a ranker, which
/// orders what was shown. A retriever, which chooses from the whole catalogue, ignores them: no
/// history, target, mask of seen items, vocabulary or popularity count includes them, and the log,
/// its vocabularies and its split are the same bytes with and without them. An item that was shown
/// and not taken can be recommended again. Impressions of users and items without any interaction
/// are dropped and counted. An impression takes 20 bytes, 12 without times, and 4 more for each
/// column of labels.
public enum ImpressionUse: String, Sendable, Codable, CaseIterable {
  /// They are kept.
  case keep
  /// They are dropped and counted as rows without weight, for runs without a ranker.
  case drop
}
