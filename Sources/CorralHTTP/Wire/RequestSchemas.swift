import CorralService

/// What bodies and queries of requests may hold.
package enum RequestSchema {
  package static let id = Schema.string(Limits.id, .id)
  package static let name = Schema.string(Limits.name, .id)
  package static let text = Schema.string(Limits.text, .id)
  package static let count = Schema.integer(Limits.count)
  package static let offset = Schema.integer(Limits.offset)
  package static let alpha = Schema.number(min: 0, max: Limits.alpha)
  static let alphaText =
    "How much the probabilities of clusters matter: 0 shows all clusters alike; left out for the model's own."
  package static let seen = Schema.choice(ServiceRequest.Seen.allCases.map(\.rawValue))

  /// A time as text, or as seconds since 1970.
  package static let time = Schema.either([
    .string(20...64, .time), .number(min: 0, max: 253_402_300_799),
  ])

  package static let filter = Schema.named(
    "Filter",
    .map(
      .either([
        text, .array(text, Limits.alternatives),
        .object(
          [
            .optional("min", .number(min: nil, max: nil), "The least value."),
            .optional("max", .number(min: nil, max: nil), "The largest value."),
          ], isClosed: true, atLeast: 1),
      ]), Limits.conditions))

  /// What a request for items may say, whatever it asks for.
  private static let who: [Schema.Property] = [
    .optional("user", id, "The id of the user; left out for somebody anonymous."),
    .optional(
      "history", .array(id, Limits.history),
      "What was met, oldest first; left out for what the service knows of the user."),
    .optional("filter", filter, "What must hold of an item, by feature or `category`."),
    .optional("exclude", .array(id, Limits.excluded), "Items that must not be in the answer."),
    .optional("seen", seen, "What happens to items that the user has met; `exclude` by default."),
    .optional(
      "context", .map(text, Limits.context),
      "Facts about the request, for a ranker that reads them."),
    .optional("arm", name, "The arm of the experiment; left out for the one of the user's hash."),
    .optional(
      "deadline_ms", .number(min: Limits.deadline.lowerBound, max: Limits.deadline.upperBound),
      "The time within which the answer is wanted."),
  ]

  /// What changes a list without naming items.
  private static let dials: [Schema.Property] = [
    .optional("diversity", .number(min: 0, max: 1), "From 0 for relevance alone to 1 for variety."),
    .optional("alpha", alpha, alphaText),
  ]

  package static let recommend = Schema.named(
    "RecommendRequest",
    .closed(
      who + [
        .optional("k", count, "How many items at most; 10 by default."),
        .optional("offset", offset, "How many items of the list to skip."),
        .optional("explain", .boolean, "Whether each item says what of the history it is near to."),
      ] + dials))

  package static let rank = Schema.named(
    "RankRequest",
    .closed(
      who + [
        .required("items", .array(id, Limits.candidates), "The candidates to order."),
        .optional("explain", .boolean, "Whether each item says what of the history it is near to."),
      ]))

  package static let explain = Schema.named(
    "ExplainRequest",
    .closed(who + [.required("item", id, "The item that is asked about.")] + dials))

  package static let event = Schema.named(
    "Event",
    .closed([
      .optional("id", id, "The sender's id of the event: a second one with it is not stored."),
      .required("user", id), .required("item", id),
      .required("type", name, "What happened: click, buy, rating."),
      .optional("value", .number(min: nil, max: nil), "How much of it: stars, seconds, a price."),
      .optional("time", time, "When it happened; now by default."),
      .optional("request", id, "The id of the answer that showed the item."),
    ]))

  package static let events = Schema.either([event, .array(event, Limits.batch)])

  package static let features = Schema.map(
    .either([
      .number(min: nil, max: nil), text, .array(text, Limits.categories),
    ]), Limits.features)

  /// All of an item but its id.
  private static let itemFields: [Schema.Property] = [
    .optional("title", .either([text, .null])),
    .optional("categories", .array(text, Limits.categories)),
    .optional("features", features, "Numbers or categories by name."),
    .optional("hidden", .boolean, "Whether nobody may be recommended it."),
    .optional("published_at", .either([.string(20...64, .time), .null])),
    .optional("expires_at", .either([.string(20...64, .time), .null])),
  ]

  package static let item = Schema.named(
    "ItemRecord", .closed([.required("id", id)] + itemFields))
  package static let items = Schema.either([item, .array(item, Limits.batch)])
  /// An item whose id stands in the path.
  package static let itemFieldsOnly = Schema.named(
    "ItemFields", .closed([.optional("id", id, "The id of the path, if anything.")] + itemFields))

  package static let user = Schema.named(
    "UserRecord", .closed([.required("id", id), .optional("features", features)]))
  package static let users = Schema.either([user, .array(user, Limits.batch)])
  /// A user whose id stands in the path.
  package static let userFieldsOnly = Schema.named(
    "UserFields",
    .closed([
      .optional("id", id, "The id of the path, if anything."), .optional("features", features),
    ]))

  package static let reload = Schema.named(
    "ReloadRequest",
    .closed([
      .optional(
        "model", .string(1...4096, .id), "The folder of a model; the one that serves by default.")
    ]))
}
