/// How many requests wait, who answers them, and for how long they wait.
package struct QueueSettings: Sendable, Equatable, Codable {
  /// How many requests may wait for a worker.
  package var limit = 1024
  /// How many waiting requests are answered together at most.
  package var batch = 32
  /// How many threads answer.
  package var workers = 1
  /// The time within which an answer is wanted, in milliseconds.
  package var deadline = 200.0
  /// The share of the deadline after which an answer is given without the stage that is late.
  package var soft = 0.7

  /// The defaults.
  package init() {}

  /// The soft deadline of a request that arrived at a time, in nanoseconds of the queue's clock.
  ///
  /// Deadlines above an hour are an hour, and a negative one has passed.
  func softDeadline(arrived: Int, deadline: Double?) -> Int {
    let milliseconds = (deadline ?? self.deadline) * soft
    return arrived + Int(min(max(0, milliseconds), 3_600_000) * 1e6)
  }
}
