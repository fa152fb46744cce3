/// Values of paths and queries that several routes take.
enum Parameters {
  /// An id in the path.
  static func id(_ name: String, _ text: String) -> Route.Parameter {
    Route.Parameter(name: name, schema: RequestSchema.id, isRequired: true, text: text)
  }

  static let user = id("id", "The id of the user.")
  static let item = id("id", "The id of the item.")
  static let k = Route.Parameter.query(
    "k", RequestSchema.count, "How many items at most; 10 by default.")
  static let offset = Route.Parameter.query(
    "offset", RequestSchema.offset, "How many items of the list to skip.")
  static let category = Route.Parameter.query(
    "category", .array(RequestSchema.text, 0...Limits.alternatives.upperBound),
    "A category that the items have; repeated for any of several.")
  static let filter = Route.Parameter.json(
    "filter", RequestSchema.filter, "What must hold of the items, as in a body.")
  static let limit = Route.Parameter.query(
    "limit", .integer(1...1000), "How many at most; 100 by default.")
}
