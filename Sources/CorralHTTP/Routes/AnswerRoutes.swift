import CorralService

/// Routes that recommend, rank and explain.
enum AnswerRoutes {
  static let all = [recommend, recommendations, similar, list, rank, explain]

  private static let recommend = Route(
    method: .post, path: "/v1/recommend",
    summary: "Recommends items to a user, to somebody with a history, or both.",
    body: .init(schema: RequestSchema.recommend), outcome: .json(AnswerSchema.answer, "The items.")
  ) { call in
    let answer = try await call.service.recommend(ServiceRequest(call.body ?? .null))
    return .json(capacity: 256 + 160 * answer.items.count) { $0.answer(answer) }
  }

  private static let recommendations = Route(
    method: .get, path: "/v1/users/{id}/recommendations",
    summary: "Recommends items to a user, by a link.", names: [Parameters.user],
    query: [
      Parameters.k, Parameters.offset,
      .query("seen", RequestSchema.seen, "What happens to items that the user has met."),
      .query("explain", .boolean, "Whether each item says what it is near to."),
      .query("arm", RequestSchema.name, "The arm of the experiment."),
      .query("diversity", .number(min: 0, max: 1), "From relevance alone to variety."),
      .query("alpha", RequestSchema.alpha, RequestSchema.alphaText),
      .query(
        "deadline_ms", .number(min: Limits.deadline.lowerBound, max: Limits.deadline.upperBound),
        "The time within which the answer is wanted."),
      Parameters.category, Parameters.filter,
    ], outcome: .json(AnswerSchema.answer, "The items.")
  ) { call in
    let answer = try await call.service.recommend(ServiceRequest(call, user: call.names[0]))
    return .json(capacity: 256 + 160 * answer.items.count) { $0.answer(answer) }
  }

  private static let similar = Route(
    method: .get, path: "/v1/items/{id}/similar", summary: "Finds the items nearest to an item.",
    names: [Parameters.item], query: [Parameters.k, Parameters.category, Parameters.filter],
    outcome: .json(AnswerSchema.items, "The items, the nearest first."),
    others: [404: "There is no such item.", 409: "The model has no vectors of items."]
  ) { call in
    let items = try call.service.similar(
      to: call.names[0], count: call.integer("k", or: 10), filter: Filter(call))
    return .json { writer in
      writer.object { writer in
        writer.name("items")
        writer.items(items)
      }
    }
  }

  private static let list = Route(
    method: .get, path: "/v1/lists/{source}",
    summary: "Lists what is popular, trending or latest, for nobody in particular.",
    names: [
      Route.Parameter(
        name: "source", schema: .choice(["popular", "trending", "latest"]), isRequired: true,
        text: "Which list.")
    ], query: [Parameters.k, Parameters.offset, Parameters.category, Parameters.filter],
    outcome: .json(AnswerSchema.items, "The items, the best first.")
  ) { call in
    let items = try call.service.list(
      Source(rawValue: call.names[0]) ?? .popular, count: call.integer("k", or: 10),
      offset: call.integer("offset", or: 0), filter: Filter(call))
    return .json { writer in
      writer.object { writer in
        writer.name("items")
        writer.items(items)
      }
    }
  }

  private static let rank = Route(
    method: .post, path: "/v1/rank", summary: "Puts given items into the order for somebody.",
    body: .init(schema: RequestSchema.rank), outcome: .json(AnswerSchema.answer, "The items.")
  ) { call in
    let body = call.body ?? .null
    let items = body["items"]?.texts ?? []
    var request = ServiceRequest(body)
    request.count = items.count
    let answer = try await call.service.rank(items, for: request)
    return .json(capacity: 256 + 160 * answer.items.count) { $0.answer(answer) }
  }

  private static let explain = Route(
    method: .post, path: "/v1/explain",
    summary: "Says why a user is shown an item, or what keeps it out, at every stage.",
    body: .init(schema: RequestSchema.explain),
    outcome: .json(AnswerSchema.explanation, "The stages."), others: [404: "There is no such item."]
  ) { call in
    let body = call.body ?? .null
    let explanation = try await call.service.explain(
      body["item"]?.text ?? "", for: ServiceRequest(body))
    return .json { $0.explanation(explanation) }
  }
}
