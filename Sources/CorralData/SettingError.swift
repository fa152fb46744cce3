/// A setting that cannot be used: its key, its value, and what to give instead.
///
/// A block of settings names only its own keys, such as `rate`. The holder of the block puts its
/// name before them with `within`, so that the key in the end is complete, such as `train.rate`.
public struct SettingError: Error, Equatable, CustomStringConvertible {
  /// The dotted key, such as `train.rate`.
  public var path: String
  /// The value as it was given.
  public var value: String
  /// What is wrong with the value, and what to give instead.
  public var reason: String

  /// Creates an error about the value at a key.
  package init(_ path: String, _ value: some Any, _ reason: String) {
    self.path = path
    self.value = "\(value)"
    self.reason = reason
  }

  /// Creates an error about the text at a key.
  ///
  /// The message quotes the text.
  package init(_ path: String, text: String, _ reason: String) {
    self.init(path, "'\(text)'", reason)
  }

  /// The key, the value and the reason in one sentence.
  public var description: String { "setting '\(path)' is \(value): \(reason)" }
}

extension SettingError {
  /// Throws unless the condition holds.
  package static func check(
    _ isGood: Bool, _ key: String, _ value: some Any, _ reason: @autoclosure () -> String
  ) throws {
    if !isGood { throw SettingError(key, value, reason()) }
  }

  /// Throws unless a number is finite and at least `least`.
  package static func check<Value: BinaryFloatingPoint>(
    _ key: String, _ value: Value, atLeast least: Value, such example: String = ""
  ) throws {
    try check(
      value.isFinite && value >= least, key, value,
      "give \(least == least.rounded() ? "\(Int(least))" : "\(least)") or more\(example)")
  }

  /// Throws unless a number is finite and above zero.
  ///
  /// The reason ends with `example`, as in ", such as 0.1".
  package static func check<Value: BinaryFloatingPoint>(
    _ key: String, aboveZero value: Value, such example: String = ""
  ) throws {
    try check(value.isFinite && value > 0, key, value, "give a number above 0\(example)")
  }

  /// Throws unless a number is a share from 0 to 1.
  package static func check(_ key: String, share value: some BinaryFloatingPoint) throws {
    try check((0...1).contains(value), key, value, "give a share from 0 to 1")
  }

  /// Throws unless a whole number is at least `least`; `what` names the thing counted, as in "
  /// epochs".
  package static func check(
    _ key: String, _ value: Int, atLeast least: Int, of what: String = ""
  ) throws {
    try check(value >= least, key, value, "give \(least)\(what.isEmpty ? "" : what) or more")
  }

  /// Throws unless a whole number is in a range.
  package static func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
    try check(
      range.contains(value), key, value, "give \(range.lowerBound) to \(range.upperBound)")
  }

  /// Runs the checks of a block, and puts the block's name before the keys of errors.
  package static func within<Result>(
    _ block: String, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch var error as SettingError {
      error.path = error.path.isEmpty ? block : "\(block).\(error.path)"
      throw error
    }
  }
}
