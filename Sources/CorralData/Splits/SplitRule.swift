/// How data are held out.
///
/// In settings `{rule: leave-one-out}`, `{rule: files}`, `{rule: none}`, `{rule: ratio, validation:
/// 0.1, test: 0.1, order: random}` or `{rule: time-cut, validationFrom: 0.8, testFrom: 0.9}`.
public struct SplitRule: Sendable, Equatable, Codable {
  /// The rules.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// As the files are split, or else leave-one-out.
    case automatic = "auto"
    /// The last interaction of each user for the test, and the one before for validation.
    case leaveOneOut = "leave-one-out"
    /// A share of each user's interactions for each part.
    case ratio
    /// All interactions from a time on for validation, and from a later time on for the test.
    case timeCut = "time-cut"
    /// As the files are split: `NAME.train.inter`, `NAME.valid.inter` and `NAME.test.inter`.
    case files
    /// Nothing. The data set cannot be used to measure a model.
    case none
  }

  /// Which interactions of a user `ratio` holds out.
  public enum Order: String, Sendable, Codable, CaseIterable {
    /// Random ones, drawn by the seed.
    case random
    /// The last ones.
    case time
  }

  /// The rule.
  package var rule = Kind.automatic
  /// The share of a user's interactions for validation: `ratio` only.
  package var validation = 0.1
  /// The share of a user's interactions for the test: `ratio` only.
  package var test = 0.1
  /// Which interactions `ratio` holds out.
  package var order = Order.random
  /// The seed of a random `ratio`.
  package var seed: UInt64 = 2024
  /// Where validation starts: a time, a date, or up to 1 the share of the log that comes before;
  /// `time-cut` only.
  package var validationFrom: CutPoint = 0.8
  /// Where the test starts, in the same way; `time-cut` only.
  package var testFrom: CutPoint = 0.9

  /// Creates the default: as the files are split, or else leave-one-out.
  public init() {}

  /// Creates a rule without parameters.
  private init(_ rule: Kind) { self.rule = rule }

  /// Holds out the last interaction of each user and the one before.
  public static var leaveOneOut: SplitRule { SplitRule(.leaveOneOut) }
  /// Holds out what the files hold out.
  public static var files: SplitRule { SplitRule(.files) }
  /// Holds out nothing.
  public static var none: SplitRule { SplitRule(.none) }

  /// Holds out a share of each user's interactions; at least one unless the share is 0.
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

  /// Holds out everything from a time on.
  ///
  /// Numbers up to 1 are shares of the log.
  public static func timeCut(
    validationFrom: CutPoint = 0.8, testFrom: CutPoint = 0.9
  ) -> SplitRule {
    var rule = SplitRule()
    rule.rule = .timeCut
    rule.validationFrom = validationFrom
    rule.testFrom = testFrom
    return rule
  }

  /// Throws `SettingError` for a share or a time that the rule cannot use.
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
