import CorralService
import CorralStore
import Foundation
import HTTPTypes

/// What gorse's clients ask for: recommendations, neighbours, lists.
enum GorseAnswerRoutes {
  static let all =
    recommend + [session] + neighbours + lists + [live, ready]

  static let n = Route.Parameter.query("n", RequestSchema.count, "How many; 10 by default.")
  private static let category = Route.Parameter(
    name: "category", schema: RequestSchema.text, isRequired: true, text: "A category.")
  private static let notFound = [
    404: "There is no such item.", 409: "The model has no vectors of items.",
  ]

  /// A filter of the categories of a query, and of one in the path.
  private static func filter(_ call: Call, _ category: String? = nil) -> Filter {
    var filter = Filter()
    let categories = (call["category"]?.texts ?? []) + (category.map { [$0] } ?? [])
    if !categories.isEmpty { filter.conditions[Filter.category] = .oneOf(categories) }
    return filter
  }

  private static let recommend = ["", "/{category}"].map { suffix in
    Route(
      method: .get, path: "/api/recommend/{user-id}" + suffix,
      summary: "Ids for a user; with the header `X-API-Version: 2` ids and scores.", tag: "gorse",
      names: [Parameters.id("user-id", "The id of the user.")]
        + (suffix.isEmpty ? [] : [category]),
      query: [
        n, Parameters.offset, Parameters.category,
        .query(
          "write-back-type", RequestSchema.name,
          "A type of event to store for what is returned; it needs a key to write."),
      ], outcome: .json(GorseSchema.idsOrScores, "The items.")
    ) { call in
      var request = ServiceRequest(user: call.names[0], count: call.integer("n", or: 10))
      request.offset = call.integer("offset", or: 0)
      request.filter = filter(call, call.names.count > 1 ? call.names[1] : nil)
      let answer = try await call.service.recommend(request)
      if let type = call["write-back-type"]?.text {
        guard call.scope >= .write else {
          throw Problem(403, "forbidden", "write-back-type needs a key that allows to write")
        }
        let now = Date()
        _ = try await call.service.accept(
          answer.items.map {
            Event(
              user: call.names[0], item: $0.id, type: type, time: now, request: answer.request)
          })
      }
      return .json { writer in
        if call.headers[.apiVersion] == "2" {
          writer.gorseScores(answer.items)
        } else {
          writer.array { writer in for item in answer.items { writer.string(item.id) } }
        }
      }
    }
  }

  private static let session = Route(
    method: .post, path: "/api/session/recommend",
    summary: "Recommends to somebody anonymous with the given feedback.", tag: "gorse",
    query: [n, Parameters.offset, Parameters.category], body: .init(schema: GorseSchema.session),
    outcome: .json(GorseSchema.scores, "The items.")
  ) { call in
    let history = (call.body?.elements ?? []).compactMap { $0["ItemId"]?.text }
    var request = ServiceRequest(history: history, count: call.integer("n", or: 10))
    request.offset = call.integer("offset", or: 0)
    request.filter = filter(call)
    let answer = try await call.service.recommend(request)
    return .json { $0.gorseScores(answer.items) }
  }

  private static let neighbours = [
    "/api/item/{item-id}/neighbors", "/api/item/{item-id}/neighbors/{category}",
    "/api/item-to-item/neighbors/{item-id}",
  ].map { path in
    Route(
      method: .get, path: path, summary: "The items nearest to an item.", tag: "gorse",
      names: [Parameters.id("item-id", "The id of the item.")]
        + (path.hasSuffix("{category}") ? [category] : []),
      query: [n, Parameters.offset, Parameters.category],
      outcome: .json(GorseSchema.scores, "The items, the nearest first."), others: notFound
    ) { call in
      let (count, offset) = (call.integer("n", or: 10), call.integer("offset", or: 0))
      let items = try call.service.similar(
        to: call.names[0], count: count + offset,
        filter: filter(call, call.names.count > 1 ? call.names[1] : nil))
      return .json { $0.gorseScores(Array(items.dropFirst(offset))) }
    }
  }

  private static let lists = [
    ("/api/popular", Source.popular), ("/api/popular/{category}", .popular),
    ("/api/latest", .latest), ("/api/latest/{category}", .latest),
    ("/api/non-personalized/popular", .popular), ("/api/non-personalized/latest", .latest),
    ("/api/non-personalized/trending", .trending),
  ].map { (path, source) in
    Route(
      method: .get, path: path, summary: "Items of the source \(source.rawValue).", tag: "gorse",
      names: path.hasSuffix("{category}") ? [category] : [],
      query: [n, Parameters.offset, Parameters.category],
      outcome: .json(GorseSchema.scores, "The items, the best first.")
    ) { call in
      let items = try call.service.list(
        source, count: call.integer("n", or: 10), offset: call.integer("offset", or: 0),
        filter: filter(call, call.names.first))
      return .json { $0.gorseScores(items) }
    }
  }

  private static let live = Route(
    method: .get, path: "/api/health/live", summary: "Whether the process runs.", tag: "gorse",
    scope: nil, outcome: .json(GorseSchema.health, "It runs.")
  ) { call in health(isReady: !call.host.isStopping) }

  private static let ready = Route(
    method: .get, path: "/api/health/ready", summary: "Whether requests are taken.", tag: "gorse",
    scope: nil, outcome: .json(GorseSchema.health, "They are."),
    others: [503: "The server stops, and takes nothing new."]
  ) { call in
    if call.host.isStopping { throw Problem.busy("the server stops", retryAfter: 5) }
    return health(isReady: true)
  }

  private static func health(isReady: Bool) -> Reply {
    .json { writer in
      writer.object { writer in
        writer.field("Ready", isReady)
        for name in ["DataStoreError", "CacheStoreError"] {
          writer.name(name)
          writer.null()
        }
        writer.field("DataStoreConnected", true)
        writer.field("CacheStoreConnected", true)
      }
    }
  }
}
