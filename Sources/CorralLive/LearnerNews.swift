package import CorralStreaming

/// What a learner tells while it runs.
package enum LearnerNews: Sendable {
  /// How the stream and the learning stand, once in a while.
  case report(LearnerReport)
  /// A snapshot serves now.
  case published(StreamMark, PublishingComparison, seconds: Double, warning: String?)
  /// A snapshot must not serve, and why; what served goes on.
  case refused(StreamMark, PublishingComparison, reason: String)
  /// The server of the stream does not answer, and is asked again; said once until it does.
  case waiting(reason: String)
}

/// How a stream and the learning on it stand.
package struct LearnerReport: Sendable, Equatable, Codable {
  /// What became of events so far.
  package var tally = StreamTally()
  /// The steps so far.
  package var steps = 0
  /// The mean loss of the steps since the last report; `nil` without one.
  package var loss: Double?
  /// The examples a second since the last report.
  package var examplesPerSecond = 0.0
  /// How the latest events were predicted before they were learned.
  package var predicted = ProgressiveReport()
  /// The events that wait in the source; `nil` where it cannot know.
  package var lagEvents: Int?
  /// The bytes that wait in the source; `nil` where it cannot know.
  package var lagBytes: Int?
  /// The distance between the items of the latest events and those of all times.
  package var popularityShift = 0.0
  /// How far estimated frequencies are from those of the latest events, as a logarithm; `nil` without an
  /// estimator or enough events.
  package var estimatorError: Double?
  /// The seconds since the last publication, or since the start.
  package var modelAge = 0.0
  /// The users that the model knows.
  package var users = 0
  /// The items that the model knows.
  package var items = 0
  /// The records that could not be read and were put aside.
  package var deadLetters = 0
  /// The place behind the last event that was learned.
  package var position: StreamPosition?

  /// Nothing was learned yet.
  package init() {}
}
