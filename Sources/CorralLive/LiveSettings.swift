package import CorralData
package import CorralTraining

/// How a model goes on learning from a stream, and when what it has learned is published.
package struct LiveSettings: Sendable, Codable, Equatable {
  /// How it is trained.
  package var learn = OnlineSettings()
  /// What events are worth.
  package var events = Events()
  /// When and how snapshots are published.
  package var publish = Publish()
  /// How well events are predicted before they are learned.
  package var predict = Predict()
  /// How often everything is saved, so that a crash costs no more than that.
  package var checkpoint = Checkpoint()
  /// Where a run without a checkpoint begins.
  package var start = Start.first
  /// The most items of a user's history that are kept: the latest.
  package var history = 200
  /// The seconds that examples wait for a step to fill; 0 waits forever.
  ///
  /// Steps that always fill depend on the stream alone, so that a run that was killed ends with the same
  /// bytes as one that was not.
  package var patience = 5.0

  /// The defaults.
  package init() {}

  /// Where a run without a checkpoint begins.
  package enum Start: String, Sendable, Codable, CaseIterable {
    /// At the first event of the stream.
    case first
    /// Behind the events that are there now: for a model that was trained on them.
    case now
  }

  /// What events are worth.
  package struct Events: Sendable, Codable, Equatable {
    /// Conditions with weights, as in `{click: 1, buy: 4, "rating>=4": 1}`; none takes `data.events` of
    /// the model, and without those every event has weight 1.
    package var weights = EventRules()
    /// Types that teach nothing unless a weight names them.
    package var worthless = ["impression", "dislike", "skip"]

    /// The defaults.
    package init() {}
  }

  /// When and how snapshots are published.
  package struct Publish: Sendable, Codable, Equatable {
    /// The seconds from one publication to the next.
    package var seconds = 30.0
    /// The examples from one publication to the next; 0 looks at the time alone.
    ///
    /// With 0 for both nothing is published: the stream is predicted by what serves, and learned beside it.
    package var examples = 0
    /// The snapshots that are kept to roll back to.
    package var kept = 3
    /// The share of the recall of what serves that a snapshot may lose; 1 publishes anything.
    package var margin = 0.2
    /// The least recall of its index, beside an exact search.
    package var indexRecall = 0.8
    /// The fewest predicted examples that can keep a snapshot back.
    package var fewest = 100

    /// The defaults.
    package init() {}

    /// Whether anything is ever published.
    var isOn: Bool { seconds > 0 || examples > 0 }
  }

  /// How well events are predicted before they are learned.
  package struct Predict: Sendable, Codable, Equatable {
    /// The share of examples that are predicted.
    package var share = 0.1
    /// The places of a list in which an item counts as found.
    package var cutoff = 20
    /// The latest predictions that the figures are of.
    package var window = 2000

    /// The defaults.
    package init() {}
  }

  /// How often everything is saved.
  package struct Checkpoint: Sendable, Codable, Equatable {
    /// The seconds from one checkpoint to the next.
    package var seconds = 10.0
    /// The steps from one checkpoint to the next; 0 looks at the time alone.
    package var steps = 0

    /// The defaults.
    package init() {}
  }

  /// Throws `SettingError` for the first value that cannot be used.
  package func validate() throws {
    try SettingError.within("learn") { try learn.validate() }
    try SettingError.within("publish") {
      try SettingError.check("seconds", publish.seconds, atLeast: 0)
      try SettingError.check("examples", publish.examples, atLeast: 0)
      try SettingError.check("kept", publish.kept, atLeast: 1, of: " snapshot")
      try SettingError.check("margin", share: publish.margin)
      try SettingError.check("indexRecall", share: publish.indexRecall)
      try SettingError.check("fewest", publish.fewest, atLeast: 1)
    }
    try SettingError.within("predict") {
      try SettingError.check("share", share: predict.share)
      try SettingError.check("cutoff", predict.cutoff, in: 1...1000)
      try SettingError.check("window", predict.window, atLeast: 1)
    }
    try SettingError.within("checkpoint") {
      try SettingError.check("seconds", checkpoint.seconds, atLeast: 0)
      try SettingError.check("steps", checkpoint.steps, atLeast: 0)
      try SettingError.check(
        checkpoint.seconds > 0 || checkpoint.steps > 0, "seconds", checkpoint.seconds,
        "nothing would be saved; give seconds, or steps beside it")
    }
    try SettingError.check("history", history, atLeast: 1)
    try SettingError.check("patience", patience, atLeast: 0)
  }
}
