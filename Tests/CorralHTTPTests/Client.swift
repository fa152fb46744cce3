import CorralHTTP
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// An answer as it came over the wire.
struct WireAnswer: Sendable {
  var status: Int
  /// The headers by their names in lower case.
  var headers: [String: String]
  var body: String

  /// The body as JSON.
  var json: JSON { get throws { try JSONParser.parse(body) } }

  /// The code of an error.
  var code: String? { (try? json)?["error"]?["code"]?.text }

  /// The field of an error.
  var field: String? { (try? json)?["error"]?["field"]?.text }

  /// The ids of the items.
  var ids: [String] { (try? json)?["items"]?.elements?.compactMap { $0["id"]?.text } ?? [] }
}

/// A connection that was closed without an answer.
struct NoAnswer: Error {}

/// A client with one socket for each request, on threads of its own.
struct Client: Sendable {
  let port: Int
  var key: String?

  /// Sends a request and reads the whole answer.
  func send(
    _ method: String, _ path: String, _ body: String? = nil,
    headers: [(String, String)] = [], type: String? = "application/json"
  ) async throws -> WireAnswer {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if let key { text += "Authorization: Bearer \(key)\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if let body {
      if let type { text += "Content-Type: \(type)\r\n" }
      text += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    } else {
      text += "\r\n"
    }
    let bytes = try await raw(Array(text.utf8))
    guard let answer = Self.parsed(bytes, isHead: method == "HEAD") else { throw NoAnswer() }
    return answer
  }

  /// Sends bytes as they are, and reads until the server closes or nothing comes for a while.
  func raw(_ bytes: [UInt8], waiting milliseconds: Int = 10_000, ends: Bool = false) async throws
    -> [UInt8]
  {
    let port = port
    return try await Self.onThread {
      let socket = try Self.connected(port, waiting: milliseconds)
      defer { close(socket) }
      Self.write(bytes, to: socket)
      if ends { shutdown(socket, Int32(SHUT_WR)) }
      return Self.read(socket)
    }
  }

  /// Calls a function that waits on a thread that nobody else needs.
  static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }

  /// A socket that is connected to a port of this machine.
  static func connected(_ port: Int, waiting milliseconds: Int) throws -> Int32 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var limit = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return socket
  }

  /// Writes bytes as far as the other side takes them; returns whether it took all.
  @discardableResult static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Reads until the other side closes, or nothing comes for as long as the socket waits.
  static func read(_ socket: Int32) -> [UInt8] {
    var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// The answer that bytes hold; `nil` for none.
  static func parsed(_ bytes: [UInt8], isHead: Bool = false) -> WireAnswer? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    guard let status = Int(lines[0].split(separator: " ")[1]) else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return WireAnswer(status: status, headers: headers, body: String(text[end.upperBound...]))
  }
}
