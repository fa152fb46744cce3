import CorralData

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
  /// How many threads answer.
  package var workers = 1
  /// How much of a list each source of candidates gives.
  package var sources = SourceShares()
  /// The dial of diversification from 0 (relevance alone) to 1.
  package var diversity = 0.0
  /// How far into a list requests may reach: `offset` and `k` together.
  package var deepest = 10_000
  /// How many of the last items of a history the source `similar` follows.
  package var similarTo = 3
  /// The types of events that say nothing about what a user likes or has met.
  ///
  /// All other types count as having met the item.
  package var ignored = ["impression"]
  /// The types of events after which a user does not get the item, and which no model reads.
  package var negative = ["dislike", "skip"]
  /// The arms that answer some of the users in their own way; `nil` for no experiment.
  package var experiment: Experiment?

  /// The defaults.
  package init() {}

  /// Throws `SettingError` for the first setting with which nothing can be answered.
  package func validate() throws {
    try SettingError.check("deadline", aboveZero: deadline)
    try SettingError.check("soft", share: soft)
    try SettingError.check("queue", queue, atLeast: 1)
    try SettingError.check("batch", batch, atLeast: 1)
    try SettingError.check("workers", workers, atLeast: 1)
    try SettingError.check("diversity", share: diversity)
    try SettingError.check("deepest", deepest, atLeast: 1)
    try SettingError.check("similarTo", similarTo, atLeast: 1)
    for source in Source.allCases {
      try SettingError.check("sources.\(source.rawValue)", sources[source], atLeast: 0)
    }
    try SettingError.check(
      !sources.sources.isEmpty, "sources", 0, "give at least one source a share")
  }

  /// The settings of the queue.
  var queueSettings: QueueSettings {
    var settings = QueueSettings()
    settings.limit = queue
    settings.batch = batch
    settings.workers = workers
    settings.deadline = deadline
    settings.soft = soft
    return settings
  }

  /// What a type of event says.
  func meaning(of type: String) -> EventMeaning {
    if ignored.contains(type) { return .nothing }
    return negative.contains(type) ? .disliked : .met
  }
}
