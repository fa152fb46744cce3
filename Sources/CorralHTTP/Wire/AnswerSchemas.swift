import CorralService

/// What answers hold.
package enum AnswerSchema {
  private static let text = Schema.string(0...Int.max, .free)
  private static let number = Schema.number(min: nil, max: nil)
  private static let whole = Schema.integer(0...Int.max)
  private static let time = Schema.string(20...64, .time)
  private static func list(_ schema: Schema) -> Schema { .array(schema, 0...Int.max) }

  package static let error = Schema.named(
    "Error",
    .closed([
      .required(
        "error",
        .closed([
          .required("code", text, "What is wrong, for a program."),
          .required("message", text, "What is wrong and what to do, for a person."),
          .required("field", .either([text, .null]), "The part of the request: `[3].item`."),
        ]))
    ]))

  package static let reason = Schema.named(
    "Reason",
    .closed([.required("id", text), .optional("title", text), .required("similarity", number)]))

  package static let item = Schema.named(
    "RecommendedItem",
    .closed([
      .required("id", text), .optional("title", text),
      .optional("score", number, "Larger is better within a stage; left out where there is none."),
      .required("stage", .choice(Answer.Stage.allCases.map(\.rawValue)), "What placed the item."),
      .required("source", .choice(Source.allCases.map(\.rawValue)), "What found the item."),
      .optional("because", list(reason), "The items of the history that it is near to."),
      .optional(
        "cluster",
        .closed([
          .required("number", whole, "The cluster that the search found it in."),
          .optional("name", text),
          .required("probability", number, "How probable it is that the user chooses from it."),
          .required("quota", whole, "The places of the list that the cluster got."),
          .required("places", whole, "The places of the whole list."),
        ])),
    ]))

  package static let answer = Schema.named(
    "Answer",
    .closed([
      .required("request", text, "The id of this answer, for the events that follow it."),
      .required("model", text, "The version of the model."),
      .optional("arm", text, "The arm of the experiment."),
      .optional(
        "degraded", .choice(Answer.Degradation.allCases.map(\.rawValue)),
        "Which stage was late and left out."),
      .required(
        "milliseconds",
        .closed(
          ["queue", "encoding", "search", "ranking", "total"].map { .required($0, number) })),
      .required("items", list(item)),
      .optional("notices", list(text), "What of the request was ignored."),
    ]))

  package static let items = Schema.named("Items", .closed([.required("items", list(item))]))

  package static let receipts = Schema.named(
    "Receipts",
    .closed([
      .required(
        "events",
        list(
          .closed([
            .required("position", whole, "The place of the event in the log."),
            .required("repeat", .boolean, "Whether it was stored before."),
          ])))
    ]))

  package static let storedEvents = Schema.named(
    "StoredEvents",
    .closed([
      .required(
        "events",
        list(
          .closed([
            .required("position", whole), .optional("id", text), .required("user", text),
            .required("item", text), .required("type", text), .optional("value", number),
            .optional("time", time), .optional("request", text),
          ]))),
      .optional("next", whole, "The position after which the rest lies; left out at the end."),
    ]))

  private static let features = Schema.map(
    .either([number, list(text)]), 0...Int.max)

  package static let itemRecord = Schema.named(
    "Item",
    .closed([
      .required("id", text), .optional("title", text), .required("categories", list(text)),
      .required("features", features), .required("hidden", .boolean),
      .optional("published_at", time), .optional("expires_at", time),
    ]))
  package static let itemPage = Schema.named(
    "ItemPage",
    .closed([
      .required("items", list(itemRecord)),
      .optional("next", text, "The id after which the rest lies; left out at the end."),
    ]))

  package static let userRecord = Schema.named(
    "User", .closed([.required("id", text), .required("features", features)]))
  package static let userPage = Schema.named(
    "UserPage",
    .closed([
      .required("users", list(userRecord)),
      .optional("next", text, "The id after which the rest lies; left out at the end."),
    ]))

  package static let written = Schema.named(
    "Written", .closed([.required("count", whole, "How many were written.")]))

  package static let explanation = Schema.named(
    "Explanation",
    .closed([
      .required("shown", .boolean),
      .required(
        "steps",
        list(
          .closed([
            .required("stage", text), .required("passed", .boolean), .optional("rank", whole),
            .optional("of", whole), .optional("score", number), .required("reason", text),
          ]))),
    ]))

  package static let report = Schema.named(
    "Report",
    .closed([
      .required(
        "rows",
        list(
          .closed([
            .optional("source", text), .optional("arm", text), .required("type", text),
            .required("shown", whole), .required("engaged", whole), .required("rate", number),
            .required("low", number), .required("high", number),
          ]))),
      .required(
        "comparisons",
        list(
          .closed([
            .required("arm", text), .required("other", text), .required("type", text),
            .required("difference", number), .required("low", number), .required("high", number),
            .required("p", number),
          ]))),
    ]))

  package static let model = Schema.named(
    "ServedModel", .closed([.required("model", text, "The version that serves now.")]))

  package static let status = Schema.named(
    "Status",
    .closed([
      .required("model", text), .required("kind", text), .required("opened_at", time),
      .required("items", whole), .required("users", whole), .required("last_position", whole),
      .required("waiting", whole),
      .required("side_items", whole, "New and changed items, which are searched beside the index."),
      .optional("learning", learning, "Left out while the server does not learn."),
    ]))

  package static let learning = Schema.named(
    "Learning",
    .closed([
      .required("events", whole, "The events that were looked at."),
      .required("examples", whole, "The examples that were learned."),
      .required("examples_per_second", number, "Those of late."),
      .optional("loss", number, "The mean of late; left out before the first step."),
      .required("cutoff", whole, "The places of a list in which an item counts as found."),
      .required(
        "predictions", whole, "The latest events that were predicted before they were learned."),
      .required("recall", number, "The share of them whose item was in the list."),
      .required("ndcg", number),
      .optional("head_recall", number, "The recall of popular items: a third of all examples."),
      .optional("tail_recall", number, "The recall of all other items."),
      .optional("lag", whole, "The events that wait to be looked at."),
      .required("model_age", number, "The seconds since the last publication, or since the start."),
      .required("users", whole), .required("items", whole),
      .required(
        "popularity_shift", number,
        "The distance between the items of the latest events and those of all times, from 0 to 1."),
      .optional(
        "estimator_error", number,
        "How far estimated frequencies of items are from those of late, as a logarithm."),
      .required("publications", whole, "Snapshots published since the service started."),
      .required("refusals", whole, "Snapshots kept back since the service started."),
      .optional("last_refusal", text, "Why the last one was kept back."),
      .optional("published_at", time),
      .optional("failure", text, "Why learning stands still; left out while it does not."),
    ]))

  package static let health = Schema.named(
    "Health", .closed([.required("status", .choice(["live", "ready", "stopping"]))]))
}
