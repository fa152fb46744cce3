public import CorralData

/// What can go wrong with a classical model.
public enum BaselineError: Error, Equatable, CustomStringConvertible {
  /// The least squares problem of a row has no solution that floats can hold.
  case unsolvable(Side, row: Int, regularisation: Double)
  /// The model knows neither the user nor any item of the history.
  case unknownQuery(user: UserIndex?, history: Int)

  /// The side whose vectors were being solved for.
  public enum Side: String, Sendable {
    /// Vectors of users.
    case user
    /// Vectors of items.
    case item
  }

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .unsolvable(let side, let row, let regularisation):
      """
      the least squares problem of \(side) \(row) has no finite solution with regularisation \
      \(regularisation): raise it, or look for weights that are negative or not numbers
      """
    case .unknownQuery(let user, let history):
      """
      \(user.map { "user \($0.position)" } ?? "the request's user") is unknown and none of the \
      \(history) items of the history is in the catalogue: give a known user or a known item
      """
    }
  }
}
