/// What is wrong with a saved model, or with a query.
public enum ModelsError: Error, Equatable, CustomStringConvertible {
  /// A saved model has a file that cannot be understood.
  case damaged(path: String, reason: String)
  /// The retriever of a saved model is not a network.
  case otherKind(path: String, kind: String)
  /// A model that takes no new users and items while it trains.
  case cannotGrow(kind: String)
  /// The scores of a query do not follow from one vector; `advice` says what to ask for instead.
  case noSingleVector(kind: String, advice: String)
  /// A query names no known user and has no history of known items.
  case nothingKnown
  /// A candidate is not an item of the catalogue.
  case unknownCandidate(Int, items: Int)

  /// What is wrong, where, and what to do.
  public var description: String {
    switch self {
    case .damaged(let path, let reason):
      "\(path) is not a model that can be read: \(reason); train the model again"
    case .otherKind(let path, let kind):
      """
      \(path) is \(kind), which is not a network: open it with Popularity, ImplicitALS or Item2Vec from \
      its retriever.safetensors
      """
    case .cannotGrow(let kind):
      """
      \(kind) takes no new users and items while it trains: set retriever.model to \
      \(TwoTowerSettings.name), or train again on data that hold them
      """
    case .noSingleVector(let kind, let advice):
      "\(kind) does not score by one vector a query: \(advice)"
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
