/// Where the parts begin of a log that was read from files for training, validation and test.
public struct FileParts: Sendable, Equatable {
  /// The first row for validation.
  public var validationStart: Int
  /// The first row for the test.
  public var testStart: Int

  /// The first rows of both held-out parts.
  public init(validationStart: Int, testStart: Int) {
    self.validationStart = validationStart
    self.testStart = testStart
  }

  /// The same among some of the rows, which are in rising order.
  func keeping(_ rows: [Int32]) -> FileParts {
    FileParts(
      validationStart: rows.count { Int($0) < validationStart },
      testStart: rows.count { Int($0) < testStart })
  }
}
