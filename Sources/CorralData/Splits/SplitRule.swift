/// What of a data set is held out.
///
/// In settings `{rule: leave-one-out}`, `{rule: files}`, `{rule: none}`, `{rule: ratio, validation: 0.1, test: 0.1, order: random}`
/// or `{rule: time-cut, validationFrom: 0.8, testFrom: 0.9}`.
public struct SplitRule: Sendable, Equatable, Codable {
  /// The rules.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// As the files are split where they come so, else leave-one-out.
    case automatic = "auto"
    /// Of each user the last interaction for the test, the one before for validation.
    case leaveOneOut = "leave-one-out"
    /// Of each user a share for each part.
    case ratio
    /// Of the whole log what happened from one time on, and from a later one on.
    case timeCut = "time-cut"
    /// As the files are split: `NAME.train.inter`, `NAME.valid.inter` and `NAME.test.inter`.
    case files
    /// Nothing is held out, and nothing can be measured.
    case none
  }

  /// Which interactions of a user a ratio holds out.
  public enum Order: String, Sendable, Codable, CaseIterable {
    /// Any, by the seed.
    case random
    /// The last ones.
    case time
  }

  /// The rule.
  public var rule = Kind.automatic
  /// The share of a user's interactions for validation: `ratio` only.
  public var validation = 0.1
  /// The share of a user's interactions for the test: `ratio` only.
  public var test = 0.1
  /// Which interactions a ratio holds out.
  public var order = Order.random
  /// The seed of a random ratio.
  public var seed: UInt64 = 2024
  /// Where validation starts: a time or a date, or up to 1 the share of the log that lies before;
  /// `time-cut` only.
  public var validationFrom: CutPoint = 0.8
  /// Where the test starts, in the same way; `time-cut` only.
  public var testFrom: CutPoint = 0.9

  /// As the files are split, else leave-one-out, until something is changed.
  public init() {}

  /// A rule that needs nothing said.
  private init(_ rule: Kind) { self.rule = rule }

  /// The last interaction of each user, and the one before.
  public static var leaveOneOut: SplitRule { SplitRule(.leaveOneOut) }
  /// As the files are split.
  public static var files: SplitRule { SplitRule(.files) }
  /// Nothing is held out.
  public static var none: SplitRule { SplitRule(.none) }

  /// A share of each user's interactions: at least one where the share is not 0.
  public static func ratio(
    validation: Double = 0.1, test: Double = 0.1, order: Order = .random, seed: UInt64 = 2024
  ) -> SplitRule {
    var rule = SplitRule()
    rule.rule = .ratio
    rule.validation = validation
    rule.test = test
    rule.order = order
    rule.seed = seed
    return rule
  }

  /// Everything from a time on: times, or up to 1 shares of the log.
  public static func timeCut(
    validationFrom: CutPoint = 0.8, testFrom: CutPoint = 0.9
  ) -> SplitRule {
    var rule = SplitRule()
    rule.rule = .timeCut
    rule.validationFrom = validationFrom
    rule.testFrom = testFrom
    return rule
  }

  /// Throws `SettingError` for a share or a time that the rule cannot cut by.
  package func validate() throws {
    for (key, share) in [("validation", validation), ("test", test)] {
      try SettingError.check(
        (0..<1).contains(share), key, share,
        "a share of each user's interactions is 0 or more and below 1")
    }
    switch rule {
    case .automatic, .leaveOneOut, .files, .none: break
    case .ratio:
      try SettingError.check(
        validation + test < 1, "test", test,
        "with data.split.validation \(validation) nothing is left to learn from")
    case .timeCut:
      try validationFrom.validate("validationFrom")
      try testFrom.validate("testFrom")
    }
  }
}
