import CorralData

/// The items that a positive is compared with: the block `negatives` of a settings file.
public struct NegativeSettings: Sendable, Codable, Equatable {
  /// Where negatives come from.
  public var kind = Kind.inBatch
  /// The number of draws: added to the batch's own items for `in-batch` (mixed negatives), and
  /// instead of them for `uniform` and `popularity`.
  public var count = 0
  /// Whether draws are shared by a batch.
  public var sharing = Sharing.batch
  /// For `popularity`, the power of an item's count that its draws are in proportion to: 1 draws as
  /// batches do, 0.75 as word2vec does.
  public var exponent = 1.0

  /// The defaults: the other items of the batch.
  public init() {}

  /// Where negatives come from.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The other items of the batch, and `count` uniform ones (Yang and others, 2020).
    case inBatch = "in-batch"
    /// `count` items, each as likely as any other.
    case uniform
    /// `count` items in proportion to a power of their number of training interactions.
    case popularity
    /// The whole catalogue: the full softmax.
    case all
  }

  /// Which targets are compared with a draw.
  public enum Sharing: String, Sendable, Codable, CaseIterable {
    /// All targets of a batch are compared with the same `count` negatives.
    case batch
    /// Each target has `count` negatives of its own.
    case example
  }

  /// Throws `SettingError` for the first value that the kind of negatives cannot have.
  package func validate() throws {
    try SettingError.check("exponent", exponent, atLeast: 0, such: ", such as 0.75")
    try SettingError.check(
      sharing == .batch || kind == .uniform || kind == .popularity, "sharing", sharing.rawValue,
      "\(kind.rawValue) negatives are the batch's; set negatives.kind to uniform or popularity")
    switch kind {
    case .inBatch, .all: try SettingError.check("count", count, atLeast: 0)
    case .uniform, .popularity:
      try SettingError.check(
        count > 0, "count", count, "\(kind.rawValue) negatives need 1 or more, such as 1024")
    }
  }
}
