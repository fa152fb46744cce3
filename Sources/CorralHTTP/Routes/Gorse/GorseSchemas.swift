/// The shapes of gorse's API: its clients send and read them.
enum GorseSchema {
  private static let text = Schema.string(0...Int.max, .free)
  private static let id = RequestSchema.id
  private static func list(_ schema: Schema) -> Schema { .array(schema, 0...Int.max) }

  /// A time in one of the forms that gorse's clients write; empty for now.
  private static let time = Schema.string(0...64, .id)

  private static func feedback(needsUser: Bool) -> Schema {
    .open([
      .required("FeedbackType", RequestSchema.name),
      needsUser ? .required("UserId", id) : .optional("UserId", Schema.string(0...512, .id)),
      .required("ItemId", id), .optional("Value", .number(min: nil, max: nil)),
      .optional("Timestamp", time), .optional("Comment", text),
    ])
  }

  static let feedback = Schema.named("GorseFeedback", feedback(needsUser: true))
  static let feedbacks = Schema.array(feedback, 0...Limits.batch.upperBound)
  static let session = Schema.array(
    .named("GorseSessionFeedback", feedback(needsUser: false)), 0...Limits.history.upperBound)

  private static let itemFields: [Schema.Property] = [
    .optional("IsHidden", .either([.boolean, .null])),
    .optional("Categories", .either([.array(RequestSchema.text, Limits.categories), .null])),
    .optional("Timestamp", .either([time, .null])),
    .optional("Labels", .any, "An object becomes features; a list of texts the feature `labels`."),
    .optional("Comment", .either([RequestSchema.text, .null]), "The title."),
  ]
  static let item = Schema.named("GorseItem", .open([.required("ItemId", id)] + itemFields))
  static let itemPatch = Schema.named("GorseItemPatch", .open(itemFields))

  private static let userFields: [Schema.Property] = [
    .optional("Labels", .any, "An object becomes features; a list of texts the feature `labels`."),
    .optional("Comment", .either([text, .null]), "Ignored."),
  ]
  static let user = Schema.named("GorseUser", .open([.required("UserId", id)] + userFields))
  static let userPatch = Schema.named("GorseUserPatch", .open(userFields))

  static let success = Schema.named(
    "GorseSuccess", .closed([.required("RowAffected", .integer(0...Int.max))]))
  static let score = Schema.named(
    "GorseScore",
    .closed([.required("Id", text), .required("Score", .number(min: nil, max: nil))]))
  static let scores = list(score)
  static let idsOrScores = list(.either([text, score]))
  static let storedFeedback = Schema.named(
    "GorseStoredFeedback",
    .closed([
      .required("FeedbackType", text), .required("UserId", text), .required("ItemId", text),
      .required("Value", .number(min: nil, max: nil)), .required("Timestamp", text),
      .required("Comment", text),
    ]))
  static let storedFeedbacks = list(storedFeedback)
  /// The feedback of a user for an item of a type; `{}` for none.
  static let feedbackIfAny = Schema.either([storedFeedback, .closed([])])
  static let feedbackPage = Schema.named(
    "GorseFeedbackPage",
    .closed([.required("Cursor", text), .required("Feedback", storedFeedbacks)]))
  static let storedItem = Schema.named(
    "GorseStoredItem",
    .closed([
      .required("ItemId", text), .required("IsHidden", .boolean),
      .required("Categories", list(text)), .required("Timestamp", text),
      .required("Labels", .map(.any, 0...Int.max)), .required("Comment", text),
    ]))
  static let storedUser = Schema.named(
    "GorseStoredUser",
    .closed([
      .required("UserId", text), .required("Labels", .map(.any, 0...Int.max)),
      .required("Comment", text),
    ]))
  static let itemPage = Schema.named(
    "GorseItems", .closed([.required("Cursor", text), .required("Items", list(storedItem))]))
  static let userPage = Schema.named(
    "GorseUsers", .closed([.required("Cursor", text), .required("Users", list(storedUser))]))
  static let health = Schema.named(
    "GorseHealth",
    .closed([
      .required("Ready", .boolean), .required("DataStoreError", .null),
      .required("CacheStoreError", .null), .required("DataStoreConnected", .boolean),
      .required("CacheStoreConnected", .boolean),
    ]))
}
