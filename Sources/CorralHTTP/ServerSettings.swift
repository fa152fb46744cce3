import CorralService

/// How the server listens, and what it lets nobody do.
package struct ServerSettings: Sendable, Equatable, Codable {
  /// The largest body, in bytes.
  package var body = 2 << 20
  /// The bytes of all bodies that may arrive at the same time.
  package var bodies = 256 << 20
  /// How many connections may be open; further ones wait to be accepted.
  package var connections = 1024
  /// The seconds in which a request must arrive, whole.
  package var arrival = 10.0
  /// The seconds for which a connection may stay open without a request.
  package var idle = 60.0
  /// Requests a second for each key, or for each address without one; 0 for any number.
  package var rate = 0.0
  /// How many requests may come at once before the rate counts.
  package var burst = 100.0
  /// The seconds that a stop waits for requests that were taken.
  package var stop = 30.0

  /// The defaults.
  package init() {}
}
