import CorralHTTP
import Foundation
import Testing

/// The shapes that gorse's clients send and expect.
@Suite struct GorseTests {
  @Test func `feedback is stored once by type, user and item, and read back`() async throws {
    try await withServer { server in
      let client = server.client
      let feedback = #"""
        [{"FeedbackType": "star", "UserId": "bob", "ItemId": "i3", "Value": 1.0, "Timestamp": "2022-02-24"},
         {"FeedbackType": "star", "UserId": "bob", "ItemId": "i4", "Timestamp": "2022-02-25 10:00:00"},
         {"FeedbackType": "read", "UserId": "bob", "ItemId": "i3", "Comment": "x", "Other": 1}]
        """#
      #expect(
        try await client.send("POST", "/api/feedback", feedback).body == #"{"RowAffected":3}"#)
      #expect(
        try await client.send("POST", "/api/feedback", feedback).body == #"{"RowAffected":0}"#)
      #expect(try await client.send("PUT", "/api/feedback", feedback).body == #"{"RowAffected":3}"#)
      let stars = try await client.send("GET", "/api/user/bob/feedback/star")
      let first = try #require(try stars.json.elements?.first)
      #expect(first["Timestamp"]?.text == "2022-02-24T00:00:00Z" && first["Value"] == .number(1))
      #expect(first["UserId"]?.text == "bob" && first["FeedbackType"]?.text == "star")
      #expect(try await client.send("GET", "/api/feedback/bob/i3").json.elements?.count == 4)
      // Pages of all feedback end where the cursor is empty.
      for type in ["", "/star"] {
        var (found, cursor, pages) = ([String](), "", 0)
        repeat {
          let page = try await client.send("GET", "/api/feedback\(type)?n=2&cursor=\(cursor)").json
          found += try #require(page["Feedback"]?.elements).compactMap { feedback in
            feedback["UserId"]?.text == "bob" ? feedback["ItemId"]?.text : nil
          }
          cursor = try #require(page["Cursor"]?.text)
          pages += 1
        } while !cursor.isEmpty && pages < 1000
        #expect(cursor.isEmpty)
        let both = type.isEmpty ? ["i3", "i4", "i3"] : ["i3", "i4"]
        #expect(found == both + both, "\(type)")
      }
      let one = try await client.send("GET", "/api/feedback/read/bob/i3")
      #expect(try one.json["FeedbackType"]?.text == "read")
      #expect(try await client.send("GET", "/api/feedback/read/bob/i4").body == "{}")
      let bad = try await client.send(
        "POST", "/api/feedback",
        #"[{"FeedbackType": "star", "UserId": "bob", "ItemId": "i3", "Timestamp": "yesterday"}]"#)
      #expect(bad.status == 422 && bad.field == "[0].Timestamp")
    }
  }

  @Test func `feedback is deleted by user and item, of one type or of all`() async throws {
    try await withServer { server in
      let client = server.client
      let feedback = #"""
        [{"FeedbackType": "star", "UserId": "bob", "ItemId": "i3"},
         {"FeedbackType": "read", "UserId": "bob", "ItemId": "i3"},
         {"FeedbackType": "star", "UserId": "bob", "ItemId": "i4"},
         {"FeedbackType": "star", "UserId": "eve", "ItemId": "i3"}]
        """#
      _ = try await client.send("POST", "/api/feedback", feedback)
      func left() async throws -> [String] {
        var events: [String] = []
        for user in ["bob", "eve"] {
          let page = try await client.send("GET", "/v1/users/\(user)/events").json
          for event in try #require(page["events"]?.elements) {
            let texts = ["user", "type", "item"].map { event[$0]?.text ?? "" }
            events.append("\(event["position"]?.integer ?? 0): " + texts.joined(separator: " "))
          }
        }
        return events
      }
      let all = try await left()
      #expect(all.count == 4)
      for path in ["/api/feedback/like/bob/i3", "/api/feedback/ann/i3", "/api/feedback/bob/i5"] {
        #expect(try await client.send("DELETE", path).body == #"{"RowAffected":0}"#, "\(path)")
      }
      #expect(try await left() == all)
      let one = try await client.send("DELETE", "/api/feedback/star/bob/i3")
      #expect(one.status == 200 && one.body == #"{"RowAffected":1}"#)
      #expect(try await left() == Array(all[1...]), "no other event has another position")
      #expect(try await client.send("GET", "/api/feedback/star/bob/i3").body == "{}")
      #expect(
        try await client.send("DELETE", "/api/feedback/bob/i3").body == #"{"RowAffected":1}"#)
      #expect(try await left() == Array(all[2...]))
      #expect(try await client.send("GET", "/api/feedback/bob/i3").body == "[]")
      // What was deleted can be sent again.
      #expect(
        try await client.send("POST", "/api/feedback", feedback).body == #"{"RowAffected":2}"#)
      #expect(try await client.send("GET", "/api/feedback/bob/i3").json.elements?.count == 2)
      let reader = try await client.send("GET", "/api/recommend/bob?n=50")
      #expect(try #require(try reader.json.texts).allSatisfy { $0 != "i3" && $0 != "i4" })
    }
  }

  @Test func `recommendations are ids, and with the newer version ids and scores`() async throws {
    try await withServer { server in
      let client = server.client
      let plain = try await client.send("GET", "/api/recommend/u1?n=4")
      let ids = try #require(try plain.json.texts)
      #expect(ids.count == 4)
      let scored = try await client.send(
        "GET", "/api/recommend/u1?n=4", headers: [("X-API-Version", "2")])
      let scores = try #require(try scored.json.elements)
      #expect(scores.compactMap { $0["Id"]?.text } == ids)
      #expect(scores.allSatisfy { $0["Score"]?.number != nil })
      let rest = try await client.send("GET", "/api/recommend/u1?n=2&offset=2")
      #expect(try rest.json.texts == Array(ids.dropFirst(2)))
      let written = try await client.send("GET", "/api/recommend/u1?n=2&write-back-type=read")
      #expect(try written.json.texts == Array(ids.prefix(2)))
      #expect(try await client.send("GET", "/api/user/u1/feedback/read").json.elements?.count == 2)
      let session = try await client.send(
        "POST", "/api/session/recommend?n=3", #"[{"FeedbackType": "star", "ItemId": "i1"}]"#)
      #expect(try session.json.elements?.count == 3)
    }
  }

  @Test func `neighbours and lists are scores`() async throws {
    try await withServer { server in
      for path in [
        "/api/item/i1/neighbors?n=3", "/api/item-to-item/neighbors/i1?n=3", "/api/popular?n=3",
        "/api/non-personalized/popular?n=3",
      ] {
        let answer = try await server.client.send("GET", path)
        let scores = try #require(try answer.json.elements, "\(path): \(answer.body)")
        #expect(scores.count == 3 && scores.allSatisfy { $0["Id"]?.text != nil }, "\(path)")
      }
      let all = try await server.client.send("GET", "/api/item/i1/neighbors?n=5")
      let rest = try await server.client.send("GET", "/api/item/i1/neighbors?n=3&offset=2")
      #expect(try rest.json.elements == Array(all.json.elements!.dropFirst(2)))
    }
  }

  @Test func `items and users have gorse's fields`() async throws {
    try await withServer { server in
      let client = server.client
      let item = #"""
        {"ItemId": "g/1", "IsHidden": false, "Categories": ["a"], "Timestamp": "2024-01-02T03:04:05Z",
         "Labels": {"genre": "x", "size": 3, "deep": {"colour": ["red"]}}, "Comment": "A title"}
        """#
      #expect(try await client.send("POST", "/api/item", item).body == #"{"RowAffected":1}"#)
      let read = try await client.send("GET", "/api/item/g%2F1")
      let json = try read.json
      #expect(json["Comment"]?.text == "A title" && json["Categories"]?.texts == ["a"])
      #expect(json["Timestamp"]?.text == "2024-01-02T03:04:05Z")
      #expect(
        json["Labels"]?["size"] == .number(3) && json["Labels"]?["deep.colour"]?.texts == ["red"])
      let latest = try await client.send("GET", "/api/latest?n=1")
      #expect(try latest.json.elements?.first?["Id"]?.text == "g/1")
      #expect(
        try await client.send("PATCH", "/api/item/g%2F1", #"{"IsHidden": true}"#).body
          == #"{"RowAffected":1}"#)
      #expect(try await client.send("GET", "/api/item/g%2F1").json["IsHidden"] == .bool(true))
      let page = try await client.send("GET", "/api/items?n=2")
      let cursor = try #require(try page.json["Cursor"]?.text)
      #expect(try !cursor.isEmpty && (page.json["Items"]?.elements?.count) == 2)
      #expect(try await client.send("DELETE", "/api/item/g%2F1").body == #"{"RowAffected":1}"#)
      #expect(try await client.send("DELETE", "/api/item/g%2F1").body == #"{"RowAffected":0}"#)
      #expect(
        try await client.send("POST", "/api/users", #"[{"UserId": "x", "Labels": ["a", "b"]}]"#)
          .body
          == #"{"RowAffected":1}"#)
      #expect(
        try await client.send("GET", "/api/user/x").json["Labels"]?["labels"]?.texts == ["a", "b"])
      let health = try await client.send("GET", "/api/health/ready")
      #expect(try health.json["Ready"] == .bool(true) && health.json["DataStoreError"] == .null)
    }
  }
}
