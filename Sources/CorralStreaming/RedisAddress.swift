import Foundation

/// Where a stream of Redis is.
package struct RedisAddress: Sendable, Equatable {
  /// The port of Redis where an address names none.
  package static let usualPort = 6379

  package var host: String
  package var port: Int
  /// The user of the password; `nil` for the usual one.
  package var user: String?
  package var password: String?
  package var database: Int
  /// The key of the stream.
  package var stream: String

  /// A stream of a server.
  package init(
    host: String, port: Int = Self.usualPort, user: String? = nil, password: String? = nil,
    database: Int = 0, stream: String
  ) {
    self.host = host
    self.port = port
    self.user = user
    self.password = password
    self.database = database
    self.stream = stream
  }

  /// Reads `redis://[[user]:password@]host[:port][/database]?stream=KEY`.
  ///
  /// - Throws: `StreamError.badAddress`.
  package init(_ text: String) throws {
    // A password must not come into an error.
    func bad(_ reason: String) -> StreamError {
      .badAddress(
        text.replacing(/\/\/[^@\/?]*@/, with: "//...@"),
        reason: "\(reason); write redis://[:password@]host:port/database?stream=KEY")
    }
    guard let parts = URLComponents(string: text), parts.scheme == "redis",
      let host = parts.host, !host.isEmpty
    else { throw bad("it names no host") }
    let path = parts.path.drop { $0 == "/" }
    guard let database = path.isEmpty ? 0 : Int(path), database >= 0 else {
      throw bad("the database '\(path)' is not a number")
    }
    let items = parts.queryItems ?? []
    if let other = items.first(where: { $0.name != "stream" }) {
      throw bad("nothing is known of '\(other.name)'")
    }
    guard items.count == 1, let stream = items[0].value, !stream.isEmpty else {
      throw bad("it does not name one stream")
    }
    self.init(
      host: host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")),
      port: parts.port ?? Self.usualPort, user: parts.user.flatMap { $0.isEmpty ? nil : $0 },
      password: parts.password, database: database, stream: stream)
  }

  /// The address without a password, as errors and reports show it.
  package var name: String {
    let host = host.contains(":") ? "[\(host)]" : host
    return "redis://\(host):\(port)/\(database)?stream=\(stream)"
  }
}
