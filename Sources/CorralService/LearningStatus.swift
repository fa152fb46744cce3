package import Foundation

/// How the model that serves everybody goes on learning from the events of the service.
package struct LearningStatus: Sendable, Equatable {
  /// The events that were looked at.
  package var events = 0
  /// The examples that were learned.
  package var examples = 0
  /// The examples a second of late.
  package var examplesPerSecond = 0.0
  /// The mean loss of late; `nil` before the first step.
  package var loss: Double?
  /// The places of a list in which an item counts as found.
  package var cutoff = 20
  /// The latest events that were predicted before they were learned.
  package var predictions = 0
  /// The share of them whose item was in the list.
  package var recall = 0.0
  /// The mean of 1 / log2(place + 2) of them.
  package var ndcg = 0.0
  /// The recall of popular items: a third of all examples; `nil` without one.
  package var headRecall: Double?
  /// The recall of all other items; `nil` without one.
  package var tailRecall: Double?
  /// The events that wait to be looked at; `nil` where nobody knows.
  package var lag: Int?
  /// The seconds since the last publication, or since the start.
  package var modelAge = 0.0
  /// The users and items that the learner knows.
  package var users = 0
  package var items = 0
  /// The distance between the items of the latest events and those of all times, from 0 to 1.
  package var popularityShift = 0.0
  /// How far estimated item frequencies are from those of the latest events, as a logarithm; `nil` where
  /// nobody knows.
  package var estimatorError: Double?
  /// The snapshots that were published since the service started.
  package var publications = 0
  /// The snapshots that were kept back since the service started, and why the last one was.
  package var refusals = 0
  package var lastRefusal: String?
  /// When the last snapshot was published; `nil` for none since the service started.
  package var publishedAt: Date?
  /// Why learning stands still; `nil` while it does not.
  package var failure: String?

  /// Nothing was learned yet.
  package init() {}
}
