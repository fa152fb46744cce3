import CorralHTTP
import Foundation
import Testing

@Suite struct AnswerRouteTests {
  @Test func `a known user gets items that were not met, and their titles`() async throws {
    try await withServer { server in
      let answer = try await server.client.send(
        "POST", "/v1/recommend", #"{"user": "u1", "k": 5, "explain": true}"#)
      #expect(answer.status == 200 && answer.ids.count == 5, "\(answer.body)")
      #expect(answer.headers["content-type"] == "application/json")
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      let json = try answer.json
      #expect(json["model"]?.text?.hasPrefix("model-") == true && json["request"]?.text != nil)
      let first = try #require(json["items"]?.elements?.first)
      #expect(first["title"]?.text == "Title \(answer.ids[0].dropFirst())")
      #expect(first["stage"]?.text == "retriever" && first["source"]?.text == "retriever")
      #expect(first["because"]?.elements?.isEmpty == false)
      let link = try await server.client.send(
        "GET", "/v1/users/u1/recommendations?k=5&explain=true")
      #expect(link.ids == answer.ids)
      let rest = try await server.client.send("GET", "/v1/users/u1/recommendations?k=3&offset=2")
      #expect(rest.ids == Array(answer.ids.dropFirst(2)))
    }
  }

  @Test func `the dial of clusters is followed, by body and by link`() async throws {
    try await withServer(clusters: 4) { server in
      for (alpha, clusters) in [("0", 4), ("100", 1)] {
        let answer = try await server.client.send(
          "POST", "/v1/recommend", #"{"user": "u1", "k": 8, "explain": true, "alpha": \#(alpha)}"#)
        let found = try #require(try answer.json["items"]?.elements).compactMap { $0["cluster"] }
        #expect(found.count == 8, "\(answer.body)")
        #expect(Set(found.compactMap { $0["number"]?.integer }).count == clusters)
        for cluster in found {
          #expect(cluster["name"]?.text == cluster["number"]?.integer.map { "c\($0)" })
          #expect(cluster["quota"]?.integer == 8 / clusters && cluster["places"]?.integer == 8)
          #expect((cluster["probability"]?.number ?? 0) > 0)
        }
        #expect(try answer.json["notices"] == nil)
        let link = try await server.client.send(
          "GET", "/v1/users/u1/recommendations?k=8&alpha=\(alpha)")
        #expect(link.ids == answer.ids)
        #expect(try link.json["items"]?.elements?.first?["cluster"] == nil)
      }
      let why = try await server.client.send(
        "POST", "/v1/explain", #"{"user": "u1", "item": "i0", "alpha": 100}"#)
      #expect(why.body.contains("its cluster 'c0', chosen with a probability of"), "\(why.body)")
      let wrong = try await server.client.send(
        "POST", "/v1/recommend", #"{"user": "u1", "alpha": -1}"#)
      #expect(try wrong.status == 400 && wrong.json["error"]?["field"]?.text == "alpha")
    }
  }

  @Test func `what of a request is ignored is said`() async throws {
    try await withServer { server in
      let answer = try await server.client.send(
        "POST", "/v1/recommend", #"{"history": ["i1", "gone"], "k": 3, "alpha": 2}"#)
      let notices = try answer.json["notices"]?.texts ?? []
      #expect(
        notices.contains("alpha was ignored: the model searches no clusters"), "\(answer.body)")
      #expect(notices.contains { $0.contains("'gone'") }, "\(answer.body)")
    }
  }

  @Test func `an event changes the next answer, and is kept once by its id`() async throws {
    try await withServer { server in
      let ask = #"{"user": "new", "k": 3}"#
      let before = try await server.client.send("POST", "/v1/recommend", ask)
      let event = #"{"id": "e1", "user": "new", "item": "\#(before.ids[0])", "type": "click"}"#
      let sent = try await server.client.send("POST", "/v1/events", event)
      #expect(try sent.status == 200 && (sent.json["events"]?.elements?.count) == 1)
      let after = try await server.client.send("POST", "/v1/recommend", ask)
      #expect(!after.ids.contains(before.ids[0]) && after.ids != before.ids)
      let again = try await server.client.send("POST", "/v1/events", event)
      let receipt = try again.json["events"]?.elements?.first
      #expect(receipt?["repeat"] == .bool(true))
      let kept = try await server.client.send("GET", "/v1/users/new/events")
      let events = try #require(try kept.json["events"]?.elements)
      #expect(events.count == 1 && events[0]["id"]?.text == "e1")
      #expect(events[0]["position"] == receipt?["position"])
      #expect(events[0]["time"]?.text.flatMap(WireTime.date) != nil)
    }
  }

  @Test func `filters, exclusions and met items are followed`() async throws {
    try await withServer { server in
      let filtered = try await server.client.send(
        "POST", "/v1/recommend",
        #"{"history": ["i1"], "k": 50, "filter": {"genre": "war", "year": {"max": 2020}}, "exclude": ["i2", "nothing"]}"#
      )
      #expect(filtered.status == 200 && !filtered.ids.isEmpty, "\(filtered.body)")
      for id in filtered.ids {
        let place = try #require(Int(id.dropFirst()))
        #expect(place % 3 == 2 && place % 40 <= 30 && place != 2)
      }
      let query = "k=50&filter=%7B%22genre%22%3A%22war%22%7D"
      let link = try await server.client.send("GET", "/v1/users/u1/recommendations?\(query)")
      #expect(link.ids.allSatisfy { Int($0.dropFirst())! % 3 == 2 } && !link.ids.isEmpty)
      let seen = try await server.client.send(
        "POST", "/v1/recommend", #"{"history": ["i1"], "k": 50, "seen": "include"}"#)
      let unseen = try await server.client.send(
        "POST", "/v1/recommend", #"{"history": ["i1"], "k": 50}"#)
      #expect(seen.ids.contains("i1") && !unseen.ids.contains("i1"))
    }
  }

  @Test func `similar items, lists, ranking and explanations answer`() async throws {
    try await withServer { server in
      let similar = try await server.client.send("GET", "/v1/items/i3/similar?k=4")
      #expect(similar.status == 200 && similar.ids.count == 4 && !similar.ids.contains("i3"))
      let popular = try await server.client.send("GET", "/v1/lists/popular?k=3")
      #expect(popular.ids.count == 3)
      let ranked = try await server.client.send(
        "POST", "/v1/rank", #"{"user": "u1", "items": ["i4", "i5", "i6", "nobody"]}"#)
      #expect(ranked.status == 200 && Set(ranked.ids) == ["i4", "i5", "i6"], "\(ranked.body)")
      let explained = try await server.client.send(
        "POST", "/v1/explain", #"{"user": "u1", "item": "\#(ranked.ids[0])"}"#)
      #expect(try explained.status == 200 && (explained.json["steps"]?.elements?.isEmpty) == false)
      for path in ["/v1/items/nobody/similar", "/v1/items/nobody"] {
        let missing = try await server.client.send("GET", path)
        #expect(missing.status == 404 && missing.code == "not_found")
      }
      let unknown = try await server.client.send(
        "POST", "/v1/explain", #"{"user": "u1", "item": "nobody"}"#)
      #expect(unknown.status == 404)
    }
  }

  @Test func `items are made, changed, hidden and deleted`() async throws {
    try await withServer { server in
      let client = server.client
      let made = try await client.send(
        "PUT", "/v1/items/a%2Fb",
        #"{"title": "<b>New</b>", "categories": ["x"], "features": {"price": 3, "tags": ["p", "q"]}}"#
      )
      #expect(try made.status == 200 && (made.json["id"]?.text) == "a/b", "\(made.body)")
      let patched = try await client.send("PATCH", "/v1/items/a%2Fb", #"{"hidden": true}"#)
      #expect(try patched.json["hidden"] == .bool(true))
      let read = try await client.send("GET", "/v1/items/a%2Fb")
      #expect(try read.json["title"]?.text == "<b>New</b>" && read.body == patched.body)
      #expect(try read.json["features"]?["tags"]?.texts == ["p", "q"])
      let hidden = try await client.send("PATCH", "/v1/items/i5", #"{"hidden": true}"#)
      #expect(hidden.status == 200)
      let answer = try await client.send("POST", "/v1/recommend", #"{"history": ["i1"], "k": 50}"#)
      #expect(!answer.ids.contains("i5") && !answer.ids.contains("a/b"))
      #expect(try await client.send("DELETE", "/v1/items/a%2Fb").status == 200)
      #expect(try await client.send("DELETE", "/v1/items/a%2Fb").status == 404)
      #expect(try await client.send("PATCH", "/v1/items/a%2Fb", "{}").status == 404)
      let other = try await client.send("PUT", "/v1/items/one", #"{"id": "two"}"#)
      #expect(other.status == 422 && other.field == "id")
      let many = try await client.send("POST", "/v1/items", #"[{"id": "m1"}, {"id": "m2"}]"#)
      #expect(try many.json["count"] == .number(2))
      let page = try await client.send("GET", "/v1/items?limit=2")
      let next = try #require(try page.json["next"]?.text)
      let rest = try await client.send("GET", "/v1/items?limit=2&after=\(next)")
      #expect(page.ids.count == 2 && rest.ids.count == 2 && page.ids.max()! < rest.ids.min()!)
    }
  }

  @Test func `users are made, read and forgotten`() async throws {
    try await withServer { server in
      let client = server.client
      #expect(
        try await client.send("PUT", "/v1/users/kim", #"{"features": {"age": 30}}"#).status == 200)
      let patched = try await client.send(
        "PATCH", "/v1/users/kim", #"{"features": {"age": 31, "city": "x"}}"#)
      #expect(try patched.json["features"]?["age"] == .number(31))
      #expect(try await client.send("GET", "/v1/users/kim").body == patched.body)
      #expect(try await client.send("DELETE", "/v1/users/kim").status == 200)
      #expect(try await client.send("GET", "/v1/users/kim").status == 404)
      #expect(try await client.send("DELETE", "/v1/users/u1").status == 200)
      let events = try await client.send("GET", "/v1/users/u1/events")
      #expect(try events.json["events"] == .array([]))
      #expect(try await client.send("POST", "/v1/users", #"{"id": "lee"}"#).status == 200)
      let page = try await client.send("GET", "/v1/users?limit=1000")
      let ids = try page.json["users"]?.elements?.compactMap { $0["id"]?.text } ?? []
      #expect(ids.contains("lee") && ids.contains("u2") && !ids.contains("u1"))
    }
  }

  @Test func `a model is swapped, and another catalogue is refused`() async throws {
    try await withServer { server in
      let before = try await server.client.send("GET", "/v1/admin/status")
      let better = server.folder.appending(path: "better").path
      let swapped = try await server.client.send(
        "POST", "/v1/admin/reload", #"{"model": "\#(better)"}"#)
      #expect(swapped.status == 200, "\(swapped.body)")
      #expect(try swapped.json["model"]?.text?.hasPrefix("better-") == true)
      let after = try await server.client.send("GET", "/v1/admin/status")
      #expect(try after.json["model"] != before.json["model"])
      let answer = try await server.client.send("POST", "/v1/recommend", #"{"user": "u1"}"#)
      #expect(answer.body.contains("Better "))
      for name in ["other", "none"] {
        let path = server.folder.appending(path: name).path
        let refused = try await server.client.send(
          "POST", "/v1/admin/reload", #"{"model": "\#(path)"}"#)
        #expect(refused.status == 409 && refused.code == "refused_model", "\(refused.body)")
      }
      #expect(try await server.client.send("GET", "/v1/admin/status").body.contains("better-"))
      #expect(try await server.client.send("POST", "/v1/admin/reload").status == 200)
    }
  }
}
