/// Where the held-out parts begin in a log that was read from files for training, validation and
/// test.
package struct FileParts: Sendable, Equatable {
  /// The first row of the validation part.
  package var validationStart: Int
  /// The first row of the test part.
  package var testStart: Int

  /// Creates the parts from their first rows.
  package init(validationStart: Int, testStart: Int) {
    self.validationStart = validationStart
    self.testStart = testStart
  }

  /// Returns the parts after only these rows, in rising order, are kept.
  func keeping(_ rows: [Int32]) -> FileParts {
    FileParts(
      validationStart: rows.count { Int($0) < validationStart },
      testStart: rows.count { Int($0) < testStart })
  }
}
