import CorralText

/// What a recommender cannot answer, and why.
public enum ServingError: Error, Equatable, CustomStringConvertible {
  /// Ids that the model does not have, and the id that was probably meant by the first.
  case unknownItems([String], nearest: String?)
  /// A history of which no item is known, and the id that was probably meant by the first.
  case unknownHistory([String], nearest: String?)
  /// A request for no item, or for more than the catalogue has.
  case badCount(Int, items: Int)
  /// Context for a model that reads none.
  case readsNoContext
  /// A name of context that the model does not read.
  case unknownContext(String, known: [String])
  /// A context that needs a number and holds something else.
  case badContext(name: String, value: String)
  /// A feature that the items of the model do not have.
  case unknownFeature(String, known: [String])
  /// A category that no item has, or one of a feature that holds numbers.
  case unknownCategory(String, feature: String, isNumber: Bool)
  /// A power of the clusters' shares that is below 0 or not finite.
  case badAlpha(Double)
  /// A model without vectors of items, asked what is like what.
  case noItemVectors(kind: String)

  /// What is wrong, and what to do.
  public var description: String {
    switch self {
    case .unknownItems(let ids, let nearest):
      "no item \(ids.prefix(5).map { "'\($0.shown)'" }.joined(separator: ", ")) in this model"
        + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .unknownHistory(let ids, let nearest):
      "none of the \(ids.count) items of the history is in this model: "
        + ids.map { "'\($0.shown)'" }.listed() + (nearest.map { "; did you mean '\($0)'?" } ?? "")
    case .badCount(let count, let items):
      count < 1
        ? "the number of recommendations is \(count); ask for 1 or more"
        : "\(count) recommendations are more than the catalogue holds: "
          + Format.counted(items, "item")
    case .readsNoContext:
      "this model reads no context; name its columns with data.context and train a ranker"
    case .unknownContext(let name, let known):
      "'\(name.shown)' names no context of this model; it reads \(known.joined(separator: ", "))"
    case .badContext(let name, let value):
      "the context \(name) needs a finite number, not '\(value.shown)'"
    case .unknownFeature(let name, let known):
      "items have no feature '\(name.shown)'"
        + (known.isEmpty ? "" : "; they have \(known.joined(separator: ", "))")
    case .unknownCategory(let category, let feature, let isNumber):
      isNumber
        ? "the feature \(feature) holds numbers, not categories such as '\(category.shown)'"
        : "no item has '\(category.shown)' in the feature \(feature)"
    case .badAlpha(let alpha):
      "the alpha of the request is \(alpha); give 0 or more, such as 1"
    case .noItemVectors(let kind):
      "\(Format.indefinite(kind)) model has no vectors that say what is like what"
    }
  }
}
