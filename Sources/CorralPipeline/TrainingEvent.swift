package import CorralTraining

/// What happens while a model is trained: what a command prints, and a program may record.
package enum TrainingEvent {
  /// A stage begins, or goes on after some epochs.
  case began(Stage)
  /// A step of an epoch is done.
  case step(StepProgress, of: Stage)
  /// An epoch is done.
  case epoch(EpochReport, of: Stage)
  /// A stage is over before its last epoch: the watched metric became no better.
  case stoppedEarly(Stage)
  /// A sweep of implicit ALS or a pass of item2vec is done; none of `done` before the first.
  case pass(Pass)
  /// The passes are over.
  case passesEnded

  /// What is trained epoch by epoch: a retriever, a ranker, or both.
  package struct Stage {
    /// `retriever`, `ranker`, or both in words.
    package let name: String
    /// How it is trained.
    package let train: TrainingSettings
    /// The number of trained numbers.
    package let parameters: Int
    /// The steps of an epoch.
    package let stepsPerEpoch: Int
    /// The last epoch before a resumed run goes on; 0 for a run that starts.
    package let epochsDone: Int
    /// The last value of the watched metric, where there is one.
    package var watched: Double?
  }

  /// How far sweeps or passes over the data are.
  package struct Pass {
    /// What a pass is called: `sweep` or `pass`.
    package let unit: String
    package let done: Int
    package let total: Int
    /// What a curious reader wants to know of the last one; empty before the first.
    package let detail: String
    /// Whether a resumed run goes on from here.
    package let isResumed: Bool
  }
}

/// Follows a training: hears what happens, and is asked whether it should stop.
package struct TrainingObserver {
  /// Hears each event.
  package let hear: (TrainingEvent) -> Void
  /// Is asked after each step; when it says yes, the run is saved and stops.
  package let shouldStop: () -> Bool

  /// An observer of two closures; one that only lets a training run to its end by default.
  package init(
    hear: @escaping (TrainingEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
  ) {
    self.hear = hear
    self.shouldStop = shouldStop
  }
}
