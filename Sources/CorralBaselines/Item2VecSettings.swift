import CorralData

/// The settings of item2vec: skip-gram with negative sampling over users' sequences.
public struct Item2VecSettings: Sendable, Codable, Equatable {
  /// Who described the model, and when.
  package static let paper = "Barkan and Koenigstein, 2016; Mikolov and others, 2013"

  /// The dimension of item vectors.
  public var dimension = 64
  /// The farthest that two items of a pair lie apart; the distance in use is drawn anew, from 1 up to
  /// this, at each item.
  public var window = 5
  /// The items that are drawn for each pair.
  public var negatives = 5
  /// The power of an item's count with which it is drawn.
  public var exponent = 0.75
  /// Passes over all sequences.
  public var epochs = 5
  /// The learning rate of the first pair; it falls in a straight line.
  public var rate = 0.025
  /// The learning rate of the last pair.
  public var lastRate = 0.0001
  /// Items with fewer interactions are passed over, as if nobody had met them.
  public var minimumCount = 1
  /// The share of all interactions above which an item's are thinned out; 0 keeps them all.
  ///
  /// An item with share f stays with probability (sqrt(f / t) + 1) t / f, as in word2vec.
  public var subsample = 0.0
  /// The most items of a history that a query looks at: the mean of the last ones.
  public var history = 5
  /// The seed of the first vectors and of all that is drawn.
  public var seed: UInt64 = 0

  /// The seed is the run's, and no key of the model's block.
  private enum CodingKeys: CodingKey {
    case dimension, window, negatives, exponent, epochs, rate, lastRate, minimumCount, subsample
    case history
  }

  /// The defaults: gensim's, and 64 dimensions.
  public init() {}

  /// Throws `SettingError` for the first setting that cannot be used.
  package func validate() throws {
    try SettingError.check("dimension", dimension, atLeast: 1)
    try SettingError.check("window", window, in: 1...10_000)
    try SettingError.check("negatives", negatives, in: 1...255)
    try SettingError.check(exponent.isFinite, "exponent", exponent, "give a finite number")
    try SettingError.check("epochs", epochs, atLeast: 0)
    try SettingError.check("rate", aboveZero: rate)
    try SettingError.check(
      (0...rate).contains(lastRate), "lastRate", lastRate, "give 0 up to the rate, \(rate)")
    try SettingError.check("minimumCount", minimumCount, atLeast: 1)
    try SettingError.check("subsample", share: subsample)
    try SettingError.check("history", history, atLeast: 1)
  }
}
