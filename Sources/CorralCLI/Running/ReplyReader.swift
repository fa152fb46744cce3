import Foundation

/// Reads one answer of HTTP/1.1 from a socket: by its length, in chunks, or to the end.
package struct ReplyReader {
  /// Why an answer cannot be read.
  package enum Fault: Error {
    /// Nothing came for as long as the socket waits.
    case silent
    /// The bytes are no answer.
    case broken(String)
  }

  /// The largest answer that is read.
  private static let limit = 256 << 20

  private let socket: Int32
  private var bytes: [UInt8] = []
  private var place = 0
  /// Whether the connection can be used for another request.
  package private(set) var canGoOn = false

  /// A reader of a socket that is open.
  package init(socket: Int32) { self.socket = socket }

  /// The answer; `nil` if the other side closed the connection before the first byte.
  package mutating func reply() throws(Fault) -> ServiceClient.Reply? {
    guard try fill() else { return nil }
    var reply = try head()
    // An answer that only says that more is coming has no body.
    while (100..<200).contains(reply.status) { reply = try head() }
    let length = reply.headers["content-length"]
    if reply.headers["transfer-encoding"]?.lowercased() == "chunked" {
      reply.body = try chunks()
    } else if let length {
      guard let count = Int(length), (0...Self.limit).contains(count) else {
        throw .broken("it has the length '\(length)'")
      }
      reply.body = try next(count)
    } else if reply.status != 204, reply.status != 304 {
      while try fill() {}
      reply.body = Array(bytes[place...])
      place = bytes.count
      return reply
    }
    canGoOn = reply.headers["connection"]?.lowercased() != "close" && place == bytes.count
    return reply
  }

  private mutating func head() throws(Fault) -> ServiceClient.Reply {
    let words = try line().split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw .broken("it does not begin with a status of HTTP/1.1")
    }
    var headers: [String: String] = [:]
    while true {
      let line = try line()
      if line.isEmpty { break }
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return ServiceClient.Reply(status: status, headers: headers, body: [])
  }

  private mutating func chunks() throws(Fault) -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let size = try line().prefix { $0 != ";" }
      guard let count = Int(size, radix: 16), count >= 0, body.count + count <= Self.limit else {
        throw .broken("it has a chunk of '\(size)' bytes")
      }
      if count == 0 { break }
      body += try next(count)
      _ = try line()
    }
    while try !line().isEmpty {}
    return body
  }

  /// The text up to the next line end.
  private mutating func line() throws(Fault) -> String {
    while true {
      if let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
        var line = bytes[place..<end]
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        place = end + 1
        return String(decoding: line, as: UTF8.self)
      }
      guard bytes.count - place < 1 << 20 else { throw .broken("a line of it has no end") }
      guard try fill() else { throw .broken("it was cut short") }
    }
  }

  private mutating func next(_ count: Int) throws(Fault) -> [UInt8] {
    while bytes.count - place < count {
      guard try fill() else { throw .broken("it was cut short") }
    }
    defer { place += count }
    return Array(bytes[place..<place + count])
  }

  /// Reads what has come; `false` at the end.
  private mutating func fill() throws(Fault) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count > 0 {
        bytes += buffer[..<count]
        guard bytes.count <= 2 * Self.limit else { throw .broken("it has no end") }
        return true
      }
      if count == 0 { return false }
      switch errno {
      case EINTR: continue
      case EAGAIN, EWOULDBLOCK: throw .silent
      // A connection that is reset had been closed before the request came.
      default: return false
      }
    }
  }
}
