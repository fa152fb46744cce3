import CorralHTTP
import Foundation
import Testing

@Suite struct SchemaTests {
  private func fault(_ schema: Schema, _ text: String) throws -> SchemaFault? {
    schema.fault(of: try JSONParser.parse(text))
  }

  @Test func `a request with everything in it passes`() throws {
    let text = #"""
      {"user": "u", "history": ["a", "b"], "k": 5, "offset": 0, "seen": "include",
       "filter": {"category": "Drama", "brand": ["x", "y"], "price": {"min": 5, "max": 20}},
       "exclude": ["c"], "deadline_ms": 50.5, "explain": true, "arm": "b",
       "context": {"hour": "7"}, "diversity": 0.5}
      """#
    #expect(try fault(RequestSchema.recommend, text) == nil)
    #expect(try fault(RequestSchema.recommend, "{}") == nil)
  }

  @Test(arguments: [
    (#"{"k": 0}"#, "k"), (#"{"k": 1001}"#, "k"), (#"{"k": 1.5}"#, "k"), (#"{"k": "5"}"#, "k"),
    (#"{"history": ["a", ""]}"#, "history[1]"), (#"{"history": [1]}"#, "history[0]"),
    (#"{"seen": "never"}"#, "seen"), (#"{"filter": {"price": {}}}"#, "filter.price"),
    (#"{"filter": {"price": {"least": 1}}}"#, "filter.price.least"),
    (#"{"filter": {"price": 4}}"#, "filter.price"), (#"{"usr": "u"}"#, "usr"),
    (#"{"diversity": 1.1}"#, "diversity"), (#"{"user": "a\u0000b"}"#, "user"),
    (#"{"user": null}"#, "user"), (#"{"explain": 1}"#, "explain"),
  ])
  func `what cannot be used is named with its path`(text: String, field: String) throws {
    let fault = try #require(try fault(RequestSchema.recommend, text))
    #expect(fault.field == field, "\(fault.reason)")
  }

  @Test func `a misspelt member is told the name that was meant`() throws {
    let fault = try #require(try fault(RequestSchema.event, #"{"usr": "u"}"#))
    #expect(fault.reason == "is unknown; did you mean 'user'?")
  }

  @Test func `one event and many events pass, and the fault of one names its place`() throws {
    let event = #"{"user": "u", "item": "i", "type": "click"}"#
    #expect(try fault(RequestSchema.events, event) == nil)
    #expect(try fault(RequestSchema.events, "[\(event), \(event)]") == nil)
    let bad = #"{"user": "u", "item": 3, "type": "click"}"#
    #expect(try fault(RequestSchema.events, "[\(event), \(bad)]")?.field == "[1].item")
    let missing = #"{"user": "u", "type": "click"}"#
    #expect(try fault(RequestSchema.events, "[\(missing)]")?.field == "[0].item")
    #expect(try fault(RequestSchema.events, "[]") != nil)
    #expect(try fault(RequestSchema.events, "3") != nil)
  }

  @Test func `lengths count characters, not bytes`() throws {
    let schema = Schema.string(1...3, .id)
    #expect(throws: Never.self) { try schema.check(.string("äöü")) }
    #expect(throws: SchemaFault.self) { try schema.check(.string("äöüß")) }
    #expect(throws: SchemaFault.self) { try schema.check(.string("")) }
  }

  @Test(arguments: [
    ("2026-03-14T15:09:26Z", true), ("2026-03-14T15:09:26.5+02:00", true),
    ("2024-02-29t00:00:00z", true), ("2023-02-29T00:00:00Z", false),
    ("2026-13-01T00:00:00Z", false), ("2026-03-14T24:00:00Z", false), ("2026-03-14", false),
    ("2026-03-14T15:09:26", false), ("2026-03-14T15:09:26.Z", false), ("", false),
    ("2026-03-14T15:09:26Zz", false),
  ])
  func `times are those of RFC 3339`(text: String, isTime: Bool) {
    #expect((WireTime.date(text) != nil) == isTime)
  }

  @Test func `a time that is written is read back`() throws {
    for seconds in [0.0, 1_773_500_966, -86_400.5, 951_782_400.000001, 253_402_300_799, -62e9] {
      let text = WireTime.text(.init(timeIntervalSince1970: seconds))
      let date = try #require(WireTime.date(text), "\(text)")
      #expect(abs(date.timeIntervalSince1970 - seconds) < 1e-5, "\(text)")
    }
    #expect(
      WireTime.text(.init(timeIntervalSince1970: 1_773_500_966.25)) == "2026-03-14T15:09:26.25Z")
  }
}
