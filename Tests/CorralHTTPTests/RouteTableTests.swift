import CorralHTTP
import NIOCore
import Testing

@Suite struct RouteTableTests {
  private let table = RouteTable(Server.routes)

  private func path(_ method: String, _ path: String) -> String {
    switch table.match(method, path[...]) {
    case .route(let place, let values):
      "\(table.routes[place].path) \(values.joined(separator: ","))"
    case .otherMethods(let methods): "not \(methods)"
    case .none: "nothing"
    }
  }

  @Test(arguments: [
    ("GET", "/v1/users/42", "/v1/users/{id} 42"),
    ("GET", "/v1/users/a%2Fb/events", "/v1/users/{id}/events a%2Fb"),
    ("HEAD", "/health/live", "/health/live "), ("POST", "/health/live", "not GET, HEAD"),
    ("TRACE", "/v1/recommend", "not POST"),
    ("GET", "/v1/items/x", "/v1/items/{id} x"), ("GET", "/v1/items//similar", "nothing"),
    ("GET", "/v1/items/x/", "nothing"), ("GET", "/v2", "nothing"), ("GET", "", "nothing"),
    ("GET", "/api/item-to-item/neighbors/7", "/api/item-to-item/neighbors/{item-id} 7"),
    ("GET", "/api/feedback/u/i", "/api/feedback/{user-id}/{item-id} u,i"),
    ("GET", "/", "/ "),
  ])
  func `a path leads to its route`(method: String, path: String, found: String) {
    #expect(self.path(method, path) == found)
  }

  @Test func `every route is found by its own path`() {
    for (place, route) in table.routes.enumerated() {
      let path = route.path.split(separator: "/", omittingEmptySubsequences: false)
        .map { $0.hasPrefix("{") ? "value" : $0 }.joined(separator: "/")
      guard case .route(let found, let values) = table.match(route.method.rawValue, path[...])
      else {
        Issue.record("\(route.path) leads nowhere")
        continue
      }
      #expect(found == place && values.count == route.names.count, "\(route.path)")
    }
  }

  @Test func `the names of a path and of its parameters are the same`() {
    for route in table.routes {
      let written = route.path.split(separator: "/").filter { $0.hasPrefix("{") }
        .map { String($0.dropFirst().dropLast()) }
      #expect(written == route.names.map(\.name), "\(route.path)")
    }
  }

  @Test func `writing needs a key to write, and administration one for that`() {
    for route in table.routes
    where route.path.hasPrefix("/v1/") || route.path.hasPrefix("/api/") {
      let isAsking =
        route.method == .get
        || ["/v1/recommend", "/v1/rank", "/v1/explain", "/api/session/recommend"]
          .contains(route.path)
      if route.path.contains("/health/") { continue }
      let expected: Route.Scope =
        route.path.contains("/admin/") ? .admin : isAsking ? .read : .write
      #expect(route.scope == expected, "\(route.method) \(route.path)")
    }
  }

  @Test func `the document says what is enforced`() throws {
    let text = String(buffer: OpenAPI.document(of: Server.routes, version: "1"))
    let document = try JSONParser.parse(text)
    #expect(document["openapi"]?.text == "3.1.0")
    let paths = try #require(document["paths"]?.members)
    let written = Set(
      paths.flatMap { path in
        path.value.members!.map { "\($0.name) \(path.name)" }
      })
    let expected = Server.routes.filter(\.isDocumented)
      .map { "\($0.method.rawValue.lowercased()) \($0.path)" }
    #expect(written == Set(expected) && written.count == expected.count)
    let schemas = try #require(document["components"]?["schemas"])
    let request = try #require(schemas["RecommendRequest"])
    #expect(request["additionalProperties"] == .bool(false))
    #expect(request["properties"]?["k"]?["maximum"]?.integer == Limits.count.upperBound)
    #expect(request["properties"]?["k"]?["minimum"]?.integer == 1)
    #expect(request["properties"]?["history"]?["maxItems"]?.integer == Limits.history.upperBound)
    // Every reference leads somewhere.
    for match in text.matches(of: /"#\/components\/schemas\/(\w+)"/) {
      #expect(schemas[String(match.1)] != nil, "\(match.1)")
    }
    let names = paths.flatMap { $0.value.members!.compactMap { $0.value["operationId"]?.text } }
    #expect(Set(names).count == names.count)
  }

  @Test func `queries are checked as they are described`() throws {
    let route = try #require(
      Server.routes.first { $0.path == "/v1/users/{id}/recommendations" })
    func values(_ query: String) throws -> [JSON.Member] {
      try Target("/v1?" + query).values(of: route.query)
    }
    let found = try values("k=5&category=a%20b&category=c+d&filter=%7B%22x%22%3A%22y%22%7D&other=1")
    #expect(found.first { $0.name == "k" }?.value == .number(5))
    #expect(found.first { $0.name == "category" }?.value.texts == ["a b", "c d"])
    #expect(found.first { $0.name == "filter" }?.value["x"]?.text == "y")
    for (query, field) in [
      ("k=x", "k"), ("k=0", "k"), ("k=%zz", "k"), ("k=1&k=2", "k"), ("seen=often", "seen"),
      ("explain=yes", "explain"), ("filter=%7B", "filter"), ("filter=[]", "filter"),
      ("filter=%7B%22p%22%3A3%7D", "filter.p"), ("k=", "k"), ("k=inf", "k"),
    ] {
      let problem = #expect(throws: Problem.self) { try values(query) }
      #expect(problem?.status == 400 && problem?.field == field, "\(query): \(problem!)")
    }
  }
}
