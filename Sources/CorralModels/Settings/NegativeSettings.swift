import CorralData
public import CorralSampling

/// The negatives that a positive is compared with: the `negatives` block of a settings file.
public struct NegativeSettings: Sendable, Codable, Equatable {
  /// Where negatives come from.
  public var kind = NegativeSource.inBatch
  /// How many are drawn: besides the batch's own items for `in-batch` (mixed negatives), and instead
  /// of them for every source that draws.
  public var count = 0
  /// For `uniform`, `popularity` and `in-cluster`, which targets are compared with a draw; draws that
  /// follow the retriever are always a target's own.
  public var sharing = Sharing.batch
  /// For `in-cluster`, the share of draws that are uniform over the catalogue instead: negatives that are
  /// easy to tell from the positive.
  public var easy = 0.0
  /// For `popularity`, the power of an item's count that its draws are in proportion to: 1 draws as
  /// batches do, 0.75 as word2vec does.
  public var exponent = 1.0
  /// For `softmax` and `multi-index`, what scores are divided by: higher is closer to uniform.
  public var temperature: Float = 1
  /// For `multi-index`, the clusters of each half of the item vectors; for `cluster`, of the vectors.
  public var clusters = 32
  /// For `top-rand` and `top-and-rand`, how many of the best items are drawn among.
  public var pool = 100
  /// For sources that follow the retriever, the steps from one refresh to the next; 0 refreshes them
  /// once an epoch.
  public var refreshEvery = 0
  /// What becomes of a target's own draws that its user took in training.
  public var known = KnownDraws.kept

  /// The defaults: the other items of the batch.
  public init() {}

  /// Which targets are compared with a negative that was drawn.
  public enum Sharing: String, Sendable, Codable, CaseIterable {
    /// All targets of a batch are compared with the same `count` negatives; for `in-cluster`, all
    /// targets of a cluster.
    case batch
    /// Each target has `count` negatives of its own.
    case example
  }

  /// Whether each target has draws of its own.
  package var areOwn: Bool { kind.followsItems || kind.isDrawn && sharing == .example }

  /// How these negatives are drawn, for a source that draws.
  package var proposal: ProposalSettings {
    var settings = ProposalSettings()
    (settings.kind, settings.count, settings.exponent) = (kind, count, exponent)
    (settings.temperature, settings.clusters, settings.pool) = (temperature, clusters, pool)
    return settings
  }

  /// Throws `SettingError` for values that do not fit the source.
  public func validate() throws {
    try SettingError.check("exponent", exponent, atLeast: 0, such: ", such as 0.75")
    try SettingError.check(
      sharing == .batch || kind.isDrawn, "sharing", sharing.rawValue,
      "\(kind.rawValue) negatives are the batch's; set kind beside it to uniform or popularity")
    if kind.isDrawn {
      try SettingError.check(
        count >= 1, "count", count,
        "\(kind.rawValue) negatives need 1 or more, such as \(areOwn ? 20 : 1024)")
      if kind.isProposed { try proposal.validate() }
    } else {
      try SettingError.check("count", count, atLeast: 0)
    }
    try SettingError.check("easy", share: easy)
    try SettingError.check(
      easy == 0 || kind == .inCluster, "easy", easy,
      "\(kind.rawValue) negatives do not read it; give 0, or set kind beside it to in-cluster")
    try SettingError.check("refreshEvery", refreshEvery, atLeast: 0, of: " steps")
    try SettingError.check(
      known == .kept || areOwn, "known", known.rawValue,
      "a batch's users share these negatives; give kept, or set sharing beside it to example")
  }
}

/// What becomes of draws that the user took in training.
public enum KnownDraws: String, Sendable, Codable, CaseIterable {
  /// They are masked: a user who is served without seen items never has to choose against them. For
  /// `in-cluster`, they are not even drawn.
  case masked
  /// They are negatives like others, as in the papers; right if users repeat interactions.
  case kept
}
