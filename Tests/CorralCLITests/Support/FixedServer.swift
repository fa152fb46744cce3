import Foundation
import Synchronization
import Testing

/// A server that gives each connection the next of some answers, the last one again and again, and
/// closes it after one request.
final class FixedServer: Sendable {
  /// The port that it listens on.
  let port: Int
  private let socket: Int32
  private let accepted = Atomic<Int>(0)

  /// How many connections were made.
  var connections: Int { accepted.load(ordering: .relaxed) }

  /// An answer with a status and a body.
  static func answer(_ status: String, _ body: String, headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  /// A server that listens on a free port.
  init(_ answers: [String]) throws {
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    let listening = Foundation.socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listening, pointer, size) == 0 && listen(listening, 16) == 0
          && getsockname(listening, pointer, &size) == 0
      }
    }
    try #require(status)
    socket = listening
    port = Int(in_port_t(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(listening, nil, nil)
        guard connection >= 0 else { return }
        let place = accepted.add(1, ordering: .relaxed).oldValue
        Self.serve(connection, answers[min(place, answers.count - 1)])
      }
    }
  }

  /// Takes no more connections.
  func stop() {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }

  /// Reads a whole request, so that closing does not reset the connection, and answers it.
  private static func serve(_ connection: Int32, _ answer: String) {
    var (text, buffer) = ("", [UInt8](repeating: 0, count: 65_536))
    while true {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      text += String(decoding: buffer[..<count], as: UTF8.self)
      let parts = text.components(separatedBy: "\r\n\r\n")
      let length = parts[0].firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
      if parts.count > 1, parts[1].utf8.count >= length { break }
    }
    _ = Array(answer.utf8).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
    close(connection)
  }
}
