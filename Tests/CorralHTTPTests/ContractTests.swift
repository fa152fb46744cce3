import CorralHTTP
import Foundation
import Testing

/// What the document says of a route, against what the server answers.
@Suite struct ContractTests {
  /// A body for a route that takes one, by its path.
  private static let bodies: [String: String] = [
    "POST /v1/recommend": #"{"user": "u1", "k": 3, "explain": true, "alpha": 0.5}"#,
    "POST /v1/rank": #"{"user": "u1", "items": ["i1", "i2"], "explain": true}"#,
    "POST /v1/explain": #"{"user": "u1", "item": "i1"}"#,
    "POST /v1/events": #"[{"user": "u1", "item": "i1", "type": "click", "value": 2}]"#,
    "POST /v1/items": #"{"id": "n1", "title": "New", "published_at": "2026-01-01T00:00:00Z"}"#,
    "PUT /v1/items/{id}": #"{"categories": ["a"], "expires_at": "2036-01-01T00:00:00Z"}"#,
    "PATCH /v1/items/{id}": #"{"hidden": false, "features": {"x": 1, "y": ["z"]}}"#,
    "POST /v1/users": #"[{"id": "n1", "features": {"a": 1, "b": ["c"]}}]"#,
    "PUT /v1/users/{id}": "{}", "PATCH /v1/users/{id}": #"{"features": {"a": 2}}"#,
    "POST /v1/admin/reload": "{}",
    "POST /api/feedback": #"[{"FeedbackType": "star", "UserId": "u1", "ItemId": "i1"}]"#,
    "PUT /api/feedback": #"[{"FeedbackType": "star", "UserId": "u1", "ItemId": "i1", "Value": 2}]"#,
    "POST /api/session/recommend": #"[{"FeedbackType": "star", "ItemId": "i1"}]"#,
    "POST /api/item": #"{"ItemId": "g1", "Labels": {"a": [1, "b"]}}"#,
    "POST /api/items": #"[{"ItemId": "g2", "Labels": ["a"]}]"#,
    "PATCH /api/item/{item-id}": #"{"IsHidden": false, "Comment": "T"}"#,
    "POST /api/user": #"{"UserId": "g1"}"#, "POST /api/users": #"[{"UserId": "g2"}]"#,
    "PATCH /api/user/{user-id}": #"{"Labels": {"a": "b"}}"#,
  ]

  /// Values of paths that every model of these tests has.
  private static func value(_ name: String, of route: Route) -> String {
    switch name {
    case "source": "popular"
    case "category": "drama"
    case "feedback-type": "star"
    case "item-id": "i1"
    case "user-id": "u1"
    default: route.path.contains("/items/") ? "i1" : "u1"
    }
  }

  private static func path(_ route: Route) -> String {
    route.names.reduce(route.path) {
      $0.replacingOccurrences(of: "{\($1.name)}", with: value($1.name, of: route))
    }
  }

  /// Deletions come last, so that what others read is there.
  private static let routes = Server.routes.sorted {
    ($0.method == .delete ? 1 : 0) < ($1.method == .delete ? 1 : 0)
  }

  @Test(arguments: [0, 3])
  func `every route answers as its schema says`(clusters: Int) async throws {
    try await withServer(clusters: clusters) { server in
      for route in Self.routes {
        let name = "\(route.method.rawValue) \(route.path)"
        let body = Self.bodies[name]
        #expect((body != nil) == (route.body != nil), "\(name) needs a body in this test")
        let answer = try await server.client.send(route.method.rawValue, Self.path(route), body)
        #expect(answer.status == route.outcome.status, "\(name): \(answer.status) \(answer.body)")
        #expect(answer.headers["content-type"] == route.outcome.type, "\(name)")
        if let schema = route.outcome.schema {
          let fault = schema.fault(of: try answer.json)
          #expect(
            fault == nil, "\(name): \(fault?.field ?? "") \(fault?.reason ?? "") in \(answer.body)")
        }
      }
    }
  }

  @Test func `every problem is declared and has the shape of an error`() async throws {
    try await withServer { server in
      for route in Self.routes {
        let name = "\(route.method.rawValue) \(route.path)"
        var tries: [(path: String, body: String?, type: String)] = []
        if !route.names.isEmpty {
          let odd = route.names.reduce(route.path) {
            $0.replacingOccurrences(of: "{\($1.name)}", with: "nobody%00")
          }
          tries.append((odd, Self.bodies[name], "application/json"))
          let unknown = route.names.reduce(route.path) {
            $0.replacingOccurrences(of: "{\($1.name)}", with: "nobody")
          }
          tries.append((unknown, Self.bodies[name], "application/json"))
        }
        for parameter in route.query {
          tries.append(
            (Self.path(route) + "?\(parameter.name)=%FF", Self.bodies[name], "application/json"))
        }
        if let body = Self.bodies[name] {
          for bad in ["", "{", "[[]]", "null", "7", #"{"surprise": 1}"#] {
            tries.append((Self.path(route), bad, "application/json"))
          }
          tries.append((Self.path(route), body, "text/plain"))
        }
        for (path, body, type) in tries {
          let answer = try await server.client.send(
            route.method.rawValue, path, body, type: type)
          if answer.status == route.outcome.status { continue }
          #expect(
            route.problems[answer.status] != nil,
            "\(name) answers \(answer.status) to \(path) \(body ?? ""): \(answer.body)")
          #expect(answer.status < 500, "\(name): \(answer.body)")
          #expect(AnswerSchema.error.fault(of: try answer.json) == nil, "\(answer.body)")
        }
      }
    }
  }

  @Test func `a head that is no HTTP or too large is told as every other error`() async throws {
    try await withServer { server in
      let long = String(repeating: "x", count: 40_000)
      for head in ["NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(long)\r\n\r\n"] {
        let answer = try #require(Client.parsed(try await server.client.raw(Array(head.utf8))))
        #expect(answer.status == 400 && answer.code == "bad_http", "\(answer)")
        #expect(answer.headers["content-length"] == "\(answer.body.utf8.count)")
      }
    }
  }

  @Test func `paths, methods and media that there are not are told`() async throws {
    try await withServer { server in
      let client = server.client
      let nowhere = try await client.send("GET", "/nowhere")
      #expect(nowhere.status == 404 && nowhere.code == "not_found" && nowhere.field == nil)
      let method = try await client.send("DELETE", "/v1/recommend")
      #expect(method.status == 405 && method.headers["allow"] == "POST")
      #expect(method.code == "method_not_allowed")
      let media = try await client.send("POST", "/v1/recommend", "{}", type: "text/plain")
      #expect(media.status == 415)
      let none = try await client.send("POST", "/v1/recommend", "{}", type: nil)
      #expect(none.status == 415)
      let charset = try await client.send(
        "POST", "/v1/recommend", "{}", type: "application/json; charset=utf-8")
      #expect(charset.status == 200)
      let broken = try await client.send("POST", "/v1/recommend", "{\n \"k\": }")
      #expect(broken.status == 400 && broken.code == "bad_json")
      #expect(broken.body.contains("line 2, column 7"))
      let event = #"{"user": "u", "item": "i", "type": "click"}"#
      let bad = try await client.send("POST", "/v1/events", "[\(event), {\"user\": \"u\"}]")
      #expect(bad.status == 400 && bad.field == "[1].item", "\(bad.body)")
      let head = try await client.send("HEAD", "/health/live")
      #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "17")
    }
  }

  @Test func `the document is served, and the page with its safety`() async throws {
    try await withServer { server in
      let document = try await server.client.send("GET", "/openapi.json")
      #expect(try document.json["paths"]?["/v1/recommend"]?["post"] != nil)
      let page = try await server.client.send("GET", "/")
      #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
      let policy = try #require(page.headers["content-security-policy"])
      #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
      let tag = try #require(page.headers["etag"])
      let same = try await server.client.send("GET", "/", headers: [("If-None-Match", tag)])
      #expect(same.status == 304 && same.body.isEmpty)
    }
  }

  @Test func `metrics are text that Prometheus reads, and hold no ids of users`() async throws {
    try await withServer { server in
      _ = try await server.client.send("GET", "/v1/users/secretive/recommendations")
      _ = try await server.client.send("GET", "/nowhere")
      _ = try await server.client.send("POST", "/v1/recommend", "{")
      let metrics = try await server.client.send("GET", "/metrics")
      #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
      for line in metrics.body.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(
          line.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^{}]*(\{[^{}]*\}[^{}]*)*\})? \S+/)
            != nil, "\(line)")
      }
      for expected in [
        "corral_http_requests_total{code=\"404\",route=\"other\"} 1",
        "corral_http_requests_total{code=\"400\",route=\"POST /v1/recommend\"} 1",
        "corral_http_requests_total{code=\"200\",route=\"GET /v1/users/{id}/recommendations\"} 1",
        "corral_index_items 50", "corral_model_info{version=",
      ] { #expect(metrics.body.contains(expected), "\(expected)") }
      #expect(!metrics.body.contains("secretive"))
    }
  }
}
