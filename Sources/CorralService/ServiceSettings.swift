/// How a service answers: sources, limits of time, experiments.
package struct ServiceSettings: Sendable, Equatable, Codable {
  /// The time within which an answer is wanted, in milliseconds.
  package var deadline = 200.0
  /// The share of the deadline after which an answer is given without the stage that is late.
  package var soft = 0.7
  /// How many requests may wait.
  package var queue = 1024
  /// How many waiting requests are answered together at most.
  package var batch = 32

  /// The defaults.
  package init() {}
}
