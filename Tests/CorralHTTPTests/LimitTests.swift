import CorralHTTP
import CorralService
import CorralVectors
import Foundation
import Logging
import Testing

@Suite struct LimitTests {
  private static let read = "r-0123456789abcdef"
  private static let write = "w-0123456789abcdef"
  private static let admin = "a-0123456789abcdef"

  private static func keys() throws -> Keys {
    try Keys(environment: [
      "CORRAL_READ_KEY": read, "CORRAL_WRITE_KEY": write, "CORRAL_ADMIN_KEY": admin,
    ])
  }

  @Test func `each key allows what it is for and what is less`() async throws {
    try await withServer(keys: Self.keys()) { server in
      let event = #"{"user": "u", "item": "i1", "type": "click"}"#
      let asks: [(method: String, path: String, body: String?, scope: Int)] = [
        ("POST", "/v1/recommend", "{}", 0), ("GET", "/metrics", nil, 0),
        ("POST", "/v1/events", event, 1), ("DELETE", "/v1/users/nobody", nil, 1),
        ("GET", "/v1/admin/status", nil, 2), ("POST", "/v1/admin/reload", nil, 2),
      ]
      for (method, path, body, scope) in asks {
        let none = try await server.client.send(method, path, body)
        #expect(none.status == 401 && none.headers["www-authenticate"] == "Bearer", "\(path)")
        let wrong = try await Client(port: server.client.port, key: "wrong")
          .send(method, path, body)
        #expect(wrong.status == 401 && !wrong.body.contains("0123456789"))
        for (level, key) in [Self.read, Self.write, Self.admin].enumerated() {
          let answer = try await server.client.send(
            method, path, body, headers: [("X-API-Key", key)])
          #expect((answer.status == 403) == (level < scope), "\(path) with key \(level)")
          #expect(answer.status != 401)
        }
      }
      for path in ["/health/live", "/health/ready", "/openapi.json", "/", "/api/health/live"] {
        #expect(try await server.client.send("GET", path).status == 200)
      }
      let back = "/api/recommend/u1?write-back-type=read"
      #expect(
        try await Client(port: server.client.port, key: Self.read).send("GET", back).status == 403)
      #expect(
        try await Client(port: server.client.port, key: Self.write).send("GET", back).status == 200)
    }
  }

  @Test func `without keys only this machine is listened to`() async throws {
    try await withServer { server in
      #expect(throws: Server.Fault.open("0.0.0.0:8088")) {
        try Server(
          server.service, at: ListenAddress(host: "0.0.0.0", port: 8088), metrics: server.metrics,
          version: "1", logger: .init(label: "test"))
      }
      #if !TLS
        #expect(throws: Server.Fault.noTLS) {
          try Server(
            server.service, at: ListenAddress(host: "127.0.0.1", port: 0),
            certificate: .init(chain: "a", key: "b"), metrics: server.metrics, version: "1",
            logger: .init(label: "test"))
        }
      #endif
    }
  }

  /// A page of another site may have its name lead here; its requests come with its own `Host`.
  @Test func `without keys requests under another name are refused`() async throws {
    func ask(_ head: String) async throws -> WireAnswer? {
      try await withServer { server in
        Client.parsed(
          try await server.client.raw(
            Array("GET /v1/items?limit=1 HTTP/1.1\r\n\(head)Connection: close\r\n\r\n".utf8)))
      }
    }
    for host in ["localhost", "LocalHost:8088", "127.0.0.1:8088", "[::1]:8088", "[::1]"] {
      #expect(try await ask("Host: \(host)\r\n")?.status == 200, "\(host)")
    }
    for host in ["example.com", "localhost.example.com:8088", "127.0.0.1.example.com", "[::2]:80"] {
      let answer = try await ask("Host: \(host)\r\n")
      #expect(answer?.status == 421 && answer?.code == "other_host", "\(host)")
    }
    let own = "Host: localhost\r\nOrigin: http://localhost:8088\r\n"
    #expect(try await ask(own)?.status == 200)
    for origin in ["https://example.com", "null", "http://127.0.0.1.example.com"] {
      let answer = try await ask("Host: localhost\r\nOrigin: \(origin)\r\n")
      #expect(answer?.status == 403, "\(origin)")
    }
    let key = "r-0123456789abcdef"
    try await withServer(keys: Keys(environment: ["CORRAL_READ_KEY": key])) { server in
      let head = "GET /v1/items HTTP/1.1\r\nHost: example.com\r\nX-API-Key: \(key)\r\n"
      let bytes = try await server.client.raw(Array((head + "Connection: close\r\n\r\n").utf8))
      #expect(Client.parsed(bytes)?.status == 200)
    }
  }

  @Test func `a body that is too large is refused, said or not said`() async throws {
    var settings = ServerSettings()
    settings.body = 1000
    try await withServer(settings: settings) { server in
      let large = #"{"user": ""# + String(repeating: "x", count: 2000) + #""}"#
      let said = try await server.client.send("POST", "/v1/recommend", large)
      #expect(said.status == 413 && said.code == "too_large")
      let head =
        "POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      let chunk = "200\r\n" + String(repeating: "x", count: 512) + "\r\n"
      let bytes = try await server.client.raw(
        Array((head + String(repeating: chunk, count: 4) + "0\r\n\r\n").utf8))
      #expect(Client.parsed(bytes)?.status == 413)
    }
  }

  @Test func `who asks too fast is told when to ask again`() async throws {
    var settings = ServerSettings()
    settings.rate = 0.1
    settings.burst = 2
    try await withServer(settings: settings) { server in
      for _ in 0..<2 {
        #expect(try await server.client.send("GET", "/v1/items?limit=1").status == 200)
      }
      let refused = try await server.client.send("GET", "/v1/items?limit=1")
      #expect(refused.status == 429 && refused.code == "too_many_requests")
      #expect(Int(refused.headers["retry-after"] ?? "").map { (1...10).contains($0) } == true)
      #expect(try await server.client.send("GET", "/health/live").status == 200)
    }
  }

  @Test func `a client that sends a byte at a time loses its connection, and others are answered`()
    async throws
  {
    var settings = ServerSettings()
    settings.arrival = 0.5
    try await withServer(settings: settings) { server in
      let port = server.client.port
      let head =
        "POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: 1000\r\n\r\n"
      // Slow in the body: it is told so. Slow in the head: nothing can be told.
      for (start, expected) in [(head, 408 as Int?), ("GET /", nil)] {
        async let slow = Client.onThread { () -> [UInt8] in
          let socket = try Client.connected(port, waiting: 10_000)
          defer { close(socket) }
          Client.write(Array(start.utf8), to: socket)
          // The server ends it long before all bytes are sent.
          for _ in 0..<500 {
            guard Client.write([UInt8(ascii: " ")], to: socket) else { break }
            var byte: UInt8 = 0
            if recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0 { break }
            usleep(20_000)
          }
          return Client.read(socket)
        }
        #expect(try await server.client.send("GET", "/health/live").status == 200)
        let bytes = try await slow
        #expect(Client.parsed(bytes)?.status == expected)
      }
    }
  }

  @Test func `what an accepted event waits for is not lost by a stop`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "corral-stop-\(UUID().uuidString)", directoryHint: .isDirectory)
    defer { try? FileManager.default.removeItem(at: folder) }
    let accepted = try await withServer(folder: folder) { server in
      // Some are answered before the stop, and some are on their way.
      for place in 60..<70 {
        let event = #"{"id": "e\#(place)", "user": "keeper", "item": "i1", "type": "click"}"#
        #expect(try await server.client.send("POST", "/v1/events", event).status == 200)
      }
      return try await withThrowingTaskGroup(of: Int?.self) { group in
        for place in 0..<60 {
          group.addTask {
            if place == 30 {
              await server.stop()
              return nil
            }
            let event = #"{"id": "e\#(place)", "user": "keeper", "item": "i1", "type": "click"}"#
            // Connections that come after the stop are refused; that is no acceptance.
            let answer = try? await server.client.send("POST", "/v1/events", event)
            return answer?.status == 200 ? place : nil
          }
        }
        return try await group.reduce(into: Set(60..<70)) { if let place = $1 { $0.insert(place) } }
      }
    }
    let kept = try await withServer(folder: folder) { server in
      let answer = try await server.client.send("GET", "/v1/users/keeper/events?limit=1000")
      return Set(
        try answer.json["events"]?.elements?.compactMap {
          $0["id"]?.text.flatMap { Int($0.dropFirst()) }
        } ?? [])
    }
    #expect(kept.isSuperset(of: accepted), "\(accepted.subtracting(kept)) are lost")
  }

  /// Bytes that are no request, or nearly one, end in a refusal or a closed connection.
  @Test func `no bytes on the socket crash the server`() async throws {
    try await withServer { server in
      var random = SeededGenerator(seed: 11)
      let valid = Array(
        ("POST /v1/recommend HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
          + "Content-Length: 24\r\n\r\n{\"user\": \"u1\", \"k\": 3}  ").utf8)
      let scraps = [
        "GET ", "POST /v1/events ", "HTTP/1.1\r\n", "\r\n\r\n", "Content-Length: -1\r\n",
        "Content-Length: 99999999999999999999\r\n", "Transfer-Encoding: chunked\r\n", "fffffff\r\n",
        "/%", "?k=", "\u{0}", "{\"user\":", "[[[[", "Host: ", "\u{FFFD}",
        "Expect: 100-continue\r\n",
      ].map { Array($0.utf8) }
      for round in 0..<60 {
        let port = server.client.port
        var cases: [[UInt8]] = []
        for _ in 0..<50 {
          var bytes = round % 3 == 0 ? [] : valid
          for _ in 0..<Int.random(in: 1...6, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where !bytes.isEmpty:
              bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                UInt8.random(in: 0...255, using: &random)
            case 1 where !bytes.isEmpty:
              bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
            case 2:
              bytes += (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
            default:
              bytes.insert(
                contentsOf: scraps.randomElement(using: &random)!,
                at: Int.random(in: 0...bytes.count, using: &random))
            }
          }
          cases.append(bytes)
        }
        try await Client.onThread { [cases] in
          for bytes in cases {
            let socket = try Client.connected(port, waiting: 2000)
            Client.write(bytes, to: socket)
            shutdown(socket, Int32(SHUT_WR))
            let answer = Client.parsed(Client.read(socket))
            #expect(answer.map { $0.status < 500 } ?? true, "\(bytes): \(answer!.body)")
            close(socket)
          }
        }
      }
      #expect(
        try await server.client.send("POST", "/v1/recommend", #"{"user": "u1"}"#).status == 200)
    }
  }
}
