import CorralVectors

/// When a learner saves and publishes.
struct LearnerTiming {
  /// The examples learned since the last publication.
  private(set) var sincePublication = 0
  private var stepsSinceSaving = 0
  private var published = ContinuousClock.now
  private var savedAt = ContinuousClock.now

  /// The seconds since the last publication, or since the start.
  var age: Double { (ContinuousClock.now - published).inSeconds }

  /// Counts a step.
  mutating func stepped(_ examples: Int) {
    sincePublication += examples
    stepsSinceSaving += 1
  }

  /// What is due between two steps.
  enum Duty { case nothing, saving, publication }

  /// What is due now.
  func duty(by settings: LiveSettings) -> Duty {
    let publish = settings.publish
    if sincePublication > 0,
      publish.seconds > 0 && age >= publish.seconds
        || publish.examples > 0 && sincePublication >= publish.examples
    {
      return .publication
    }
    return stepsSinceSaving > 0 && isSavingDue(settings.checkpoint) ? .saving : .nothing
  }

  private func isSavingDue(_ settings: LiveSettings.Checkpoint) -> Bool {
    settings.seconds > 0 && (ContinuousClock.now - savedAt).inSeconds >= settings.seconds
      || settings.steps > 0 && stepsSinceSaving >= settings.steps
  }

  /// Everything was saved.
  mutating func saved() {
    savedAt = .now
    stepsSinceSaving = 0
  }

  /// A snapshot was published or refused.
  mutating func decided() {
    published = .now
    sincePublication = 0
  }
}
