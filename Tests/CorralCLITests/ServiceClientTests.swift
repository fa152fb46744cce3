import CorralCLI
import CorralSimulation
import Foundation
import Testing

@Suite struct ServiceClientTests {
  /// Reads an answer that came in two parts, after which the other side closed the connection.
  private func read(_ text: String) throws -> (reply: ServiceClient.Reply?, canGoOn: Bool) {
    var ends: [Int32] = [0, 0]
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    defer { close(ends[0]) }
    let bytes = Array(text.utf8)
    for part in [bytes.prefix(bytes.count / 2), bytes.dropFirst(bytes.count / 2)] {
      try #require(part.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) } == part.count)
    }
    close(ends[1])
    var reader = ReplyReader(socket: ends[0])
    return (try reader.reply(), reader.canGoOn)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\nConnection: close\r\n\r\nhello", false),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\n\r\n",
      true
    ),
    ("HTTP/1.1 200 OK\r\n\r\nhello", false),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 5\n\nhello", true),
  ])
  func `an answer is read by its length, in chunks or to the end`(
    text: String, canGoOn: Bool
  ) throws {
    let found = try read(text)
    #expect(found.reply?.status == 200 && found.reply?.body == Array("hello".utf8))
    #expect(found.canGoOn == canGoOn)
  }

  @Test func `a closed connection has no answer, and an answer can be empty`() throws {
    #expect(try read("").reply == nil)
    let empty = try read("HTTP/1.1 204 No Content\r\nX-Kind:  none \r\n\r\n")
    #expect(empty.reply?.body == [] && empty.reply?.headers["x-kind"] == "none" && empty.canGoOn)
  }

  @Test(arguments: [
    ("SSH-2.0-OpenSSH\r\n\r\n", "status of HTTP/1.1"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "cut short"),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the length '-1'"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "a chunk of 'x' bytes"),
    ("HTTP/1.1 200 OK\r\nContent-Le", "cut short"),
  ])
  func `what is no answer is refused with its reason`(text: String, reason: String) throws {
    let fault = #expect(throws: ReplyReader.Fault.self) { try read(text) }
    guard case .broken(let said) = fault else {
      Issue.record("\(String(describing: fault))")
      return
    }
    #expect(said.contains(reason))
  }

  /// The policy that asks a server.
  private func policy(of server: FixedServer) throws -> OverHTTP {
    OverHTTP(ServiceClient(try ServiceAddress("http://127.0.0.1:\(server.port)"), timeout: 3600))
  }

  private let visitors = { (try? SimulatedWorld(WorldSettings())).map { [$0.visitor(0)] } ?? [] }()

  @Test func `a connection that the server closed is replaced`() async throws {
    let server = try FixedServer([
      FixedServer.answer("200 OK", #"{"request": "r", "items": [{"id": "i1"}]}"#)
    ])
    defer { server.stop() }
    var policy = try policy(of: server)
    for _ in 0..<3 {
      #expect(try await policy.lists(for: visitors, count: 5) == [["i1"]])
    }
    #expect(server.connections >= 3)
    #expect(policy.notes().isEmpty)
  }

  @Test(arguments: [
    (FixedServer.answer("200 OK", "{}"), "the answer has no items"),
    (FixedServer.answer("200 OK", "hello"), "the answer is no JSON"),
    (FixedServer.answer("500 Internal Server Error", ""), "status 500: no reason is given"),
    (FixedServer.answer("404 Not Found", "nothing here"), "status 404: nothing here"),
    ("", "the connection was closed"), ("hello\r\n\r\n", "status of HTTP/1.1"),
  ])
  func `an answer that cannot be used says what was asked and what is wrong`(
    answer: String, words: String
  ) async throws {
    let server = try FixedServer([answer])
    defer { server.stop() }
    var policy = try policy(of: server)
    let error = await #expect(throws: RemoteError.self) {
      _ = try await policy.lists(for: visitors, count: 5)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(words) && text.contains("POST http://127.0.0.1:"), "\(text)")
    #expect(text.contains("/v1/recommend"), "\(text)")
  }

  @Test func `a server that is busy is asked again, and not for ever`() async throws {
    let busy = FixedServer.answer(
      "503 Service Unavailable", #"{"error": {"message": "too many wait"}}"#,
      headers: "Retry-After: 0\r\n")
    let good = FixedServer.answer("200 OK", #"{"items": [{"id": "i1"}]}"#)
    let server = try FixedServer([busy, busy, good])
    defer { server.stop() }
    var policy = try policy(of: server)
    #expect(try await policy.lists(for: visitors, count: 1) == [["i1"]])
    #expect(policy.notes() == ["the server was busy and was asked again 2 times"])
    let full = try FixedServer([busy])
    defer { full.stop() }
    var refused = try self.policy(of: full)
    let error = await #expect(throws: RemoteError.self) {
      _ = try await refused.lists(for: visitors, count: 1)
    }
    #expect(error.map { "\($0)" }?.contains("status 503: too many wait") == true)
    #expect(full.connections > 20)
  }

  @Test func `an answer without a stage is noted, and so are clicks that were sent before`()
    async throws
  {
    let server = try FixedServer([
      FixedServer.answer(
        "200 OK", #"{"items": [], "degraded": "ranking", "events": [{"repeat": true}]}"#)
    ])
    defer { server.stop() }
    var policy = try policy(of: server)
    let world = try SimulatedWorld(WorldSettings())
    var options = Simulation.Options()
    options.keepsEvents = true
    var simulation = Simulation(world, policies: [("", OraclePolicy())], options: options)
    let click = try #require(try await simulation.next().events[0].first)
    _ = try await policy.lists(for: visitors, count: 5)
    try await policy.hear([click])
    let notes = policy.notes()
    #expect(notes.count == 2 && notes[0].hasPrefix("1 answer came without a stage"))
    #expect(notes.last?.hasPrefix("1 click had been sent by an earlier run") == true)
    #expect(policy.notes().isEmpty)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8088", "127.0.0.1", 8088, ""), ("HTTP://host/", "host", 80, ""),
    ("http://[::1]:9/below/it/", "::1", 9, "/below/it"),
  ])
  func `an address has a host, a port and a path`(
    text: String, host: String, port: Int, path: String
  ) throws {
    let address = try ServiceAddress(text)
    #expect(address.host == host && address.port == port && address.path == path)
  }

  @Test(arguments: ["", "host", "https://host", "http://", "http://host?x=1", "http://host:0"])
  func `what is no address is refused`(text: String) {
    #expect(throws: (any Error).self) { try ServiceAddress(text) }
  }
}
