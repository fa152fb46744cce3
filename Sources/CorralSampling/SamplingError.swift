/// Input that a sampler or an estimator cannot use.
public enum SamplingError: Error, Equatable, CustomStringConvertible {
  /// A saved estimator whose array does not have the size of its settings.
  case state(array: String, found: Int, expected: Int, hashes: Int, buckets: Int)
  /// The vector of an item that a proposal draws by holds `nan` or an infinity.
  case notFinite(item: Int)
  /// A saved proposal of other settings or items.
  case savedProposal(file: String, reason: String)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .state(let array, let found, let expected, let hashes, let buckets):
      """
      the saved frequency estimator has \(found) '\(array)', but \(hashes) arrays of \(buckets) \
      buckets need \(expected): use the settings that it was saved with
      """
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
