import CorralHTTP
import CorralVectors
import Foundation
import NIOCore
import Testing

@Suite struct JSONTests {
  @Test func `values of every kind are read`() throws {
    let value = try JSONParser.parse(
      #" {"a": [1, -2.5, 1e3, true, false, null], "b": {"c": "x\n\"\u00e9\ud83d\ude00/"}, "d": ""} "#
    )
    #expect(
      value["a"]
        == .array([.number(1), .number(-2.5), .number(1000), .bool(true), .bool(false), .null]))
    #expect(value["b"]?["c"]?.text == "x\n\"é😀/")
    #expect(value["d"]?.text == "" && value["e"] == nil)
  }

  @Test(arguments: [
    ("", 1, 1), ("[1,]", 1, 4), ("[1 2]", 1, 4), (#"{"a" 1}"#, 1, 6), ("{\n  a: 1}", 2, 3),
    ("01", 1, 1), ("1.", 1, 3), ("-", 1, 2), ("tru", 1, 1), ("1 1", 1, 3), (#""\x""#, 1, 2),
    (#""\ud800""#, 1, 2), ("\"a\nb\"", 1, 3), (#"{"a":1,"a":2}"#, 1, 8), ("1e999", 1, 1),
    (#""abc"#, 1, 5), ("[", 1, 2), (#""\u12"#, 1, 4),
  ])
  func `what is no JSON is refused with its place`(text: String, line: Int, column: Int) {
    let fault = #expect(throws: JSONFault.self) { try JSONParser.parse(text) }
    #expect(fault?.line == line && fault?.column == column, "\(text): \(fault!)")
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    let bytes: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
    #expect(throws: JSONFault.self) { try bytes.withUnsafeBytes { try JSONParser.parse($0) } }
  }

  @Test func `deep and wide texts are refused before they fill memory`() throws {
    let deep = String(repeating: "[", count: JSONParser.deepest + 1)
    #expect(throws: JSONFault.self) { try JSONParser.parse(deep) }
    let fits = String(repeating: "[", count: JSONParser.deepest)
    _ = try JSONParser.parse(fits + String(repeating: "]", count: JSONParser.deepest))
    let wide = "[" + String(repeating: "1,", count: JSONParser.mostValues) + "1]"
    #expect(throws: JSONFault.self) { try JSONParser.parse(wide) }
  }

  @Test func `a name that stands twice among many is found`() {
    let members = (0..<40).map { "\"n\($0)\": 1" } + ["\"n3\": 2"]
    #expect(throws: JSONFault.self) {
      try JSONParser.parse("{" + members.joined(separator: ",") + "}")
    }
  }

  @Test func `what is written is read back, by this parser and by Foundation's`() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<300 {
      let value = Self.random(depth: 0, &generator)
      var writer = JSONWriter()
      writer.value(.array([value]))
      let text = String(buffer: writer.buffer)
      #expect(try JSONParser.parse(text) == .array([value]))
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    }
  }

  @Test func `numbers that are not finite become null`() {
    var writer = JSONWriter()
    writer.array {
      $0.number(Double.nan)
      $0.number(Float.infinity)
      $0.number(2.0)
      $0.number(0.1)
    }
    #expect(String(buffer: writer.buffer) == "[null,null,2,0.1]")
  }

  private static func random(depth: Int, _ generator: inout SeededGenerator) -> JSON {
    switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2: return .number(Double.random(in: -1e6...1e6, using: &generator))
    case 3: return .string(text(&generator))
    case 4:
      return .array(
        (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
          random(depth: depth + 1, &generator)
        })
    default:
      return .object(
        (0..<Int.random(in: 0..<12, using: &generator)).map { place in
          JSON.Member(
            name: "\(place)" + text(&generator), value: random(depth: depth + 1, &generator))
        })
    }
  }

  private static func text(_ generator: inout SeededGenerator) -> String {
    let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\u{1}", "é", "😀", "/", "<", "\u{7F}"]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<6, using: &generator) {
      text.append(scalars[Int.random(in: 0..<scalars.count, using: &generator)])
    }
    return String(text)
  }
}
