/// What can be wrong with the input of a sampler or an estimator.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// A saved estimator whose array does not have the size that its settings say.
  case state(array: String, found: Int, expected: Int, hashes: Int, buckets: Int)
  /// A setting of the estimator out of its range.
  case setting(String, value: String, need: String)
  /// A setting of the proposal out of its range.
  case proposal(String, value: String, need: String)
  /// The vector of an item that a proposal draws by holds `nan` or an infinity.
  case notFinite(item: Int)
  /// A saved proposal that is not one of these settings and items.
  case savedProposal(file: String, reason: String)

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
    case .proposal(let name, let value, let need):
      "setting 'proposal.\(name)' is \(value); it must be \(need)"
    case .notFinite(let item):
      """
      the vector of item \(item) is not finite, so that no negatives can be drawn by it; train again \
      with a lower rate
      """
    case .savedProposal(let file, let reason):
      "\(file) is not the proposal of these settings and items: \(reason); use what it was saved with"
    }
  }
}
