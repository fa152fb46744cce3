import CorralVectors
import Foundation
import Synchronization

/// A client of a service over HTTP/1.1, whose connections stay open between requests.
///
/// It stands on sockets: Foundation's client would bring libcurl and thirty libraries behind it into
/// every run of `corral`.
package final class ServiceClient: Sendable {
  /// An answer.
  package struct Reply: Sendable {
    package var status: Int
    /// The headers by their names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]
  }

  /// Where the service listens.
  package let address: ServiceAddress
  private let key: String?
  private let timeout: Int
  /// Connections that wait for the next request.
  private let idle = Mutex<[Int32]>([])

  /// A client of a service; `timeout` is how many seconds it waits for the next part of an answer.
  package init(_ address: ServiceAddress, key: String? = nil, timeout: Int = 60) {
    (self.address, self.key, self.timeout) = (address, key, timeout)
  }

  deinit {
    for socket in idle.withLock({ $0 }) { close(socket) }
  }

  /// Sends a request and reads the whole answer, on a thread that nobody else needs.
  ///
  /// A connection that the service has closed meanwhile is replaced, once: the request may come twice,
  /// which all of Corral's allow. Throws `RemoteError`.
  package func ask(_ method: String, _ path: String, _ body: [UInt8]? = nil) async throws -> Reply {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try self.exchange(method, path, body) })
      }
    }
  }

  private func exchange(_ method: String, _ path: String, _ body: [UInt8]?) throws -> Reply {
    var head = "\(method) \(address.path)\(path) HTTP/1.1\r\nHost: \(address.authority)\r\n"
    if let key { head += "Authorization: Bearer \(key)\r\n" }
    if let body {
      head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
    }
    let bytes = Array((head + "\r\n").utf8) + (body ?? [])
    let request = "\(method) \(address)\(path)"
    if let waiting = idle.withLock({ $0.popLast() }),
      let reply = try read(from: waiting, after: bytes, request, isFresh: false)
    {
      return reply
    }
    let socket = try connected()
    guard let reply = try read(from: socket, after: bytes, request, isFresh: true) else {
      throw RemoteError.strange(request: request, reason: "the connection was closed")
    }
    return reply
  }

  /// Sends bytes and reads an answer; `nil` where the other side had closed the connection.
  private func read(
    from socket: Int32, after bytes: [UInt8], _ request: String, isFresh: Bool
  ) throws -> Reply? {
    var isKept = false
    defer { if !isKept { close(socket) } }
    guard Self.write(bytes, to: socket) else { return nil }
    var reader = ReplyReader(socket: socket)
    do {
      guard let reply = try reader.reply() else { return nil }
      if reader.canGoOn {
        isKept = true
        idle.withLock { $0.append(socket) }
      }
      return reply
    } catch {
      switch error {
      case .silent:
        throw RemoteError.unreachable(
          address: address.description, reason: "nothing came for \(timeout) seconds")
      case .broken(let reason): throw RemoteError.strange(request: request, reason: reason)
      }
    }
  }

  /// A new connection.
  private func connected() throws -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Self.streamType
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(address.host, "\(address.port)", &hints, &found)
    guard status == 0 else {
      throw unreachable(String(cString: gai_strerror(status)))
    }
    defer { freeaddrinfo(found) }
    var reason = "the name has no address"
    var next = found
    while let place = next?.pointee {
      next = place.ai_next
      let socket = socket(place.ai_family, place.ai_socktype, place.ai_protocol)
      guard socket >= 0 else {
        reason = SystemReason.text(errno)
        continue
      }
      var limit = timeval(tv_sec: timeout, tv_usec: 0)
      var yes: Int32 = 1
      let size = socklen_t(MemoryLayout<timeval>.size)
      setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
      setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
      // A request is sent whole, so that waiting for more would only delay it.
      setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      if connect(socket, place.ai_addr, place.ai_addrlen) == 0 { return socket }
      reason = SystemReason.text(errno)
      close(socket)
    }
    throw unreachable(reason)
  }

  private func unreachable(_ reason: String) -> RemoteError {
    .unreachable(address: address.description, reason: reason)
  }

  #if canImport(Darwin)
    private static let streamType = SOCK_STREAM
    private static let quietly: Int32 = 0
  #else
    private static let streamType = Int32(SOCK_STREAM.rawValue)
    private static let quietly = Int32(MSG_NOSIGNAL)
  #endif

  /// Writes all bytes; returns whether the other side took them.
  private static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, quietly) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
