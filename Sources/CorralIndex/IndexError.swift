/// Why an index cannot be made or read: what, where, and what to do.
public enum IndexError: Error, CustomStringConvertible, Equatable {
  /// A setting has a value that no graph can have.
  case badSetting(name: String, value: Int, allowed: ClosedRange<Int>)
  /// The vector of an item holds `nan` or an infinity.
  case notFinite(item: Int)
  /// The saved graph does not fit the items, or itself.
  case damaged(file: String, reason: String)
  /// The library that makes graphs failed.
  case failed(reason: String)

  /// The whole message, for a person.
  public var description: String {
    switch self {
    case .badSetting(let name, let value, let allowed):
      "setting 'index.\(name)' is \(value); it can be \(allowed.lowerBound) to \(allowed.upperBound)"
    case .notFinite(let item):
      "the vector of item \(item) is not finite, so that no graph can hold it; "
        + "train again with a lower rate, or use the exact index"
    case .damaged(let file, let reason):
      "\(file) is not the graph of these items: \(reason); build the index again"
    case .failed(let reason):
      "the graph cannot be made: \(reason)"
    }
  }
}
