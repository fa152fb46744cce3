/// What is wrong with the settings of a model, with a saved one, or with a query.
public enum ModelsError: Error, Equatable, CustomStringConvertible {
  /// A setting has a value that no model can have.
  case setting(key: String, value: String, reason: String)
  /// A saved model says something of itself that cannot be understood.
  case damaged(path: String, reason: String)
  /// A query names no known user and has no history.
  case nothingKnown
  /// A candidate is not an item of the catalogue.
  case unknownCandidate(Int, items: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .setting(let key, let value, let reason): "setting '\(key)' is \(value): \(reason)"
    case .damaged(let path, let reason):
      "\(path) is no model that can be read: \(reason); train the model again"
    case .nothingKnown:
      """
      nothing is known about this query: give a user that training saw or a history of known items, \
      or fall back to popular ones
      """
    case .unknownCandidate(let position, let items):
      "candidate \(position) is not one of the \(items) items that the ranker was trained on"
    }
  }
}
