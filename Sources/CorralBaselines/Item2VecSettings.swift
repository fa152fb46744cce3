/// The settings of item2vec: skip-gram with negative sampling over users' sequences.
public struct Item2VecSettings: Sendable, Codable, Equatable {
  /// Who described the model, and when.
  public static let paper = "Barkan and Koenigstein, 2016; Mikolov and others, 2013"

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

  /// Throws `BaselineError.setting` for the first setting that no training can make sense of.
  public func validate() throws {
    func check(_ holds: Bool, _ name: String, _ value: some Any, _ need: String) throws {
      guard holds else {
        throw BaselineError.setting(name, value: "\(value)", need: need, model: "item2vec")
      }
    }
    try check(dimension > 0, "dimension", dimension, "1 or more")
    try check((1...10_000).contains(window), "window", window, "1 to 10000")
    try check((1...255).contains(negatives), "negatives", negatives, "1 to 255")
    try check(exponent.isFinite, "exponent", exponent, "a number")
    try check(epochs >= 0, "epochs", epochs, "0 or more")
    try check(rate.isFinite && rate > 0, "rate", rate, "more than 0")
    try check((0...rate).contains(lastRate), "lastRate", lastRate, "0 up to the rate, \(rate)")
    try check(minimumCount > 0, "minimumCount", minimumCount, "1 or more")
    try check((0...1).contains(subsample), "subsample", subsample, "0, or a share up to 1")
    try check(history > 0, "history", history, "1 or more")
  }
}
