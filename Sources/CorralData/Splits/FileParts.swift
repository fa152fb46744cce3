/// Where the parts begin of a log that was read from files for training, validation and test.
package struct FileParts: Sendable, Equatable {
  /// The first row for validation.
  package var validationStart: Int
  /// The first row for the test.
  package var testStart: Int

  /// The first rows of both held-out parts.
  package init(validationStart: Int, testStart: Int) {
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
