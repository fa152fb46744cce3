package import CorralIndex
package import CorralModels
package import CorralTraining

/// What happens while a model is trained: what a command prints, and a program may record.
package enum TrainingEvent {
  /// A stage begins, or goes on after some epochs.
  case began(Stage)
  /// A step of an epoch is done.
  case step(StepProgress, of: Stage)
  /// An epoch is done.
  case epoch(EpochReport, of: Stage)
  /// The items have been clustered.
  case clustered(ClusterSummary)
  /// The clusters of users' next items can be foretold; `nil` if nothing is held out to measure it on.
  case foretold(IntentReport?)
  /// What the reader should know of the figures that follow.
  case note(String)
  /// A stage is over, or was stopped.
  case ended(Stage, TrainingOutcome)

  /// What is trained epoch by epoch: a retriever, a ranker, or both.
  package struct Stage {
    /// `retriever`, `ranker`, or both in words.
    package let name: String
    /// How it is trained.
    package let train: TrainingSettings
    /// What an epoch is called.
    package let unit: EpochUnit
    /// The number of epochs that were asked for.
    package let epochs: Int
    /// The number of trained numbers.
    package let parameters: Int
    /// The steps of an epoch.
    package let stepsPerEpoch: Int
    /// The last epoch before a resumed run goes on; 0 for a run that starts.
    package let epochsDone: Int
    /// The last value of the watched metric; `nil` before the first.
    package var watched: Double?
  }
}

/// Follows a training: hears what happens, and is asked whether it should stop.
package struct TrainingObserver {
  /// Hears each event.
  package let hear: (TrainingEvent) -> Void
  /// Is asked after each step; when it says yes, the run is saved and stops.
  package let shouldStop: () -> Bool

  /// An observer of two closures; by default a training runs to its end unheard.
  package init(
    hear: @escaping (TrainingEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
  ) {
    self.hear = hear
    self.shouldStop = shouldStop
  }
}
