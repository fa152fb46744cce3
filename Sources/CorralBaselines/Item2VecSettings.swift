import CorralData

/// The settings of item2vec: skip-gram with negative sampling over users' sequences.
public struct Item2VecSettings: Sendable, Codable, Equatable {
  /// The papers that introduced the model.
  package static let paper = "Barkan and Koenigstein, 2016; Mikolov and others, 2013"

  /// The dimension of item vectors.
  public var dimension = 64
  /// The largest distance between the two items of a pair.
  ///
  /// The distance in use is drawn anew for each item, from 1 up to this.
  public var window = 5
  /// The number of negatives drawn for each pair.
  public var negatives = 5
  /// Negatives are drawn in proportion to their count to the power of this.
  public var exponent = 0.75
  /// The number of passes over all sequences.
  public var epochs = 5
  /// The learning rate of the first pair.
  ///
  /// It falls linearly to `lastRate`.
  public var rate = 0.025
  /// The learning rate of the last pair.
  public var lastRate = 0.0001
  /// Items with fewer interactions are ignored.
  public var minimumCount = 1
  /// The share of all interactions above which an item is subsampled; 0 keeps everything.
  ///
  /// An interaction with an item of share f is kept with probability (sqrt(f / t) + 1) t / f, as in
  /// word2vec.
  public var subsample = 0.0
  /// A query uses at most this many items, the last of its history.
  public var history = 5
  /// The seed of the first vectors and of everything that is drawn.
  ///
  /// Not a key of the block.
  public var seed: UInt64 = 0

  /// The seed belongs to the run and not to the block.
  private enum CodingKeys: CodingKey {
    case dimension, window, negatives, exponent, epochs, rate, lastRate, minimumCount, subsample
    case history
  }

  /// Creates the defaults of gensim, with 64 dimensions.
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
