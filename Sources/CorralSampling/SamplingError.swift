/// What can be wrong with the input of a sampler or an estimator.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// A saved estimator whose array does not have the size that its settings say.
  case state(array: String, found: Int, expected: Int, hashes: Int, buckets: Int)
  /// A setting out of its range.
  case setting(String, value: String, need: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .setting(let name, let value, let need):
      "the frequency estimator cannot work with setting '\(name)' of \(value): it must be \(need)"
    case .state(let array, let found, let expected, let hashes, let buckets):
      """
      the saved frequency estimator has \(found) '\(array)', but \(hashes) arrays of \(buckets) \
      buckets need \(expected): use the settings that it was saved with
      """
    }
  }
}
